"""The Celery application: it carries ids only, the truth stays in PostgreSQL."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "svod.settings")

app = Celery("svod")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
