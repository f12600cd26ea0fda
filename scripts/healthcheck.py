"""Ask the web server of this container whether it answers, the way the proxy in front would ask."""

import os
import sys
import urllib.request

host = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0]
request = urllib.request.Request(
    "http://127.0.0.1:8000/healthz", headers={"Host": host, "X-Forwarded-Proto": "https"}
)
try:
    urllib.request.urlopen(request, timeout=4)  # noqa: S310 - a constant address
except OSError as error:
    sys.exit(f"The web server does not answer: {error}")
