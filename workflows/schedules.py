"""When a schedule comes round next: cron lines in a time zone of their own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError
from django.conf import settings as django_settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


def next_time(settings: Mapping[str, Any], after: datetime) -> datetime:
    """The first moment of `{"cron": "0 9 * * 1-5", "zone": "Europe/Moscow"}` after a moment.

    Summer time is kept as cron keeps it: a skipped hour comes at its end, a doubled one once.
    Raises ValidationError.
    """
    zone = ZoneInfo(settings.get("zone") or django_settings.TIME_ZONE)
    try:
        return next(CronSim(str(settings.get("cron", "")), after.astimezone(zone)))
    except (CronSimError, StopIteration):
        raise ValidationError(_("The schedule is not understood.")) from None
