"""Reading one's own news. What they lead to is asked for anew: closed things show no words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from staff.models import Employee, Notification, NotificationPreference
from staff.notification_guards import closed_urls
from staff.notification_kinds import NotificationKind, notification_kinds
from svod.base.errors import NotFound

COUNT_LIMIT = 99
NEWEST = 8
TOASTS = 3


@dataclass(frozen=True)
class News:
    """A notification as its person may see it now; `closed` ones have neither words nor link."""

    row: Notification
    text: str
    body: str = ""
    closed: bool = False

    @property
    def kind(self) -> NotificationKind:
        """The kind; of one whose app is gone the portal's own."""
        slug = self.row.kind if self.row.kind in notification_kinds else "system"
        return notification_kinds.get(slug)


def unread(person: Employee) -> tuple[int, int]:
    """How many news the person has not read, counting to COUNT_LIMIT + 1, and the number of the
    newest of them (0 without any)."""
    rows = Notification.objects.filter(employee=person, read_at=None)
    numbers = list(rows.order_by("-pk").values_list("pk", flat=True)[: COUNT_LIMIT + 1])
    return len(numbers), numbers[0] if numbers else 0


def notifications(
    person: Employee, *, only_unread: bool = False, kind: str = ""
) -> QuerySet[Notification]:
    """The person's own, the newest first."""
    rows = Notification.objects.filter(employee=person).select_related("actor")
    rows = rows.filter(read_at=None) if only_unread else rows
    return rows.filter(kind=kind) if kind else rows


def newest(person: Employee) -> list[News]:
    return readable(person, notifications(person)[:NEWEST])


def since(person: Employee, last: int) -> list[News]:
    """Unread ones that came after the one with this number, the newest first."""
    return readable(person, notifications(person, only_unread=True).filter(pk__gt=last)[:TOASTS])


def access_notification(person: Employee, number: int) -> News:
    """One of the person's own. Raises NotFound."""
    row = notifications(person).filter(pk=number).first()
    if row is None:
        raise NotFound
    return readable(person, [row])[0]


def readable(person: Employee, rows: Iterable[Notification]) -> list[News]:
    """The rows as the person may see them, by as many queries however many there are."""
    shown: Sequence[Notification] = list(rows)
    closed = closed_urls(person, {row.url for row in shown})
    return [
        News(row, _("This is closed to you now."), closed=True)
        if row.url in closed
        else News(row, row.text, row.body)
        for row in shown
    ]


def preferences(person: Employee) -> dict[str, str]:
    """Kind → how the person wants to be told, in the order of the settings page."""
    own = dict(
        NotificationPreference.objects.filter(employee=person).values_list("kind", "delivery")
    )
    kinds = sorted(notification_kinds, key=lambda kind: kind.order)
    return {kind.slug: own.get(kind.slug, kind.delivery) for kind in kinds}
