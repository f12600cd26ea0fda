"""The Celery application. Tasks carry nudges; what is to be done stands in work rows (docs/adr/0004)."""

import os

from celery import Celery

from opendata_portal import broker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "opendata_portal.settings.dev")

broker.register()
app = Celery("opendata_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
