"""What a group's element gets from its sources: copied, summed, counted, listed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_link.carrying import carried, total
from lists_core.field_types.base import Titles
from lists_core.schema.fields import SchemaField
from staff.models import Employee
from svod.base.errors import Invalid
from svod.base.registry import Registry

NUMBERS = frozenset({"number", "money"})
DATES = frozenset({"date", "datetime"})


@dataclass(frozen=True)
class Taken:
    """One line of the mapping with what it works on: the group's rows in order of their ids."""

    source: SchemaField
    into: SchemaField
    rows: Sequence[Any]
    titles: Titles
    actor: Employee

    def items(self) -> list[Any]:
        read = (self.source.items(self.source.read(row)) for row in self.rows)
        return [item for items in read for item in items]

    def carried(self, items: Sequence[Any]) -> Any:
        return carried(items, self.source, self.into, actor=self.actor, titles=self.titles)


@dataclass(frozen=True)
class How:
    """A way to make one value of many."""

    slug: str
    label: str | Promise
    work: Callable[[Taken], Any]
    #: Types of the source that it fits; empty for all.
    types: frozenset[str] = frozenset()

    def fits(self, source: SchemaField) -> bool:
        return not self.types or source.type.slug in self.types


def _first(taken: Taken) -> Any:
    return taken.carried(taken.items()[:1])


def _sum(taken: Taken) -> Any:
    items = taken.items()
    return taken.carried([total(items)]) if items else None


def _count(taken: Taken) -> Any:
    number = len(taken.rows)
    return Decimal(number) if taken.into.type.slug == "number" else str(number)


def _all(taken: Taken) -> Any:
    if taken.into.multiple:
        return taken.carried(taken.items())
    texts = (
        taken.source.type.to_text(taken.source.field, item, taken.titles) for item in taken.items()
    )
    return _separator(taken.into).join(dict.fromkeys(filter(None, texts))) or None


def _separator(into: SchemaField) -> str:
    """A line each where the field has several."""
    return "\n" if int(into.field.settings.get("rows") or 1) > 1 else ", "


def _earliest(taken: Taken) -> Any:
    return taken.carried([min(taken.items())]) if taken.items() else None


def _latest(taken: Taken) -> Any:
    return taken.carried([max(taken.items())]) if taken.items() else None


hows: Registry[How] = Registry("way to consolidate")
for how in (
    How("copy", _("of the first"), _first),
    How("sum", pgettext_lazy("consolidation", "sum"), _sum, NUMBERS),
    How("count", pgettext_lazy("consolidation", "how many"), _count),
    How("all", _("all, each once"), _all),
    How("earliest", _("the earliest"), _earliest, DATES),
    How("latest", _("the latest"), _latest, DATES),
):
    hows.register(how)


@dataclass(frozen=True)
class Line:
    """A line of a rule's mapping, its fields as the rule's employee knows them."""

    source: SchemaField
    how: How
    into: SchemaField


def values_of(
    lines: Sequence[Line],
    rows: Sequence[Any],
    titles: Mapping[str, Titles],
    *,
    actor: Employee,
) -> dict[str, Any]:
    """Natural values by the target's codes. Raises Invalid, naming the field."""
    values = {}
    for line in lines:
        taken = Taken(line.source, line.into, rows, titles.get(line.source.key, {}), actor)
        try:
            values[line.into.code] = line.into.clean(line.how.work(taken))
        except ValidationError as error:
            told = [f"{line.into.name}: {text}" for text in error.messages]
            raise Invalid({line.into.code: told}, " ".join(told)) from error
    return values
