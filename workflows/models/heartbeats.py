"""Signs of life of the processes that work for the engine."""

from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

#: A worker that was not seen for so long is away.
AWAY = timedelta(seconds=30)


class Heartbeat(models.Model):
    """One worker process, `host:pid`. It says that it lives while it works through what is due;
    in PostgreSQL, because Redis may lose everything."""

    name = models.CharField(max_length=120, primary_key=True)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    class Meta:
        verbose_name = _("Heartbeat")
        verbose_name_plural = _("Heartbeats")
        ordering = ["-seen_at"]
