"""Things that values point to, in the order of their titles: what sorting by a link reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    BigIntegerField,
    BooleanField,
    CharField,
    F,
    Func,
    OuterRef,
    QuerySet,
    Value,
)
from django.db.models.expressions import BaseExpression, Combinable
from django.db.models.functions import Cast, Concat

#: The ids in an array of values with a prefix.
DIGITS, OF_ITEMS = (
    "ARRAY(SELECT substring(item, %(expressions)s) AS item)",
    ")::bigint FROM unnest(",
)
IDS: ArrayField[Any, Any] = ArrayField(BigIntegerField())


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
            value = Cast(Func(value, self._digits, function="substring"), BigIntegerField())
        return self.rows.order_by().filter(pk=value)

    def pointed_by_any(self, column: str) -> QuerySet[Any]:
        """The things that a row of the outer query points to, by a field of several values."""
        ids: Any = OuterRef(column)
        if self.prefix:
            ids = Func(self._digits, ids, template=DIGITS, arg_joiner=OF_ITEMS, output_field=IDS)
        one = Func(F("pk"), ids, template="%(expressions)s)", arg_joiner=" = ANY (",
                   output_field=BooleanField())  # fmt: skip
        return self.rows.order_by().filter(one)

    @property
    def _digits(self) -> Value:
        """What `substring` takes the id out of a value by; of another table's it makes NULL."""
        return Value(f"^{self.prefix}([0-9]{{1,18}})$")
