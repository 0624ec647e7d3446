"""What a card can tell of the elements of a list that belong to its item: how many there are,
the sum of a field, how many (or what share) have an option.

A figure is chosen by a text, `sum:12` (the field's id) or `share:7` (the option's).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Aggregate, Avg, Count, Max, Min, Sum
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from moneyed import Money

from crm_link.models import TabFigure
from lists_core.field_types.base import NO_TITLES
from lists_core.field_types.choice import ChoiceType
from lists_core.field_types.options import options_of
from lists_core.schema.compile import Schema
from lists_core.schema.fields import SchemaField
from lists_core.services.repointing import pointing_q
from svod.base.registry import Registry

NUMBERS = frozenset({"number", "money"})
ORDERED = NUMBERS | {"date", "datetime"}


@dataclass(frozen=True)
class Measure:
    """`types` are the field types it measures; one of options counts those with the option."""

    slug: str
    label: str | Promise
    function: type[Aggregate]
    types: frozenset[str] = frozenset()
    of_options: bool = False


measures: Registry[Measure] = Registry("measure of a tab")
for _measure in (
    Measure("count", gettext_lazy("Number of elements"), Count),
    Measure("sum", gettext_lazy("Sum"), Sum, NUMBERS),
    Measure("average", gettext_lazy("Average"), Avg, NUMBERS),
    Measure("min", gettext_lazy("Minimum"), Min, ORDERED),
    Measure("max", gettext_lazy("Maximum"), Max, ORDERED),
    Measure("number", gettext_lazy("How many"), Count, of_options=True),
    Measure("share", gettext_lazy("Share"), Count, of_options=True),
):
    measures.register(_measure)

Choices = list[tuple[str, str | Promise]]


def offered(schema: Schema) -> list[tuple[str | Promise, Choices]]:
    """What can be told of a list, for a select: groups of (text, label) by measure."""
    groups: list[tuple[str | Promise, Choices]] = []
    for measure in measures:
        if measure.slug == "count":
            groups.append((measure.label, [("count", measure.label)]))
        elif measure.of_options:
            groups.append((measure.label, list(_options(schema, measure))))
        else:
            groups.append((measure.label, list(_fields(schema, measure))))
    return [group for group in groups if group[1]]


def measurable(field: SchemaField, measure: Measure) -> bool:
    return not field.multiple and field.type.slug in measure.types


def has_options(field: SchemaField) -> bool:
    return isinstance(field.type, ChoiceType)


def _fields(schema: Schema, measure: Measure) -> Iterator[tuple[str, str | Promise]]:
    for field in schema.fields:
        if measurable(field, measure):
            yield f"{measure.slug}:{field.field.pk}", _name(measure, field.name)


def _options(schema: Schema, measure: Measure) -> Iterator[tuple[str, str | Promise]]:
    for field in filter(has_options, schema.fields):
        for option in options_of(field.field).values():
            if option.deleted_at is None:
                shown = f"{field.name} – {option.name}"
                yield f"{measure.slug}:{option.pk}", _name(measure, shown)


def _name(measure: Measure, of: str) -> str | Promise:
    return format_lazy("{measure}: {of}", measure=measure.label, of=of)


def text_of(figure: TabFigure) -> str:
    """`sum:12`, as `offered` has it."""
    of = figure.option_id if measures.get(figure.measure).of_options else figure.field_id
    return f"{figure.measure}:{of}" if of else figure.measure


@dataclass(frozen=True)
class Told:
    """A figure as a card shows it."""

    label: str
    text: str


def tell(rows: Any, schema: Schema, figures: Iterable[TabFigure]) -> list[Told]:
    """The figures of the rows. Fields that the schema lacks are not told of. One query, and one
    more for each amount of money that is summed."""
    known = [(one, field) for one in figures if (field := _field(schema, one)) is not False]
    plain = [(one, field) for one, field in known if not _is_money(field)]
    asked = {f"figure_{one.pk}": _aggregate(one, field) for one, field in plain}
    found = rows.order_by().aggregate(total=Count("pk"), **asked)
    return [
        Told(
            one.label or _default_label(one, field),
            _money(rows, one, field) if _is_money(field) else _text(one, field, found),
        )
        for one, field in known
    ]


def _field(schema: Schema, figure: TabFigure) -> Any:
    """The field that is measured, None where there is none; False when it is not to be told."""
    if figure.field_id is None:
        return None if figure.measure == "count" else False
    own = (one for one in schema.fields if one.field.pk == figure.field_id)
    field = next(own, None)
    if field is None or figure.measure not in measures:
        return False
    measure = measures.get(figure.measure)
    fits = has_options(field) if measure.of_options else measurable(field, measure)
    return field if fits else False


def _is_money(field: SchemaField | None) -> bool:
    return field is not None and field.type.slug == "money"


def _aggregate(figure: TabFigure, field: SchemaField | None) -> Aggregate:
    measure = measures.get(figure.measure)
    if field is None:
        return Count("pk")
    if measure.of_options:
        return Count("pk", filter=pointing_q([field], figure.option_id))
    return measure.function(field.main_column)


def _text(figure: TabFigure, field: SchemaField | None, found: Mapping[str, Any]) -> str:
    value = found[f"figure_{figure.pk}"]
    if figure.measure == "share":
        return _percent(value, found["total"])
    if field is None or measures.get(figure.measure).of_options:
        return number_format(value, force_grouping=True)
    if value is None:
        return "—"
    if figure.measure == "average":
        unit = field.field.settings.get("unit")
        number = number_format(_short(value), force_grouping=True)
        return f"{number}\u00a0{unit}" if unit else number
    natural = field.type.from_columns(field.field, (value,))
    return field.type.to_text(field.field, natural, NO_TITLES)


def _percent(part: int, whole: int) -> str:
    if not whole:
        return "—"
    return _("%(number)s%%") % {"number": number_format(_short(Decimal(100) * part / whole))}


def _short(number: Any) -> Decimal:
    """Two digits after the point at most, and none in vain."""
    kept = round(Decimal(number), 2).normalize()
    return kept if kept == kept.to_integral() and kept.adjusted() < 0 else Decimal(f"{kept:f}")


def _money(rows: Any, figure: TabFigure, field: SchemaField) -> str:
    """Each currency for itself: amounts of several are never added."""
    amount, currency = field.column_names
    function = measures.get(figure.measure).function
    filled = rows.exclude(**{f"{currency}__isnull": True}).order_by()
    found = filled.values(currency).annotate(told=function(amount)).order_by(currency)
    texts = [
        field.type.to_text(field.field, _rounded(row["told"], row[currency]), NO_TITLES)
        for row in found
    ]
    return " + ".join(texts) or "—"


def _rounded(amount: Any, currency: str) -> Money:
    return Money(round(Decimal(amount), 2), currency)


def _default_label(figure: TabFigure, field: SchemaField | None) -> str:
    measure = measures.get(figure.measure)
    if field is None:
        return str(measure.label)
    if measure.of_options:
        option = options_of(field.field).get(figure.option_id or 0)
        return str(_name(measure, option.name if option else field.name))
    return str(_name(measure, field.name))
