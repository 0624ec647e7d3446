"""What CRM tells people of."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from staff.models import Delivery
from staff.notification_kinds import NotificationKind, notification_kinds

notification_kinds.register(
    NotificationKind("booking", _("Bookings"), icon="lock", delivery=Delivery.MAIL, order=60)
)
