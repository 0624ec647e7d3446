"""Where a thing is used: the fields that link to a list, and the elements that name one of its
elements or sections. What a person is told goes through the predicate of the list that links;
`every_pointing` is for structure work alone.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BigIntegerField, F, Func, Q, QuerySet, Value

from lists_core.access import remembering, schemas_for, visible_lists
from lists_core.field_types.on_delete import rule_of
from lists_core.models import Field, List
from lists_core.schema.cache import schemas_of
from lists_core.schema.compile import Schema
from lists_core.schema.fields import SchemaField
from lists_core.selectors.across import together
from lists_core.selectors.elements import Count, elements
from lists_core.selectors.fence import in_time
from staff.models import Employee

ELEMENT, SECTION = "element", "section"
SHOWN = 20
COUNTED = 10_000
PATIENCE_MS = 2000


@dataclass(frozen=True)
class Pointing:
    """A field of a list whose values are elements or sections of another (or the same) list."""

    list: List
    schema: Schema
    field: SchemaField

    @property
    def kind(self) -> str:
        return self.field.type.slug

    @property
    def rule(self) -> str:
        return rule_of(self.field.field)

    def naming(self, ids: Collection[int]) -> Q:
        """Over the list's table: the rows that name any of these."""
        column = self.field.main_column
        if self.field.multiple:
            return Q.create([(f"{column}__overlap", list(ids))])
        return Q.create([(f"{column}__in", list(ids))])

    @property
    def filled(self) -> Q:
        return Q.create([(f"{self.field.main_column}__isnull", False)])


@dataclass(frozen=True)
class ListUse:
    """A field that links to a list; `count` is how many elements that the person may read have
    a value in it, None when that took too long to count."""

    pointing: Pointing
    count: Count | None


@dataclass(frozen=True)
class Use:
    """A field in which elements name one thing: (id, name), at most SHOWN, the newest first.

    `count` is how many there are, as in `ListUse`; `next` is the id before which others follow.
    """

    pointing: Pointing
    elements: Sequence[tuple[int, str]]
    count: Count | None = None
    next: int | None = None

    @property
    def list(self) -> List:
        return self.pointing.list

    @property
    def field(self) -> SchemaField:
        return self.pointing.field


def pointing(actor: Employee, list_id: int, *kinds: str) -> list[Pointing]:
    """The readable fields of visible lists that link to this one's elements and sections (or to
    one of these `kinds`). A fixed number of queries."""
    rows = _fields(list_id, kinds).filter(list__in=visible_lists(actor))
    return _joined(rows, lambda lists: schemas_for(actor, lists))


def every_pointing(list_id: int, *kinds: str) -> list[Pointing]:
    """The same of all lists outside the bin, whoever asks: structure looks at everything."""
    return _joined(_fields(list_id, kinds).filter(list__deleted_at=None), schemas_of)


def _fields(list_id: int, kinds: Collection[str]) -> QuerySet[Field]:
    rows = Field.objects.filter(
        type__in=kinds or (ELEMENT, SECTION), settings__list=list_id, deleted_at=None
    )
    ordered = rows.select_related("list")
    return ordered.order_by("list__sort", "list__name", "list", "sort", "pk")


def _joined(rows: QuerySet[Field], schemas: Any) -> list[Pointing]:
    known = list(rows)
    lists = {row.list_id: row.list for row in known}
    read: Mapping[int, Schema] = schemas(list(lists.values())) if lists else {}
    found = [(row.list, read[row.list_id], row.column) for row in known]
    return [
        Pointing(list_, schema, schema.by_key[column])
        for list_, schema, column in found
        if column in schema.by_key
    ]


def uses_of_list(actor: Employee, list_id: int) -> list[ListUse]:
    """Every field that links to the list. One query counts for all of them."""
    with remembering():
        known = pointing(actor, list_id)
        counts = _counts(actor, [(one, one.filled) for one in known])
    return [ListUse(one, count) for one, count in zip(known, counts, strict=True)]


def linked_from(actor: Employee, list_id: int, target: int, *, kind: str = ELEMENT) -> list[Use]:
    """Where an element (or section) is used: the readable elements that name it, by field.

    Three queries beside the schemas', however many lists and fields link to the list.
    """
    with remembering():
        known = pointing(actor, list_id, kind)
        found = _first(actor, known, target)
        used = [one for number, one in enumerate(known) if number in found]
        many = [one for number, one in enumerate(known) if len(found.get(number, ())) > SHOWN]
        counts = _counts(actor, [(one, one.naming([target])) for one in many])
        counted = dict(zip((one.field.key for one in many), counts, strict=True))
    numbers = {one.field.key: number for number, one in enumerate(known)}
    return [_use(one, found[numbers[one.field.key]], counted) for one in used]


def more_links(
    actor: Employee, list_id: int, target: int, *, kind: str, field_id: int, before: int
) -> Use | None:
    """The next elements of one of those fields; None for a field that the actor sees not."""
    with remembering():
        known = pointing(actor, list_id, kind)
        own = [one for one in known if one.field.field.pk == field_id]
        if not own:
            return None
        rows = _linking(actor, own[0], target).filter(pk__lt=before)[: SHOWN + 1]
        found = list(rows.values_list("pk", "name"))
    return _use(own[0], found, {})


def _use(
    one: Pointing, rows: Sequence[tuple[int, str]], counted: Mapping[str, Count | None]
) -> Use:
    shown, more = rows[:SHOWN], len(rows) > SHOWN
    count = counted.get(one.field.key) if more else Count(len(shown), exact=True)
    return Use(one, shown, count, shown[-1][0] if more else None)


def _first(
    actor: Employee, known: Sequence[Pointing], target: int
) -> dict[int, list[tuple[int, str]]]:
    """Place among the fields → the first elements that name the target."""
    parts = [
        _linking(actor, one, target).values_list(Value(number), "pk", "name")[: SHOWN + 1]
        for number, one in enumerate(known)
    ]
    found: dict[int, list[tuple[int, str]]] = {}
    for number, pk, name in together(parts):
        found.setdefault(number, []).append((pk, name))
    return {number: sorted(rows, reverse=True) for number, rows in found.items()}


def _linking(actor: Employee, one: Pointing, target: int) -> QuerySet[Any]:
    return elements(one.schema, actor).filter(one.naming([target])).order_by(F("pk").desc())


def _counts(actor: Employee, asked: Sequence[tuple[Pointing, Q]]) -> list[Count | None]:
    """How many readable rows fit each condition, counted to COUNTED, by one statement."""
    if not asked:
        return []
    parts = [part for number, one in enumerate(asked) if (part := _counting(actor, number, *one))]
    found: Mapping[int, int] | None = in_time(lambda: _numbers(parts), PATIENCE_MS)
    if found is None:
        return [None] * len(asked)
    numbers = [found.get(number, 0) for number in range(len(asked))]
    return [Count(min(number, COUNTED), exact=number <= COUNTED) for number in numbers]


Sql = tuple[str, tuple[Any, ...]]


def _counting(actor: Employee, number: int, one: Pointing, fits: Q) -> Sql | None:
    rows = elements(one.schema, actor).filter(fits).order_by()
    try:
        inner, params = rows.values_list(Value(1))[: COUNTED + 1].query.sql_with_params()
    except EmptyResultSet:
        return None
    return f"SELECT {number}, count(*) FROM ({inner}) AS fitting", params  # noqa: S608 - compiled by Django


def _numbers(parts: Sequence[Sql]) -> dict[int, int]:
    if not parts:
        return {}
    with connection.cursor() as cursor:
        sql = " UNION ALL ".join(sql for sql, _own in parts)
        cursor.execute(sql, [value for _sql, own in parts for value in own])
        return dict(cursor.fetchall())


# --- structure: all rows, whoever asks ------------------------------------------------------


def used_by(fields: Sequence[Pointing], ids: Collection[int]) -> dict[int, list[Pointing]]:
    """Which of the ids are named by elements outside the bin, and in which of the fields.

    Rows that are among the ids themselves do not count: they go together. One query.
    """
    parts = [_named(number, one, ids) for number, one in enumerate(fields)]
    found: dict[int, list[Pointing]] = {}
    for number, pk in sorted(together(parts)) if ids else ():
        if pk in ids:
            found.setdefault(pk, []).append(fields[number])
    return found


def _named(number: int, one: Pointing, ids: Collection[int]) -> QuerySet[Any]:
    rows = one.schema.model.objects.filter(one.naming(ids), deleted_at=None)
    if one.kind == ELEMENT and one.field.field.settings.get("list") == one.list.pk:
        rows = rows.exclude(pk__in=ids)
    column = F(one.field.main_column)
    item = Func(column, function="unnest", output_field=BigIntegerField())
    named = rows.annotate(named=item if one.field.multiple else column).order_by()
    asked: QuerySet[Any] = named.values_list(Value(number), "named").distinct()
    return asked


def linking_rows(list_id: int, kind: str, ids: Collection[int], *, limit: int) -> int:
    """How many elements have to be changed, those of the bin too, counting no further than
    `limit`."""
    return _number(list_id, kind, ids, Q(), limit)


def live_links(list_id: int, kind: str, ids: Collection[int], *, limit: int) -> int:
    """The same outside the bin."""
    return _number(list_id, kind, ids, Q(deleted_at=None), limit)


def _number(list_id: int, kind: str, ids: Collection[int], among: Q, limit: int) -> int:
    """One query, however many fields."""
    fields = every_pointing(list_id, kind)
    rows = [one.schema.model.objects.filter(among, one.naming(ids)).order_by() for one in fields]
    parts = [part.values_list(Value(1))[:limit] for part in rows]
    return min(len(list(together(parts))), limit)
