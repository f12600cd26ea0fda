import os

# Read when polars is loaded: memory that a block of rows has left serves the next block instead of going back to
# the system in between, which costs time; not for long, so that a scan stays small.
os.environ.setdefault("_RJEM_MALLOC_CONF", "dirty_decay_ms:1000,muzzy_decay_ms:0")

from opendata_portal.celery import app as celery_app

__all__ = ["celery_app"]
