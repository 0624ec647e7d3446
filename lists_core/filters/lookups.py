"""Lookups over arrays: true when ANY item of a multiple field fits.

PostgreSQL's `= ANY` covers equality; ranges and text need the items one by one. The
comparison is a constant of this module, the value always a parameter.
"""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import Lookup


class _AnyItem(Lookup):
    """`EXISTS (SELECT 1 FROM unnest(column) AS item WHERE item <comparison>)`."""

    comparison = ""
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        array, params = self.process_lhs(compiler, connection)
        sql = f"EXISTS (SELECT 1 FROM unnest({array}) AS item WHERE {self.comparison})"  # noqa: S608
        return sql, (*params, *self.arguments())

    def arguments(self) -> list[Any]:
        return [self.rhs]


class AnyLess(_AnyItem):
    lookup_name = "any_lt"
    comparison = "item < %s"


class AnyLessOrEqual(_AnyItem):
    lookup_name = "any_lte"
    comparison = "item <= %s"


class AnyGreater(_AnyItem):
    lookup_name = "any_gt"
    comparison = "item > %s"


class AnyGreaterOrEqual(_AnyItem):
    lookup_name = "any_gte"
    comparison = "item >= %s"


class AnyInRange(_AnyItem):
    lookup_name = "any_range"
    comparison = "item BETWEEN %s AND %s"

    def arguments(self) -> list[Any]:
        return list(self.rhs)


class AnyBegins(_AnyItem):
    """By these very letters."""

    lookup_name = "any_begins"
    comparison = "starts_with(item, %s)"


class AnyContains(_AnyItem):
    lookup_name = "any_icontains"
    comparison = "UPPER(item) LIKE UPPER(%s)"

    def arguments(self) -> list[Any]:
        return [f"%{escape_like(self.rhs)}%"]


class AnyStartsWith(AnyContains):
    lookup_name = "any_istartswith"

    def arguments(self) -> list[Any]:
        return [f"{escape_like(self.rhs)}%"]


class AnyExactText(AnyContains):
    lookup_name = "any_iexact"

    def arguments(self) -> list[Any]:
        return [escape_like(self.rhs)]


def escape_like(text: str) -> str:
    """The text with LIKE's own signs made plain."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


LOOKUPS = (
    AnyLess,
    AnyLessOrEqual,
    AnyGreater,
    AnyGreaterOrEqual,
    AnyInRange,
    AnyBegins,
    AnyContains,
    AnyStartsWith,
    AnyExactText,
)


def register() -> None:
    for lookup in LOOKUPS:
        ArrayField.register_lookup(lookup)
