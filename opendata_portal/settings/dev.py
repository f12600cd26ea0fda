"""Settings of `make run`: the whole product on its embedded defaults, on this machine only."""

import secrets

from .base import *  # noqa: F403
from .base import SECRET_KEY, STORAGES, VAR_DIR, env

# Where `make run` listens, as it noted itself: for commands that are typed in another terminal.
_address = VAR_DIR / "address"
if _address.exists():
    BASE_URL = env.str("BASE_URL", default=_address.read_text().strip())

DEBUG = env.bool("DEBUG", default=False)

if not SECRET_KEY:
    _key_file = VAR_DIR / "secret_key"
    if not _key_file.exists():
        _key_file.touch(mode=0o600)
        _key_file.write_text(secrets.token_urlsafe(50))
    SECRET_KEY = _key_file.read_text()

NOTIFICATION_CHANNEL = env.str("NOTIFICATION_CHANNEL", default="mailbox")
EMAIL_BACKEND = env.str("EMAIL_BACKEND", default="notifications.backends.MailboxBackend")

# The stand-in for a Socrata portal that `make run` starts; its key opens nothing else.
SOCRATA_SCHEME = env.str("SOCRATA_SCHEME", default="http")
SOCRATA_DOMAIN = env.str("SOCRATA_DOMAIN", default=f"127.0.0.1:{env.int('SOCRATA_PORT', default=8001)}")
SOCRATA_KEY_ID = env.str("SOCRATA_KEY_ID", default="standin-key")
SOCRATA_KEY_SECRET = env.str("SOCRATA_KEY_SECRET", default="standin-secret")
SOCRATA_APP_TOKEN = env.str("SOCRATA_APP_TOKEN", default="standin-app-token")

# The stand-ins on this machine may be sources too.
SOURCE_ALLOW_LOOPBACK = True

if DEBUG:
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
