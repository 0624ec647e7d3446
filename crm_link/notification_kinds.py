"""What CRM tells people of."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from staff.models import Delivery
from staff.notification_kinds import NotificationKind, notification_kinds

for kind in (
    NotificationKind("booking", _("Bookings"), icon="lock", delivery=Delivery.MAIL, order=60),
    NotificationKind(
        "consolidation",
        _("Consolidation that fails"),
        icon="alert-triangle",
        delivery=Delivery.MAIL,
        order=62,
    ),
    NotificationKind(
        "activity", _("My activities in CRM"), icon="alarm", delivery=Delivery.MAIL, order=12
    ),
    NotificationKind(
        "crm_outside",
        _("Web forms and telephony"),
        icon="plug-connected-x",
        delivery=Delivery.MAIL,
        order=70,
    ),
):
    notification_kinds.register(kind)
