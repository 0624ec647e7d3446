"""Things that values point to, in the order of their titles: what sorting by a link reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import BigIntegerField, CharField, F, Func, OuterRef, QuerySet, Value
from django.db.models.expressions import BaseExpression, Combinable
from django.db.models.functions import Cast, Concat


@dataclass(frozen=True)
class Titled:
    """The things of one table that a person may see, and the expression their titles sort by.

    A value is the id of a thing, with a `prefix` where it says of which table it is (`D_12`).
    `list_id` is the list whose elements they are.
    """

    rows: QuerySet[Any]
    title: BaseExpression
    prefix: str = ""
    list_id: int | None = None

    @property
    def key(self) -> Combinable:
        """The value that points to a row, over the things' own table."""
        if not self.prefix:
            return F("pk")
        return Concat(Value(self.prefix), Cast("pk", CharField()))

    def pointed(self, column: str) -> QuerySet[Any]:
        """The thing that a row of the outer query points to, or none."""
        value: Any = OuterRef(column)
        if self.prefix:
            digits = Func(value, Value(f"^{self.prefix}([0-9]{{1,18}})$"), function="substring")
            value = Cast(digits, BigIntegerField())
        return self.rows.order_by().filter(pk=value)
