"""What a field type is: the narrow contract that everything else is built from.

A type speaks of ONE value. Whether a field holds one value or many is the business of
`lists_core.schema.fields.SchemaField`, so a new type gets multiple values for nothing.
An empty value is always None, in Python and in the database.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.expressions import BaseExpression, F
from django.utils.functional import Promise
from django.utils.safestring import SafeString

from lists_core.field_types.written import as_html
from svod.base.registry import Registry

if TYPE_CHECKING:
    from lists_core.field_types.titled import Titled
    from lists_core.filters.operators import Operator
    from lists_core.models import Field
    from lists_core.reports.groupings import Grouping
    from lists_core.reports.measures import Measure
    from staff.models import Employee


@dataclass(frozen=True)
class Title:
    """How a thing that a value refers to is shown: its text and, when it has one, its page."""

    text: str
    url: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)


Titles = Mapping[Any, Title]
"""The titles a page loaded for one field: value → title; a missing one was not readable."""

NO_TITLES: Titles = {}


class FieldSettingsForm(forms.Form):
    """A type's own settings; `cleaned_data` goes to `Field.settings` and must fit JSON."""

    def __init__(self, *args: Any, field: Field, actor: Employee, **kwargs: Any) -> None:
        self.field = field
        self.actor = actor
        super().__init__(*args, **kwargs)


class FieldType:
    """Behaviour of one kind of field. Subclasses set the data and override what differs."""

    slug: str = ""
    label: str | Promise = ""
    icon: str = "forms"
    SettingsForm: type[FieldSettingsForm] = FieldSettingsForm
    multiple_allowed = True
    #: A designer may choose it; the others are made by the program alone.
    offered = True
    unique_allowed = False
    sortable = True
    searchable = False
    #: Slug in `references`: whose titles a page has to load to show this type's values.
    reference: str = ""
    #: Filled by the program when the element is created, so forms may leave it empty.
    automatic = False
    #: A cell of a table can hold a value, so columns of imported tables may go into the field.
    importable = True
    #: The designer asks for a default with the type's own control; otherwise the type's
    #: settings do, and `default` tells it.
    default_allowed = True
    #: Asked the other way round ("what points to this?"), so its column has an index.
    indexed = False
    #: Points to elements: a large list gets an index of it that nobody has to ask for.
    linked = False
    #: Boards read the newest elements of each value, so there is an index for that.
    laned = False
    #: Sorted by the titles of what the values point to (`titled`), as the reader sees them.
    sorted_by_title = False
    #: Shown as a mask everywhere: to_text, to_json and to_cell never tell the value, so it is
    #: not copied, not set for many elements at once and not turned into another type.
    concealed = False

    # --- storage ------------------------------------------------------------------------

    def columns(self, field: Field) -> dict[str, models.Field[Any, Any]]:
        """Suffix of the column name → Django model field of one value; the first is the main."""
        raise NotImplementedError(f"{type(self).__name__} has no columns")

    def from_columns(self, field: Field, parts: tuple[Any, ...]) -> Any:
        """The natural value from the columns' values, in the order of `columns`."""
        return parts[0]

    def to_columns(self, field: Field, value: Any) -> tuple[Any, ...]:
        """The columns' values of a natural value that is not None."""
        return (value,)

    # --- checking and forms -------------------------------------------------------------

    def form_field(self, field: Field, *, required: bool) -> forms.Field:
        """The control for one value; its `clean` gives a natural value or None."""
        raise NotImplementedError(f"{type(self).__name__} has no form field")

    def multiple_form_field(self, field: Field, *, required: bool) -> forms.Field | None:
        """The control for many values, or None for the ordinary one repeated."""
        return None

    def clean(self, field: Field, value: Any) -> Any:
        """Check one natural value whatever its origin; raise ValidationError."""
        return value

    def arrange(self, field: Field, values: list[Any]) -> list[Any]:
        """Several checked values as they are kept: the order that forms will send back."""
        return values

    # --- other forms of a value ---------------------------------------------------------

    def to_text(self, field: Field, value: Any, titles: Titles) -> str:
        """Plain text for exports, search results and history."""
        return str(value)

    def to_cell(self, field: Field, value: Any, titles: Titles) -> str | int | Decimal | date:
        """The value for a cell of an exported table: a number or a date where it is one."""
        return self.to_text(field, value, titles)

    def from_text(self, field: Field, text: str) -> Any:
        """The value of a cell of an imported table; raise ValidationError."""
        return _filled(self.form_field(field, required=False).clean(text))

    def from_texts(
        self, field: Field, texts: Collection[str], *, actor: Employee
    ) -> dict[str, Any]:
        """Many distinct cell texts at once: text → value or the ValidationError it gave.

        Types that look values up in the database override this to ask once.
        """
        read = self._reader(field)
        return {text: self._try_text(field, text, read) for text in texts}

    def _reader(self, field: Field) -> Callable[[str], Any]:
        """`from_text` for many texts: the control is made once."""
        if type(self).from_text is not FieldType.from_text:
            return partial(self.from_text, field)
        control = self.form_field(field, required=False)
        return lambda text: _filled(control.clean(text))

    def _try_text(self, field: Field, text: str, read: Callable[[str], Any]) -> Any:
        try:
            value = read(text)
            return None if value is None else self.clean(field, value)
        except ValidationError as error:
            return error

    def to_json(self, field: Field, value: Any) -> Any:
        """The value in JSON, for the API, history and defaults."""
        return value

    def from_json(self, field: Field, raw: Any) -> Any:
        """The opposite of `to_json`; raise ValidationError for what does not fit."""
        return self.form_field(field, required=False).clean(raw)

    def render(self, field: Field, value: Any, titles: Titles) -> SafeString:
        """One value as HTML, for a cell of the grid and the element's page."""
        return as_html(self.to_text(field, value, titles))

    # --- queries ------------------------------------------------------------------------

    @property
    def operators(self) -> Iterable[Operator]:
        """What a filter can ask of this type, in the order of the menu."""
        return ()

    @property
    def groupings(self) -> Iterable[Grouping]:
        """How a report can make groups of this type's values."""
        return ()

    @property
    def measures(self) -> Iterable[Measure]:
        """What a report can tell of this type's values, besides how often there is one."""
        return ()

    def sort_key(self, field: Field, column: str) -> BaseExpression | F:
        """What the main column is sorted by; empty values always come last."""
        return F(column)

    def titled(self, field: Field, *, actor: Employee) -> Sequence[Titled]:
        """What values of a type that is `sorted_by_title` may point to, one of each table."""
        return ()

    def search_word(self, word: str) -> str:
        """What a `searchable` column must contain to answer to the word; "" answers to none."""
        return word

    def search_values(self, field: Field, words: str, *, actor: Employee) -> Collection[Any] | None:
        """Values whose text, as far as the actor may read it, contains the words.

        For types that keep ids of few things, such as options; a bounded number of them.
        """
        return None

    def search_things(self, field: Field, words: str, *, actor: Employee) -> Sequence[Titled]:
        """Things that values may point to whose titles, as far as the actor may read them,
        contain the words, one of each table; any number of rows, in no order.
        """
        return ()

    # --- life -----------------------------------------------------------------------------

    def default(self, field: Field) -> Any:
        """What new elements start with, in the JSON form of the whole field."""
        return field.default

    def next_value(self, field: Field) -> Any:
        """The value the program gives to a new element (`automatic` types)."""
        return None

    def next_values(self, field: Field, count: int) -> list[Any]:
        """Values for `count` new elements at once; types that count ask the database once."""
        return [self.next_value(field) for _place in range(count)]

    def values_given(self, field: Field, values: Collection[Any]) -> None:
        """Values of an `automatic` type that a file brought, before the next ones are made."""

    def carry(self, field: Field, target: Field, value: Any) -> Any:
        """The value of `field` as it stands in `target`, the same field of a copied list."""
        return value

    def settings_saved(self, field: Field, cleaned: Mapping[str, Any]) -> None:
        """Called in the transaction that saved the settings, for data kept beside the field."""


def _filled(value: Any) -> Any:
    return None if value in ("", None) else value


field_types: Registry[FieldType] = Registry("field type")
