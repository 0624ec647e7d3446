"""What happened to a folder or a file of the Disk, in words for the person who reads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from lists_core.access.disk import disk_rights
from lists_core.models import DiskEvent, DiskFolder
from lists_core.selectors.disk import Item
from staff.models import Employee

SHOWN = 100
Kind = DiskEvent.Kind


@dataclass(frozen=True)
class Line:
    event: DiskEvent
    title: str
    text: str


def history_of(actor: Employee, item: Item) -> Sequence[Line]:
    """The newest SHOWN events of a thing that the actor reads; folders that they do not know
    have no names. Two queries."""
    rows = item.events.select_related("actor")[:SHOWN]
    events = list(rows)
    names = _folder_names(actor, events)
    return [Line(event, event.get_kind_display(), _text(event, names)) for event in events]


def _folder_names(actor: Employee, events: Sequence[DiskEvent]) -> Mapping[int, str]:
    ids = {event.about[end] for event in events for end in ("from", "to") if _is_move(event)}
    rights = disk_rights(actor)
    known = [pk for pk in ids if pk and rights.knows(pk)]
    rows = DiskFolder.objects.filter(pk__in=known) if known else []
    return {row.pk: row.name for row in rows}


def _is_move(event: DiskEvent) -> bool:
    return event.kind == Kind.MOVED


def _text(event: DiskEvent, names: Mapping[int, str]) -> str:
    about: dict[str, Any] = event.about
    if event.kind == Kind.RENAMED:
        return _("“%(old)s” → “%(name)s”") % {"old": about["old"], "name": about["name"]}
    if event.kind == Kind.MOVED:
        ends = {end: _folder(about[end], names) for end in ("from", "to")}
        return _("%(from)s → %(to)s") % ends
    if event.kind == Kind.VERSION:
        return _("version %(number)d") % {"number": about["number"]}
    if event.kind == Kind.RESTORED_VERSION:
        told = {"number": about["number"], "from": about["from"]}
        return _("version %(number)d with the content of version %(from)d") % told
    return str(about.get("name", ""))


def _folder(pk: int | None, names: Mapping[int, str]) -> str:
    if pk is None:
        return _("Disk")
    return names.get(pk) or _("another folder")
