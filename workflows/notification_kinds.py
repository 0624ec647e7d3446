"""What processes tell people of."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from staff.models import Delivery
from staff.notification_kinds import NotificationKind, notification_kinds

for kind in (
    NotificationKind("task", _("Tasks"), icon="checkbox", delivery=Delivery.MAIL, order=10),
    NotificationKind("process", _("Messages of processes"), icon="route", order=20),
):
    notification_kinds.register(kind)
