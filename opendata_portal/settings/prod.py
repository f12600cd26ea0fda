"""Settings of a real site. Everything that differs from place to place comes from the environment."""

from django.core.exceptions import ImproperlyConfigured

from .base import *  # noqa: F403
from .base import ALLOWED_HOSTS, EMBEDDED_DATABASE, SECRET_KEY, env

if len(SECRET_KEY) < 50:
    raise ImproperlyConfigured(
        "Set SECRET_KEY to at least 50 random characters. These are the settings of a real site; for a trial on your "
        "own machine set DJANGO_SETTINGS_MODULE to opendata_portal.settings.dev."
    )
is_public = bool(set(ALLOWED_HOSTS) - {"localhost", "127.0.0.1", "[::1]"})
if EMBEDDED_DATABASE and is_public and not env.bool("ALLOW_EMBEDDED", default=False):
    raise ImproperlyConfigured(
        "A public site needs PostgreSQL: set DATABASE_URL, or ALLOW_EMBEDDED=1 if you know what you do."
    )

SESSION_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-session"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-csrf"
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
