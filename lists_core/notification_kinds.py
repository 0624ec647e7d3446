"""What lists tell people of."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from staff.models import Delivery
from staff.notification_kinds import NotificationKind, notification_kinds

for kind in (
    NotificationKind("mention", _("Mentions of me"), icon="at", delivery=Delivery.MAIL, order=30),
    NotificationKind("job", _("Finished long work"), icon="progress-check", order=40),
    NotificationKind("comment", _("Comments where I take part"), icon="message", order=31),
):
    notification_kinds.register(kind)
