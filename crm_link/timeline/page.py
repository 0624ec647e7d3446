"""One page of a timeline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_aware

from crm_link.timeline.base import GROUPS, PAGE, Entry, Place, Within, sources
from lists_core.element_tabs import Target
from lists_core.field_types.pickers import is_id


@dataclass(frozen=True)
class TimelinePage:
    """`before` is where older entries go on, "" at the end; `size` counts blank ones, too."""

    entries: Sequence[Entry]
    before: str
    size: int


def timeline_of(
    target: Target, *, group: str = "", before: Place | None = None, size: int = PAGE
) -> TimelinePage:
    """The newest entries behind `before`, of one group or of all."""
    chosen = [one for one in sources if group not in GROUPS or one.group == group]
    found = [
        (Place(entry.at, source.slug, entry.number), replace(entry, source=source.slug))
        for source in chosen
        for entry in source.entries(target, Within(source.slug, before, size + 1))
    ]
    found.sort(key=lambda pair: (pair[0].at, pair[0].source, pair[0].number), reverse=True)
    shown = found[:size]
    entries = [entry for _place, entry in shown if not entry.is_blank]
    rest = str(shown[-1][0]) if len(found) > size else ""
    return TimelinePage(entries, rest, len(shown))


def parse_place(text: str) -> Place | None:
    """What `str(place)` gave; None for anything else."""
    moment, _mark, rest = text.partition("~")
    source, _mark, number = rest.partition("~")
    try:
        at = parse_datetime(moment)
    except ValueError:
        return None
    if at is None or not is_aware(at) or source not in sources or not is_id(number):
        return None
    return Place(at, source, int(number))
