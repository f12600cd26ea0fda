"""The Celery application. Tasks carry nudges; what is to be done stands in work rows (docs/adr/0004)."""

import os

from celery import Celery

from opendata_portal import broker

# Whoever names no settings gets those of a real site, which refuse to start half configured. This module comes with
# the package, so it decides for the web server too; manage.py and the scripts name theirs before.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "opendata_portal.settings.prod")

broker.register()
app = Celery("opendata_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
