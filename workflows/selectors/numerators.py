"""Reading numerators and the numbers that they gave."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone

from lists_core.access import Right, rights_on, schema_for, visible_lists
from lists_core.models import FieldOption, List
from lists_core.schema.compile import Schema
from lists_core.selectors.elements import access_element, elements
from staff.models import Employee
from svod.base.errors import NotFound
from workflows.models import IssuedNumber, NumeratorList
from workflows.numbering import check_format, format_number, period

SHOWN = 200


@dataclass(frozen=True)
class Numerator:
    """A numerator as one person sees it; what they may not read of it is None."""

    list: List
    id: int
    name: str
    format: str | None
    last: int | None
    reset: str
    following: int | None
    preview: str
    may_change: bool


def numerator_lists(actor: Employee) -> list[List]:
    """Lists of numerators that the actor sees."""
    rows = visible_lists(actor).filter(pk__in=NumeratorList.objects.values("list"))
    return list(rows.order_by("name", "pk"))


def numerators(actor: Employee, list_: List, now: datetime | None = None) -> list[Numerator]:
    """Those of one list, by name. A fixed number of queries."""
    schema = schema_for(actor, list_)
    rows = list(elements(schema, actor).order_by("name", "pk")[:SHOWN])
    return _read(actor, list_, schema, rows, now or timezone.now())


def numerator(
    actor: Employee, list_id: int, element_id: int, right: Right = Right.VIEW
) -> Numerator:
    """One numerator. Raises NotFound (also for what is none), Forbidden."""
    if not NumeratorList.objects.filter(list=list_id).exists():
        raise NotFound
    list_, schema, row = access_element(actor, right, list_id, element_id)
    return _read(actor, list_, schema, [row], timezone.now())[0]


def numbers_of(actor: Employee, one: Numerator) -> QuerySet[IssuedNumber]:
    """What it gave out, the newest first. Which processes took them is for those who see the
    numerator; what the processes worked on is not told."""
    access_element(actor, Right.VIEW, one.list.pk, one.id)
    rows = IssuedNumber.objects.filter(list=one.list, numerator_id=one.id)
    return rows.select_related("instance__version__template", "instance__started_by")


def _read(
    actor: Employee, list_: List, schema: Schema, rows: Iterable[Any], now: datetime
) -> list[Numerator]:
    rows = list(rows)
    rights = rights_on(actor, schema, rows)
    options = _options(schema)
    return [_numerator(list_, schema, row, rights[row.pk], options, now) for row in rows]


def _options(schema: Schema) -> dict[int, FieldOption]:
    field = schema.get(NumeratorList.RESET)
    return {one.pk: one for one in field.field.options.all()} if field else {}


def _numerator(
    list_: List,
    schema: Schema,
    row: Any,
    rights: Any,
    options: dict[int, FieldOption],
    now: datetime,
) -> Numerator:
    own = NumeratorList
    values = {
        code: field.read(row) if (field := schema.get(code)) else None
        for code in (own.LAST, own.FORMAT, own.RESET, own.PERIOD)
    }
    option = options.get(values[own.RESET] or 0)
    here = period(option.code if option else "", now)
    last = int(values[own.LAST] or 0)
    following = 1 if here and values[own.PERIOD] != here else last + 1
    seen = schema.get(own.LAST) is not None
    changeable = {field.code for field in schema.changeable}
    return Numerator(
        list=list_, id=row.pk, name=row.name, format=values[own.FORMAT] or "{number}",
        last=last if seen else None, reset=option.name if option else "",
        following=following if seen else None,
        preview=_preview(values[own.FORMAT], following, now) if seen else "",
        may_change=Right.CHANGE in rights and own.LAST in changeable,
    )  # fmt: skip


def _preview(form: str | None, number: int, now: datetime) -> str:
    """The next number as it will be written; "" for a format that cannot be used."""
    try:
        return format_number(check_format(str(form or "{number}")), number, now)
    except ValidationError:
        return ""
