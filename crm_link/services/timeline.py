"""Writing into the timelines of items, and telling whoever looks at them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.utils import timezone

from crm_link.models import Activity, TimelineNote
from lists_core.models import Comment, Element
from staff.models import Employee
from svod.base.live import publish

LOOKING = 200


def note(
    element_id: int,
    kind: str,
    text: str = "",
    *,
    actor: Employee | None,
    data: Mapping[str, Any] | None = None,
) -> TimelineNote:
    """An entry in the timeline of an item, in the caller's transaction; the caller has asked for
    the rights. `kind` is registered in `crm_link.timeline.notes`."""
    made = TimelineNote.objects.create(
        element_id=element_id,
        kind=kind,
        text=text.replace("\0", ""),
        data=dict(data or {}),
        actor=actor,
        at=timezone.now(),
    )
    tell_readers(element_id, {actor.pk} if actor else ())
    return made


def tell_readers(element_id: int, more: Collection[int] = ()) -> None:
    """The open cards of those who have to do with the item load their timelines anew.

    What is told is a number alone; each browser asks for what its person may see.
    """
    author = Element.objects.filter(pk=element_id).values_list("author", flat=True)
    commented = Comment.objects.filter(element=element_id).values_list("author", flat=True)
    planned = Activity.objects.filter(element=element_id).values_list("responsible", flat=True)
    known = author.order_by().union(commented.order_by()[:LOOKING], planned.order_by()[:LOOKING])
    publish({pk for pk in [*known, *more] if pk}, "crm", {"element": element_id})
