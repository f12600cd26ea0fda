import os

# Read when polars is loaded: memory that a block of rows has left serves the next block instead of going back to
# the system in between, which costs a tenth of a scan.
os.environ.setdefault("_RJEM_MALLOC_CONF", "dirty_decay_ms:5000,muzzy_decay_ms:-1")

from opendata_portal.celery import app as celery_app

__all__ = ["celery_app"]
