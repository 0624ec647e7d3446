"""Kinds of news that people get. Apps add theirs in a module of this name, found at start:

notification_kinds.register(NotificationKind("task", _("Tasks"), icon="checkbox"))
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from staff.models import Delivery
from svod.base.registry import Registry


@dataclass(frozen=True)
class NotificationKind:
    """`delivery` is how people are told who chose nothing else."""

    slug: str
    label: str | Promise
    icon: str
    delivery: str = Delivery.PORTAL
    order: int = 100


notification_kinds: Registry[NotificationKind] = Registry("kind of notifications")
notification_kinds.register(NotificationKind("system", _("From the portal"), icon="info-circle"))
