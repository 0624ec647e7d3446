"""What happened in a list, newest first: writes to its elements and comments on them.

Two streams by their own ids, each through the access predicate, joined by time. A field that
the reader may not see is not there: a write to nothing else is no event to them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from heapq import merge
from typing import Any

from django.db import connection
from django.db.models import IntegerField, Model, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.lookups import GreaterThanOrEqual
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from lists_core.access import Right, allowed, may_somewhere, schema_for
from lists_core.addresses import element_url
from lists_core.models import Comment, ElementVersion, List
from lists_core.models.elements import WRITTEN_AT_ONCE
from lists_core.schema.compile import Schema
from lists_core.selectors.comments import drawn
from lists_core.selectors.fence import TooSlow, in_time
from lists_core.selectors.history import Change, entries_of, known_keys
from staff.models import Employee

PAGE = 30
PATIENCE_MS = 4000
Kind = ElementVersion.Kind
KINDS: Mapping[str, str | Promise] = {
    "created": _("created"),
    "changed": _("changed"),
    "moved": _("moved"),
    "deleted": _("deleted"),
    "restored": _("restored"),
    "comment": _("commented"),
}
#: After "Maria: " and before the element's name, whoever Maria is.
TOLD: Mapping[str, str | Promise] = {
    "created": _("created the element"),
    "changed": _("changed the element"),
    "moved": _("moved the element"),
    "deleted": _("deleted the element"),
    "restored": _("restored the element"),
    "comment": _("commented on the element"),
}
LAST = 10**18 - 1
CURSOR = re.compile(r"\A(\d{1,18})-(\d{1,18})(?:-(\d{1,18}))?\Z")
#: How far back among the ids a write is looked for that was not yet committed when the feed was
#: read before: more than all writers together make within one transaction.
LOOK_BACK = 4 * WRITTEN_AT_ONCE
OLDEST_RUNNING = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"


@dataclass(frozen=True)
class Cursor:
    """Where both streams stand: ids of a version and of a comment. `running` is the oldest
    transaction that was not over at that time: it, and any that began later, may have taken
    lower ids that show when it commits. 0 where that does not matter, on the way to the older."""

    version: int
    comment: int
    running: int = 0

    def __str__(self) -> str:
        running = f"-{self.running}" if self.running else ""
        return f"{self.version}-{self.comment}{running}"

    @classmethod
    def read(cls, text: str) -> Cursor | None:
        found = CURSOR.match(text)
        return cls(*(int(number or 0) for number in found.groups())) if found else None


@dataclass(frozen=True)
class Asked:
    """What of the feed is wanted; everything when empty. Both days belong to the period."""

    kinds: frozenset[str] = frozenset()
    who: int | None = None
    since: date | None = None
    until: date | None = None

    def within(self, column: str, who: str) -> Q:
        found = Q(**{who: self.who}) if self.who else Q()
        if self.since:
            found &= Q(**{f"{column}__gte": _midnight(self.since)})
        if self.until:
            found &= Q(**{f"{column}__lt": _midnight(self.until) + timedelta(days=1)})
        return found


@dataclass(frozen=True)
class Happened:
    """One entry; `kind` is of TOLD, `url` is empty for an element in the bin, `said` is the text
    of a comment."""

    key: str
    kind: str | Promise
    at: datetime
    by: Employee | None
    name: str
    url: str
    changes: Sequence[Change] = ()
    said: SafeString = field(default_factory=SafeString)


@dataclass(frozen=True)
class Feed:
    """`before` leads to older entries ("" without any), `newest` to those that come later."""

    entries: Sequence[Happened]
    before: str
    newest: str


def feed_of(
    list_: List,
    asked: Asked,
    *,
    actor: Employee,
    before: Cursor | None = None,
    after: Cursor | None = None,
    size: int = PAGE,
) -> Feed:
    """A page of the feed; with `after` what came next, `size` entries at most. Among these may be
    some that were there before, when others were being written at the same time.

    Each stream keeps the order of its ids, by which the cursors cut: times may say otherwise.
    A fixed number of queries. Raises TooSlow when the database would take too long.
    """
    reading = _Reading(list_, schema_for(actor, list_), actor, asked)
    running = _oldest_running()  # before the rows are read: what ends in between comes again
    found = in_time(lambda: reading.streams(before, after, size + 1), PATIENCE_MS)
    if found is None:
        raise TooSlow
    both = list(merge(*found, key=_at, reverse=not after))
    shown = both[:size]
    newest_first = shown[::-1] if after else shown
    return Feed(
        reading.drawn(newest_first),
        str(_lowest(shown, before)) if len(both) > size else "",
        str(replace(_highest(shown, after), running=running)),
    )


# --- own steps --------------------------------------------------------------------------


@dataclass(frozen=True)
class _Reading:
    of: List
    schema: Schema
    actor: Employee
    asked: Asked

    def streams(self, before: Cursor | None, after: Cursor | None, limit: int) -> list[list[Any]]:
        """Versions and comments: the newest `limit` of each, or the oldest that come `after`."""
        parts = [(self._written(), "version"), (self._said(), "comment")]
        order = "pk" if after else "-pk"
        return [
            list(_between(rows, part, before, after).order_by(order)[:limit])
            for rows, part in parts
        ]

    @property
    def _seen(self) -> Q:
        """Elements that the reader may know of, those of the bin if they may look into it."""
        bin_ = may_somewhere(self.actor, Right.DELETE, self.of)
        return allowed(self.actor, Right.VIEW, self.schema) & (Q() if bin_ else Q(deleted_at=None))

    def _elements(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = self.schema.model.objects.filter(self._seen)
        return rows

    def _written(self) -> QuerySet[ElementVersion]:
        rows = ElementVersion.objects.filter(
            list=self.of, element__in=self._elements().values("pk")
        )
        rows = rows.filter(self._told() & self.asked.within("at", "actor"))
        return rows.select_related("actor")

    def _told(self) -> Q:
        """Writes of the asked kinds that changed something the reader may know of."""
        keys = known_keys(self.schema, self.actor)
        kinds = self.asked.kinds or set(KINDS)
        found = Q(kind__in=kinds & {Kind.CREATED, Kind.DELETED, Kind.RESTORED})
        if "moved" in kinds:
            found |= Q(kind=Kind.CHANGED, changes__has_key="section")
        if "changed" in kinds:
            found |= Q(kind=Kind.CHANGED, changes__has_any_keys=sorted(keys - {"section"}))
        return found

    def _said(self) -> QuerySet[Comment]:
        rows = Comment.objects.filter(deleted_at=None, element__in=self._elements().values("pk"))
        if self.asked.kinds and "comment" not in self.asked.kinds:
            return rows.none()
        rows = rows.filter(self.asked.within("created_at", "author"), element__list=self.of)
        return rows.select_related("author")

    def drawn(self, rows: Sequence[Any]) -> list[Happened]:
        versions = [row for row in rows if isinstance(row, ElementVersion)]
        comments = [row for row in rows if isinstance(row, Comment)]
        changes = {
            entry.version.pk: entry.changes
            for entry in entries_of(self.schema, versions, actor=self.actor)
        }
        said = {one.row.pk: one.html for one in drawn(self.actor, comments)}
        known = self._elements().only("pk", "name", "deleted_at")
        named = known.in_bulk({row.element_id for row in rows})
        present = [row for row in rows if row.element_id in named]
        return [self._entry(row, named[row.element_id], changes, said) for row in present]

    def _entry(
        self, row: Any, element: Any, changes: Mapping[int, Any], said: Mapping[int, SafeString]
    ) -> Happened:
        url = "" if element.deleted_at else element_url(self.of, element.pk)
        if isinstance(row, Comment):
            when, who, text = row.created_at, row.author, said[row.pk]
            kind = TOLD["comment"]
            return Happened(f"c{row.pk}", kind, when, who, element.name, url, said=text)
        own = changes[row.pk] if row.kind == Kind.CHANGED else ()
        moved = row.kind == Kind.CHANGED and set(row.changes) == {"section"}
        kind = TOLD["moved" if moved else row.kind]
        return Happened(f"v{row.pk}", kind, row.at, row.actor, element.name, url, changes=own)


def _between(
    rows: QuerySet[Any], part: str, before: Cursor | None, after: Cursor | None
) -> QuerySet[Any]:
    if before:
        rows = rows.filter(pk__lt=getattr(before, part))
    return rows.filter(_behind(rows, getattr(after, part), after)) if after else rows


def _behind(rows: QuerySet[Any], last: int, after: Cursor) -> Q:
    """With a higher id; or a little lower, by a transaction that was not over at that time."""
    if not after.running:
        return Q(pk__gt=last)
    late = GreaterThanOrEqual(_since(rows, after.running), 0)
    return Q(pk__gt=last) | (Q(pk__gt=last - LOOK_BACK) & Q(late))


def _since(rows: QuerySet[Any], transaction_id: int) -> RawSQL:
    """How many transactions later than that one the row was written; negative for earlier. Rows
    have 32 bits of the number, so what is half a circle away counts as earlier."""
    table = connection.ops.quote_name(rows.model._meta.db_table)
    ahead = f"({table}.xmin::text::bigint - %s) & 4294967295"
    return RawSQL(  # noqa: S611  # the name of a model's table, and a number
        f"(CASE WHEN ({ahead}) < 2147483648 THEN 1 ELSE -1 END)",
        [transaction_id],
        output_field=IntegerField(),
    )


def _oldest_running() -> int:
    with connection.cursor() as cursor:
        cursor.execute(OLDEST_RUNNING)
        return int(cursor.fetchone()[0])


def _ids(rows: Sequence[Any]) -> tuple[list[int], list[int]]:
    said = [row.pk for row in rows if isinstance(row, Comment)]
    return [row.pk for row in rows if not isinstance(row, Comment)], said


def _lowest(shown: Sequence[Any], before: Cursor | None) -> Cursor:
    """Below which the next page begins: where a stream gave nothing it stays where it stood."""
    start = before or Cursor(LAST, LAST)
    versions, comments = _ids(shown)
    return Cursor(min([start.version, *versions]), min([start.comment, *comments]))


def _highest(shown: Sequence[Any], after: Cursor | None) -> Cursor:
    start = after or Cursor(0, 0)
    versions, comments = _ids(shown)
    return Cursor(max([start.version, *versions]), max([start.comment, *comments]))


def _at(row: Model) -> datetime:
    when: datetime = row.created_at if isinstance(row, Comment) else row.at  # type: ignore[attr-defined]
    return when


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime(day.year, day.month, day.day))  # noqa: DTZ001
