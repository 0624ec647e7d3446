"""Columns of a file on their way into a list: each distinct text is turned once.

A table repeats itself: 336,776 flights have 16 airlines. So texts are checked and put into
their final forms by the column, not by the row, and the rest of an import is joining texts.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from json.encoder import encode_basestring
from typing import Any

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.utils.translation import gettext as _
from psycopg.adapt import PyFormat, Transformer

from lists_core.schema.fields import SchemaField
from lists_core.services.values import check_filled
from lists_core.transfer.spec import ColumnSpec
from lists_core.transfer.tables import Layout
from staff.models import Employee
from svod.base.formulas import is_formula

REMEMBERED = 20_000  # texts of a column, before the next batch
NULL = "\\N"
ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
NEUTRALISED = "'"


class Writer:
    """Puts values into the text form of PostgreSQL's COPY and of the history."""

    def __init__(self) -> None:
        connection.ensure_connection()
        self.transformer = Transformer(connection.connection)

    def stored(self, field: SchemaField, value: Any) -> str:
        """The field's columns, separated by tabs."""
        parts = field.to_columns(value)
        texts = (self._column(field.columns[name], part) for name, part in parts.items())
        return "\t".join(texts)

    def row(self, fields: Iterable[SchemaField], row: Any) -> str:
        """The columns of these fields as they stand in a row."""
        texts = (
            self._column(column, getattr(row, name))
            for field in fields
            for name, column in field.columns.items()
        )
        return "\t".join(texts)

    def noted(self, field: SchemaField, value: Any) -> str:
        """The field's part of a "created" version's changes; "" for an empty value."""
        return "" if value is None else noted(field.key, None, field.to_json(value))

    def _column(self, column: Any, value: Any) -> str:
        prepared = column.get_db_prep_save(value, connection)
        return NULL if prepared is None else self.plain(prepared)

    def plain(self, value: Any) -> str:
        """Any Python value that psycopg knows."""
        if type(value) is str and "\0" not in value:
            return escaped(value)
        dumped = self.transformer.get_dumper(value, PyFormat.TEXT).dump(value)
        return NULL if dumped is None else escaped(bytes(dumped).decode())


def escaped(text: str) -> str:
    """The text for COPY; nearly always it is already fit, and looking is cheaper than writing."""
    if text.isprintable() and "\\" not in text:
        return text
    return text.translate(ESCAPES)


def noted(key: str, old: Any, new: Any) -> str:
    """`"f12": [old, new],`, ready for COPY: a version's changes are such parts joined."""
    return escaped(f'"{key}": [{_json(old)}, {_json(new)}],')


def _json(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, str):
        return encode_basestring(value)
    return json.dumps(value, ensure_ascii=False, cls=DjangoJSONEncoder)


class Column:
    """One column of the file and all that is known of its texts.

    `values`, `stored` and `noted` map a text to its natural value and to its forms in COPY;
    `bad` maps texts that do not fit to the reason.
    """

    def __init__(self, spec: ColumnSpec, field: SchemaField, layout: Layout) -> None:
        self.index = spec.index
        self.field = field
        self.lenient = spec.lenient
        self.key = spec.key
        # Only our CSV has apostrophes before would-be formulas: cells of a sheet are typed.
        self.plain = str if layout.sheet else unneutralised
        self.forget()

    def forget(self) -> None:
        self.values: dict[str, Any] = {}
        self.stored: dict[str, str] = {}
        self.noted: dict[str, str] = {}
        self.bad: dict[str, str] = {}
        #: What the field's type found for a text, to be compared when it is asked again.
        self.found: dict[str, Any] = {}

    def learn(
        self, texts: Iterable[str], *, empty: Collection[str], writer: Writer, actor: Employee
    ) -> None:
        """Turn the texts that are new; afterwards each is in `values` or in `bad`.

        What a text points to may be hidden from the actor since the last batch, so texts of
        links are looked up each time. What is found is put into its forms once.
        """
        if len(self.found) > REMEMBERED:
            self.forget()
        asked = set(texts)
        if not self.field.type.reference:
            asked.difference_update(self.found)
        if not asked:
            return
        cleaned = {text: self.plain(text).strip() for text in asked}
        wanted = {text for text in cleaned.values() if text and text not in empty}
        found = self.field.from_texts(wanted, actor=actor)
        for text, plain in cleaned.items():
            value = found.get(plain) if plain in wanted else None
            if text not in self.found or self.found[text] != value:
                self.found[text] = value
                self._remember(text, value, writer)

    def _remember(self, text: str, value: Any, writer: Writer) -> None:
        try:
            checked = self._checked(text, value)
        except ValidationError as error:
            self.bad[text] = " ".join(error.messages)
            return
        self.bad.pop(text, None)
        self.values[text] = checked
        self.stored[text] = writer.stored(self.field, checked)
        self.noted[text] = writer.noted(self.field, checked)

    def _checked(self, text: str, value: Any) -> Any:
        """The value as it will be kept; raise ValidationError."""
        try:
            if "\ufffd" in text:
                raise ValidationError(_("The text has signs that its encoding does not know."))
            if isinstance(value, ValidationError):
                raise value
            value = self.field.clean(value)
        except ValidationError:
            if not self.lenient:
                raise
            value = None
        if not self.field.type.automatic:
            check_filled(self.field, value)
        return value


def unneutralised(text: str) -> str:
    """The text without the apostrophe that our CSV export puts before a would-be formula."""
    return text[1:] if text.startswith(NEUTRALISED) and is_formula(text[1:]) else text
