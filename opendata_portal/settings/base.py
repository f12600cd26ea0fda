"""Settings that hold everywhere. Values that differ between places come from the environment.

`.env.example` lists every variable that is read here; a test compares the two.
"""

from pathlib import Path

import environ

from opendata_portal.environment import bindings_taken, named_values

BASE_DIR = Path(__file__).resolve().parent.parent.parent
env = environ.FileAwareEnv()

VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var"))).resolve()
PRIVATE_ROOT = VAR_DIR / "private"
VAR_DIR.mkdir(parents=True, exist_ok=True)

DEBUG = False
SECRET_KEY = env.str("SECRET_KEY", default="")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
BASE_URL = env.str("BASE_URL", default="http://127.0.0.1:8000")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    # The house, from the top floor down (docs/architecture.md).
    "reports",
    "workflow",
    "checklists",
    "privacy",
    "publishing",
    "notifications",
    "dossier",
    "accounts",
    "audit",
    "work",
    # The house's own system checks and template tags.
    "opendata_portal.apps.OpendataPortalConfig",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
    "django.forms",
    "crispy_forms",
    "django_filters",
    "django_fsm",
    "django_htmx",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "opendata_portal.middleware.RequestIdMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "opendata_portal.middleware.AccessMiddleware",
    "opendata_portal.middleware.RefusalMiddleware",
    "opendata_portal.middleware.TimezoneMiddleware",
    "opendata_portal.middleware.PrivateResponseMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "opendata_portal.urls"
WSGI_APPLICATION = "opendata_portal.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accounts.context.navigation",
            ],
        },
    },
]

# --- Database: SQLite in var/ unless DATABASE_URL says otherwise (docs/adr/0007) ---
# No transaction around a whole request: the door opens its own, so that a refusal can be recorded.
ATOMIC_REQUESTS = False
_sqlite_url = (
    f"sqlite:///{VAR_DIR / 'db.sqlite3'}"
    "?transaction_mode=IMMEDIATE&timeout=20"
    "&init_command=PRAGMA%20journal_mode=WAL;PRAGMA%20synchronous=NORMAL;PRAGMA%20recursive_triggers=ON;"
)
DATABASES = {"default": env.db_url("DATABASE_URL", default=_sqlite_url)}
EMBEDDED_DATABASE = DATABASES["default"]["ENGINE"].endswith("sqlite3")
if not EMBEDDED_DATABASE:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- People ---
AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "my_work"
LOGOUT_REDIRECT_URL = "login"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
PASSWORD_RESET_TIMEOUT = 3 * 24 * 3600
INVITATION_DAYS = 14
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"

# --- Background work: rows are the truth, Celery carries nudges (docs/adr/0004) ---
# Every wait (lease, back-off, sweep) is multiplied by this, so that fault tests run fast.
TIME_SCALE = env.float("TIME_SCALE", default=1.0)
WORK_LEASE_SECONDS = 60
WORK_SWEEP_SECONDS = 15
WORK_BACKOFF_SECONDS = 10
# Every kind of background work: (model, task that runs one row of it).
WORK_KINDS = [
    ("dossier.FileRead", "dossier.tasks.file_read"),
    ("privacy.Scan", "privacy.tasks.scan_run"),
    ("privacy.ClassTabulation", "privacy.tasks.classes_run"),
    ("privacy.Treatment", "privacy.tasks.treatment_run"),
    ("privacy.RecipeSearch", "privacy.tasks.search_run"),
    ("privacy.CopyCheck", "privacy.tasks.copy_check_run"),
    ("privacy.CopySketch", "privacy.tasks.sketch_run"),
    ("checklists.CheckRun", "checklists.tasks.checks_run"),
    ("publishing.Publication", "publishing.tasks.publication_run"),
    ("publishing.Fetch", "publishing.tasks.fetch_run"),
    ("publishing.PublicCheck", "publishing.tasks.recheck_run"),
    ("publishing.PortalNotice", "publishing.tasks.notice_run"),
    ("workflow.ArchiveCopy", "workflow.tasks.archive_copy"),
    ("workflow.InventoryTakeover", "workflow.tasks.inventory_takeover"),
    ("workflow.Refresh", "workflow.tasks.refresh"),
    ("notifications.OutgoingMessage", "notifications.tasks.message_send"),
]

# A worker of its own takes from it: an emergency retraction waits behind nothing.
URGENT_QUEUE = "urgent"
REDIS_URL = env.str("REDIS_URL", default="")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 2 * 3600
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_SERIALIZER = "json"
CELERY_TIMEZONE = "UTC"
if REDIS_URL:
    CELERY_BROKER_URL = REDIS_URL
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object] = {
        "visibility_timeout": 3 * 3600,
        "socket_timeout": 5,
        "socket_connect_timeout": 2,
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 1,
        "max_retries": 1,
    }
else:
    _broker_dir = VAR_DIR / "broker"
    for _name in ("messages", "control"):
        (_broker_dir / _name).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_URL = "filesystem://localhost//"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_broker_dir / "messages"),
        "data_folder_out": str(_broker_dir / "messages"),
        "control_folder": str(_broker_dir / "control"),
        "polling_interval": 0.2,
    }
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")
CELERY_BEAT_SCHEDULE = {
    "sweep the work that is due": {
        "task": "work.tasks.sweep",
        "schedule": max(1.0, WORK_SWEEP_SECONDS * TIME_SCALE),
    },
    "settle releases whose background work has ended": {
        "task": "workflow.tasks.settle_all",
        "schedule": max(1.0, 30 * TIME_SCALE),
    },
    "open and close the admin site as delegations begin and end": {
        "task": "accounts.tasks.sync_delegations",
        "schedule": max(1.0, 1800 * TIME_SCALE),
    },
    "look after deadlines": {
        "task": "workflow.tasks.deadlines",
        "schedule": max(1.0, 3600 * TIME_SCALE),
    },
    "forget requests that were never confirmed, bring proposals back": {
        "task": "workflow.tasks.intake",
        "schedule": max(1.0, 3600 * TIME_SCALE),
    },
    "let grounds for withholding go after their review date": {
        "task": "workflow.tasks.inventory",
        "schedule": max(1.0, 3600 * TIME_SCALE),
    },
    "tell the contacts of data that is due for an update": {
        "task": "workflow.tasks.freshness",
        "schedule": max(1.0, 3600 * TIME_SCALE),
    },
    "tell of privacy overrides that have ended": {
        "task": "workflow.tasks.overrides",
        "schedule": max(1.0, 3600 * TIME_SCALE),
    },
    "sketch public copies that are not sketched yet, or with another secret": {
        "task": "privacy.tasks.sketches",
        "schedule": max(1.0, 3600 * TIME_SCALE),
    },
    "look after retirements, retractions and post-mortems": {
        "task": "workflow.tasks.endings",
        "schedule": max(1.0, 30 * TIME_SCALE),
    },
    "bring data.json of a catalogue of files up to date": {
        "task": "workflow.tasks.folder_catalogue",
        "schedule": max(1.0, 300 * TIME_SCALE),
    },
    "hand what was fetched to the next refresh": {
        "task": "workflow.tasks.refreshes_all",
        "schedule": max(1.0, 120 * TIME_SCALE),
    },
    "fetch what is due from the sources of datasets": {
        "task": "publishing.tasks.fetches",
        "schedule": max(1.0, 300 * TIME_SCALE),
    },
    "delete fetched files that were set aside": {
        "task": "publishing.tasks.fetched_files",
        "schedule": max(1.0, 3600 * TIME_SCALE),
    },
    "delete archive copies that are past their day": {
        "task": "workflow.tasks.archive_copies",
        "schedule": max(1.0, 3600 * TIME_SCALE),
    },
    "compare public copies once more": {
        "task": "publishing.tasks.rechecks",
        "schedule": max(1.0, 900 * TIME_SCALE),
    },
    "seal audit events": {"task": "audit.tasks.seal", "schedule": max(1.0, 20 * TIME_SCALE)},
}

# --- Files ---
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "private": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": str(PRIVATE_ROOT),
            "base_url": None,
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# Encrypts what links surrogates across refreshes, and seeds them; SECRET_KEY does when it is empty.
PRIVACY_KEY = env.str("PRIVACY_KEY", default="")
UPLOAD_MAX_BYTES = env.int("UPLOAD_MAX_BYTES", default=2_147_483_648)

# --- The portal that data is published on (SOCRATA_* in .env.example) ---
SOCRATA_SCHEME = env.str("SOCRATA_SCHEME", default="https")
SOCRATA_DOMAIN = env.str("SOCRATA_DOMAIN", default="")
SOCRATA_KEY_ID = env.str("SOCRATA_KEY_ID", default="")
SOCRATA_KEY_SECRET = env.str("SOCRATA_KEY_SECRET", default="")
SOCRATA_APP_TOKEN = env.str("SOCRATA_APP_TOKEN", default="")
# Other sites that show what this portal has public, and the size from which a table goes over as one file.
SOCRATA_FEDERATED_SITES = env.list("SOCRATA_FEDERATED_SITES", default=[])
SOCRATA_FILE_MEGABYTES = env.int("SOCRATA_FILE_MEGABYTES", default=50)
# A copy of more rows than this is compared by rows drawn by chance, and the page says so.
PUBLISHING_WHOLE_ROWS = env.int("PUBLISHING_WHOLE_ROWS", default=5_000_000)
# How often every public copy is compared again with what was approved; 0: only when somebody asks.
PUBLISHING_RECHECK_HOURS = env.int("PUBLISHING_RECHECK_HOURS", default=24)
PUBLISHING_SAMPLE_ROWS = env.int("PUBLISHING_SAMPLE_ROWS", default=5_000)

# --- Other portals that a program profile may name (docs/operations/portals.md) ---
CKAN_SCHEME = env.str("CKAN_SCHEME", default="https")
CKAN_DOMAIN = env.str("CKAN_DOMAIN", default="")
CKAN_API_TOKEN = env.str("CKAN_API_TOKEN", default="")
CKAN_ORGANIZATION = env.str("CKAN_ORGANIZATION", default="")
ARCGIS_SCHEME = env.str("ARCGIS_SCHEME", default="https")
ARCGIS_DOMAIN = env.str("ARCGIS_DOMAIN", default="")
ARCGIS_USERNAME = env.str("ARCGIS_USERNAME", default="")
ARCGIS_PASSWORD = env.str("ARCGIS_PASSWORD", default="")
ARCGIS_SERVICE_HOSTS = env.list("ARCGIS_SERVICE_HOSTS", default=[])
ARCGIS_GROUP = env.str("ARCGIS_GROUP", default="")
STATIC_CATALOGUE_ROOT = env.str("STATIC_CATALOGUE_ROOT", default="")
STATIC_CATALOGUE_URL = env.str("STATIC_CATALOGUE_URL", default="")

# --- Where refreshed data come from (docs/operations/refresh.md) ---
# Hosts that may be asked (".example.gov" takes in those below it); none named: any with a public address.
SOURCE_HOSTS = env.list("SOURCE_HOSTS", default=[])
SOURCE_MAX_SECONDS = env.int("SOURCE_MAX_SECONDS", default=3600)
SOURCE_MAX_ROWS = env.int("SOURCE_MAX_ROWS", default=20_000_000)
# For how many days a fetched file is kept that no release took.
SOURCE_KEEP_DAYS = env.int("SOURCE_KEEP_DAYS", default=30)
# Plain http to this very machine: for development and tests.
SOURCE_ALLOW_LOOPBACK = False
# By name: SOURCE_SECRET_NAME and SOURCE_DB_NAME, or the same with _FILE and the path of a file.
SOURCE_SECRETS = named_values("SOURCE_SECRET_")
SOURCE_DATABASES = named_values("SOURCE_DB_")
# SOURCE_SECRET_NAME_HOSTS: where a secret goes. SOURCE_SECRET_NAME_FOR and SOURCE_DB_NAME_FOR: whose datasets use it,
# as the code of a program, or program/DEPARTMENT.
SOURCE_SECRET_HOSTS = bindings_taken(SOURCE_SECRETS, "_HOSTS")
SOURCE_SECRET_FOR = bindings_taken(SOURCE_SECRETS, "_FOR")
SOURCE_DATABASE_FOR = bindings_taken(SOURCE_DATABASES, "_FOR")

# --- Letters ---
# "smtp" sends; "mailbox" keeps letters in the product, for development.
NOTIFICATION_CHANNEL = env.str("NOTIFICATION_CHANNEL", default="smtp")
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Open data <opendata@localhost>")
EMAIL_HOST = env.str("EMAIL_HOST", default="localhost")
EMAIL_PORT = env.int("EMAIL_PORT", default=25)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", default="")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", default="")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", default=False)
EMAIL_TIMEOUT = 20
# The service that writes an invitation into the outbox: it lives on a floor above accounts.
INVITATION_LETTER = "notifications.services.message_queue"
# Outside production: only these addresses or @domains get mail, and the subject says which environment.
EMAIL_BACKEND = "notifications.backends.SmtpBackend"
EMAIL_ALLOW_LIST = env.list("EMAIL_ALLOW_LIST", default=[])
EMAIL_SUBJECT_PREFIX = env.str("EMAIL_SUBJECT_PREFIX", default="")

# --- Forms ---
CRISPY_ALLOWED_TEMPLATE_PACKS = ("uswds",)
CRISPY_TEMPLATE_PACK = "uswds"
CRISPY_FAIL_SILENTLY = False

# --- Language and time ---
LANGUAGE_CODE = "en-us"
LANGUAGES = [("en-us", "English")]
TIME_ZONE = env.str("TIME_ZONE", default="America/New_York")
USE_I18N = True
USE_TZ = True

# --- Browser-side security ---
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
FILE_UPLOAD_TEMP_DIR = str(VAR_DIR / "uploads")
(VAR_DIR / "uploads").mkdir(parents=True, exist_ok=True, mode=0o700)
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]

CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache_table"}}
CSRF_FAILURE_VIEW = "django.views.csrf.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "opendata_portal.logs.DiscreetFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        },
    },
    "filters": {"no_secrets": {"()": "opendata_portal.logs.SecretFilter"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["no_secrets"]}
    },
    # The web server's own lines go the same way.
    "loggers": {"gunicorn.access": {"level": "INFO", "propagate": True}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
}
