"""Counter: the program's own number, without gaps and without doubles.

The next number stands in a row of its own (`CounterState`). A new element takes it in the
transaction that creates the element: a refused element gives its number back, and the
row's lock makes two creators take turns.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import connection, models
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from psycopg import sql

from lists_core.field_types.base import FieldSettingsForm, FieldType, Titles, field_types
from lists_core.field_types.number import NumberField
from lists_core.filters.operators import NUMERIC, PRESENCE
from lists_core.models import CounterState

if TYPE_CHECKING:
    from lists_core.filters.operators import Operator
    from lists_core.models import Field
    from staff.models import Employee

LARGEST = 10**15
MAX_DIGITS = 15


def reserve_numbers(field: Field, count: int) -> range:
    """Take `count` numbers; nobody else gets them once this transaction commits."""
    after = _advance(field, count)
    if after is None:
        first = CounterState(field=field, next=_first(field))
        CounterState.objects.bulk_create([first], ignore_conflicts=True)
        after = _advance(field, count)
    return range(after - count * _step(field), after, _step(field))


def _advance(field: Field, count: int) -> Any:
    """The next number after taking `count`, or None while nothing is counted yet."""
    return _ask(
        field,
        "UPDATE {state} SET next = next + %s WHERE field_id = %s RETURNING next",
        [count * _step(field), field.pk],
    )


def pass_over(field: Field, number: int) -> None:
    """Go on above a number that came from elsewhere (an import, a person)."""
    if not CounterState.objects.filter(field=field).exists():
        return  # the first number is taken above all that the list has
    above = number + _step(field)
    CounterState.objects.filter(field=field).update(next=Greatest(F("next"), above))


def _step(field: Field) -> int:
    return int(field.settings.get("step") or 1)


def _start(field: Field) -> int:
    start = field.settings.get("start")
    return 1 if start is None else int(start)


def _first(field: Field) -> int:
    """Where counting begins: at the start, or above the numbers the list came with."""
    highest = _ask(field, "SELECT max({column}) FROM {table}", [])
    return _start(field) if highest is None else max(_start(field), highest + _step(field))


def _taken(field: Field, number: int) -> bool:
    question = "SELECT 1 FROM {table} WHERE {column} = %s AND deleted_at IS NULL"
    return _ask(field, question, [number]) is not None


def _ask(field: Field, question: str, params: list[int]) -> Any:
    """One value of the list's table or of the state, or None. The names come from ids."""
    from lists_core.schema.compile import table_name

    query = sql.SQL(question).format(
        table=sql.Identifier(table_name(field.list_id)),
        column=sql.Identifier(field.column),
        state=sql.Identifier(CounterState._meta.db_table),
    )
    with connection.cursor() as cursor:
        row = cursor.execute(query, params).fetchone()
    return row[0] if row else None


class WholeField(NumberField):
    """A whole number that the database's integer holds."""

    def to_python(self, value: Any) -> Any:
        number = super().to_python(value)
        return None if number is None else whole(number)

    def prepare_value(self, value: Any) -> Any:
        return value


def whole(number: Any) -> int:
    if number != int(number) or not -LARGEST <= number <= LARGEST:
        raise ValidationError(_("Enter a whole number."))
    return int(number)


class CounterSettings(FieldSettingsForm):
    start = forms.IntegerField(
        label=gettext_lazy("Start with"), min_value=0, max_value=10**12, initial=1
    )
    step = forms.IntegerField(label=gettext_lazy("Step"), min_value=1, max_value=10**6, initial=1)
    digits = forms.IntegerField(
        label=gettext_lazy("Digits"),
        min_value=1,
        max_value=MAX_DIGITS,
        initial=1,
        help_text=gettext_lazy("Shorter numbers are shown with zeros before them."),
    )
    before = forms.CharField(
        label=gettext_lazy("Text before the number"), max_length=20, required=False, strip=False
    )
    editable = forms.BooleanField(
        label=gettext_lazy("People may change the number"), required=False
    )


@field_types.register
class CounterType(FieldType):
    slug = "counter"
    label = gettext_lazy("Counter")
    icon = "number"
    SettingsForm = CounterSettings
    multiple_allowed = False
    unique_allowed = True
    automatic = True
    default_allowed = False

    def columns(self, field: Field) -> dict[str, models.Field[Any, Any]]:
        return {"": models.BigIntegerField(null=True)}

    def form_field(self, field: Field, *, required: bool) -> forms.Field:
        # An empty one is filled by the program, so a person need not.
        control = WholeField(required=False)
        control.disabled = not field.settings.get("editable")
        return control

    def clean(self, field: Field, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValidationError(_("Enter a whole number."))
        return whole(value)

    def to_text(self, field: Field, value: Any, titles: Titles) -> str:
        digits = int(field.settings.get("digits") or 1)
        return f"{field.settings.get('before', '')}{value:0{digits}d}"

    def from_text(self, field: Field, text: str) -> int | None:
        before = field.settings.get("before", "")
        number = text.strip().removeprefix(before.strip()) if before else text
        whole_number: int | None = WholeField(required=False).to_python(number.strip())
        return whole_number

    def to_json(self, field: Field, value: Any) -> int:
        return int(value)

    def from_json(self, field: Field, raw: Any) -> int:
        return self.clean(field, raw)

    def search_values(self, field: Field, words: str, *, actor: Employee) -> Collection[int]:
        """The number as it is shown, or without its text and zeros."""
        try:
            number = self.from_text(field, words)
        except ValidationError:
            return ()
        return () if number is None else (number,)

    @property
    def operators(self) -> Iterable[Operator]:
        return OPERATORS

    def next_value(self, field: Field) -> int:
        return self.next_values(field, 1)[0]

    def next_values(self, field: Field, count: int) -> list[int]:
        # Only a person's own number can stand in the way, and only uniqueness minds it.
        if not (field.unique and field.settings.get("editable")):
            return list(reserve_numbers(field, count))
        free: list[int] = []
        while len(free) < count:
            numbers = reserve_numbers(field, count - len(free))
            free += [number for number in numbers if not _taken(field, number)]
        return free

    def values_given(self, field: Field, values: Collection[Any]) -> None:
        pass_over(field, max(values))

    def settings_saved(self, field: Field, cleaned: Mapping[str, Any]) -> None:
        """A higher start is jumped to; a lower one would repeat numbers and changes nothing."""
        state = CounterState.objects.filter(field=field)
        state.update(next=Greatest(F("next"), _start(field)))


def _number(field: Any) -> forms.Field:
    return WholeField(required=True)


OPERATORS = tuple(
    operator if operator in PRESENCE else replace(operator, control=_number) for operator in NUMERIC
)
