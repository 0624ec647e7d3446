"""A field joined with its type: one face for single and multiple values.

Values are natural Python values: None when empty, the type's value for a single field,
a non-empty list of them for a multiple one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from lists_core.field_types.base import NO_TITLES, FieldType, Titles, field_types
from lists_core.field_types.controls import MultipleField, show_to

if TYPE_CHECKING:
    from lists_core.filters.operators import Operator
    from lists_core.models import Field
    from staff.models import Employee

SEPARATOR = "; "
RETYPED = re.compile(r"(?<=\d)v\d+\Z")


def first_key(key: str) -> str:
    """`f12` of `f12v2`: the key that the field had before its type was changed. What people wrote
    to it since is in the history under either."""
    return RETYPED.sub("", key)


@dataclass(frozen=True, eq=False)
class SchemaField:
    """What pages, filters, import and services use to deal with a field."""

    field: Field
    type: FieldType

    @classmethod
    def of(cls, field: Field) -> SchemaField:
        return cls(field, field_types.get(field.type))

    @property
    def code(self) -> str:
        return self.field.code

    @property
    def name(self) -> str:
        return self.field.name

    @property
    def multiple(self) -> bool:
        return self.field.multiple

    @property
    def key(self) -> str:
        """The stem of the columns; the key in history."""
        return self.field.column

    # --- storage ------------------------------------------------------------------------

    @cached_property
    def columns(self) -> dict[str, models.Field[Any, Any]]:
        """Column name → model field, the main column first."""
        parts = self.type.columns(self.field)
        return {self.key + suffix: self._stored(column) for suffix, column in parts.items()}

    def _stored(self, column: models.Field[Any, Any]) -> models.Field[Any, Any]:
        if not self.multiple:
            return column
        # An item is never NULL; the array itself is when the field is empty.
        column.null = True
        return ArrayField(column, null=True)

    @cached_property
    def column_names(self) -> tuple[str, ...]:
        return tuple(self.columns)

    @property
    def main_column(self) -> str:
        return self.column_names[0]

    def read(self, row: Any) -> Any:
        """The natural value of a row (a model instance or anything with the columns)."""
        return self.from_columns(self._take(row))

    @cached_property
    def _take(self) -> Callable[[Any], tuple[Any, ...]]:
        """Gets the columns of a row: reading is half the work of a page or an export."""
        if len(self.column_names) > 1:
            return attrgetter(*self.column_names)
        only = attrgetter(self.main_column)
        return lambda row: (only(row),)

    def from_columns(self, parts: tuple[Any, ...]) -> Any:
        if parts[0] is None:
            return None
        if not self.multiple:
            return self.type.from_columns(self.field, parts)
        return [self.type.from_columns(self.field, item) for item in zip(*parts, strict=True)]

    def to_columns(self, value: Any) -> dict[str, Any]:
        """Column name → value to store."""
        if value is None or value == []:
            return dict.fromkeys(self.column_names)
        if not self.multiple:
            return dict(
                zip(self.column_names, self.type.to_columns(self.field, value), strict=True)
            )
        items = [self.type.to_columns(self.field, item) for item in value]
        return dict(zip(self.column_names, map(list, zip(*items, strict=True)), strict=True))

    # --- checking and forms -------------------------------------------------------------

    def form_field(
        self, *, required: bool | None = None, actor: Employee | None = None
    ) -> forms.Field:
        """The control; the titles of ids in it are those that the actor may see."""
        needed = self.field.required if required is None else required
        control = self._control(required=needed)
        if actor is not None:
            show_to(control, actor)
        control.label = self.name
        control.help_text = self.field.hint
        return control

    def _control(self, *, required: bool) -> forms.Field:
        if not self.multiple:
            return self.type.form_field(self.field, required=required)
        own = self.type.multiple_form_field(self.field, required=required)
        return own or MultipleField(
            self.type.form_field(self.field, required=False), required=required
        )

    def clean(self, value: Any) -> Any:
        """Check a natural value; raise ValidationError."""
        if value is None or value in ("", []):
            return None
        if not self.multiple:
            return self.type.clean(self.field, value)
        if not isinstance(value, list | tuple):
            raise ValidationError(_("Several values are expected."))
        items = (self.type.clean(self.field, item) for item in value if item not in (None, ""))
        kept = [item for item in items if item is not None]
        return self.type.arrange(self.field, kept) or None

    # --- other forms of a value ---------------------------------------------------------

    def items(self, value: Any) -> list[Any]:
        """The value as a list, whether the field is multiple or not."""
        if value is None:
            return []
        return list(value) if self.multiple else [value]

    def to_text(self, value: Any, titles: Titles = NO_TITLES) -> str:
        return SEPARATOR.join(
            self.type.to_text(self.field, item, titles) for item in self.items(value)
        )

    def to_cell(self, value: Any, titles: Titles = NO_TITLES) -> Any:
        """The value of an exported cell; several values become one text."""
        if value is None:
            return ""
        if self.multiple:
            return self.to_text(value, titles)
        return self.type.to_cell(self.field, value, titles)

    def from_texts(self, texts: Collection[str], *, actor: Employee) -> dict[str, Any]:
        """Distinct texts of an imported column: text → value or ValidationError."""
        if not self.multiple:
            return self.type.from_texts(self.field, texts, actor=actor)
        split = {text: [part.strip() for part in text.split(";") if part.strip()] for text in texts}
        parts = {part for row in split.values() for part in row}
        known = self.type.from_texts(self.field, parts, actor=actor)
        return {text: _gather(known[part] for part in row) for text, row in split.items()}

    def to_json(self, value: Any) -> Any:
        if value is None:
            return None
        if not self.multiple:
            return self.type.to_json(self.field, value)
        return [self.type.to_json(self.field, item) for item in value]

    def from_json(self, raw: Any) -> Any:
        """The natural value of a JSON one; raise ValidationError."""
        if raw is None or raw in ("", []):
            return None
        if not self.multiple:
            return self.type.from_json(self.field, raw)
        if not isinstance(raw, list):
            raise ValidationError(_("A list of values is expected."))
        return [self.type.from_json(self.field, item) for item in raw]

    def default(self) -> Any:
        """The default value of a new element; a default that no longer fits counts as none."""
        try:
            return self.from_json(self.type.default(self.field))
        except ValidationError:
            return None

    def render(self, value: Any, titles: Titles = NO_TITLES) -> SafeString:
        if not self.multiple and value is not None:
            return self.type.render(self.field, value, titles)
        items = [self.type.render(self.field, item, titles) for item in self.items(value)]
        if len(items) == 1:
            return items[0]
        return (
            format_html(
                '<span class="svod-values">{}</span>',
                format_html_join(
                    "", '<span class="svod-value">{}</span>', ((item,) for item in items)
                ),
            )
            if items
            else SafeString("")
        )

    # --- queries ------------------------------------------------------------------------

    @cached_property
    def operators(self) -> dict[str, Operator]:
        return {operator.slug: operator for operator in self.type.operators}

    @property
    def sortable(self) -> bool:
        return self.type.sortable and not self.multiple

    def order_by(self, *, descending: bool) -> models.expressions.OrderBy:
        key = self.type.sort_key(self.field, self.main_column)
        return key.desc(nulls_last=True) if descending else key.asc(nulls_last=True)


def _gather(items: Iterable[Any]) -> Any:
    """The values as a list, or the first error among them."""
    values = list(items)
    errors = [value for value in values if isinstance(value, ValidationError)]
    return errors[0] if errors else ([value for value in values if value is not None] or None)
