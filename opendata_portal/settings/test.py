"""Settings of the tests: the dev settings with cheap passwords and plain static files."""

from .dev import *  # noqa: F403
from .dev import STORAGES, VAR_DIR

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
STATIC_ROOT = VAR_DIR / "static-test"
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
