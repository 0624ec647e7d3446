"""What open lines tell people of."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from staff.notification_kinds import NotificationKind, notification_kinds

notification_kinds.register(NotificationKind("chat", _("Chats"), icon="message-circle", order=15))
