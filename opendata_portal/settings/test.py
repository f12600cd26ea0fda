"""Settings of the tests: the dev settings on the test servers, with cheap passwords and plain static files.

TEST_DATABASE_URL and TEST_REDIS_URL name the servers (`make test` starts them and sets both); without them
one test runs quickly on SQLite and without a broker.
"""

import os

# Workers of pytest-xdist share neither files nor a broker queue, and no test touches the files of `make run`.
_worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
os.environ.setdefault("TEST_VAR_DIR", os.environ.get("VAR_DIR", "var"))
os.environ["VAR_DIR"] = os.path.join(os.environ["TEST_VAR_DIR"], "test", _worker)
if os.environ.get("TEST_REDIS_URL"):
    _number = int(_worker.removeprefix("gw")) + 1 if _worker.startswith("gw") else 0
    os.environ["REDIS_URL"] = f"{os.environ['TEST_REDIS_URL'].rsplit('/', 1)[0]}/{_number}"

from .dev import *  # noqa: E402, F403
from .dev import DATABASES, STORAGES, VAR_DIR, env  # noqa: E402

if env.str("TEST_DATABASE_URL", default=""):
    DATABASES["default"] = env.db_url("TEST_DATABASE_URL")
    EMBEDDED_DATABASE = False

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
STATIC_ROOT = VAR_DIR / "static-test"
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
