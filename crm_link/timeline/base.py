"""What happened to an item, newest first, from all the sources that there are.

    @sources.register
    class Calls(Source):
        slug = "calls"
        group = "activities"

        def entries(self, target: Target, within: Within) -> list[Entry]:
            rows = within.cut(Call.objects.filter(element=target.id), "at")
            return [Entry(...) for row in rows]

The place of an entry is (moment, slug of its source, number), so that a page goes on exactly
where the one before it ended, whatever came meanwhile. Each source asks a fixed number of
queries for a page, however many entries it has.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from lists_core.element_tabs import Target
from staff.models import Employee
from svod.base.registry import Registry

PAGE, MOST = 20, 200
#: Slug → caption of the filters over the timeline.
GROUPS: dict[str, str | Promise] = {
    "comments": _("Comments"),
    "activities": _("Activities"),
    "changes": _("Changes"),
    "processes": _("Processes"),
    "events": _("Events"),
}


@dataclass(frozen=True)
class Entry:
    """`title` is what happened, in a few words; `template` draws the rest from `data`, "" for
    nothing more. `is_blank` ones hold their place and are not shown: the reader may see
    nothing of them. `source` is said by the page."""

    at: datetime
    number: int
    icon: str
    title: str | Promise | SafeString
    actor: Employee | None = None
    tone: str = "grey"
    template: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    is_blank: bool = False
    source: str = ""


@dataclass(frozen=True)
class Place:
    """Where a page ended."""

    at: datetime
    source: str
    number: int

    def __str__(self) -> str:
        return f"{self.at.isoformat()}~{self.source}~{self.number}"


@dataclass(frozen=True)
class Within:
    """The part of one source that a page needs: `size` rows behind `before`."""

    source: str
    before: Place | None
    size: int = PAGE + 1

    def cut(self, rows: QuerySet[Any], moment: str) -> list[Any]:
        """The rows of the page, newest first; `moment` is the column of their time."""
        if self.before is not None:
            rows = rows.filter(self._behind(moment, self.before))
        return list(rows.order_by(f"-{moment}", "-pk")[: self.size])

    def _behind(self, moment: str, place: Place) -> Q:
        older = Q.create([(f"{moment}__lt", place.at)])
        same = Q.create([(moment, place.at)])
        if self.source == place.source:
            return older | (same & Q(pk__lt=place.number))
        return older | same if self.source < place.source else older


class Source:
    """One kind of entries. `group` is one of GROUPS."""

    slug: str = ""
    group: str = "events"

    def entries(self, target: Target, within: Within) -> Sequence[Entry]:
        """Those that `within.cut` gives, as the reader of `target` may see them."""
        raise NotImplementedError(f"{type(self).__name__} tells nothing")


sources: Registry[Source] = Registry("source of timelines")
