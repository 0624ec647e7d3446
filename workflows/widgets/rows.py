"""Several rows of several controls: checklists, questionnaires, variables, triggers.

A row's controls are named `<field>-<row>-<column>`; `<field>-rows` repeats the rows' own
numbers in their order, so rows may be added, dragged and removed in the page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from lists_core.services.fields import transliterate

Columns = Mapping[str, forms.Field]
ColumnsFor = Callable[[Mapping[str, Any]], Columns]
MAX_ROWS = 200
CHOICES = 2


class RowsWidget(forms.Widget):
    """`<svod-rows>`: a frame around each row, a template for new ones."""

    template_name = "workflows/widgets/rows.html"
    use_fieldset = True

    def __init__(self, columns: ColumnsFor, *, blank: Mapping[str, Any], add: Any) -> None:
        self.columns, self.blank, self.add = columns, blank, add
        super().__init__()

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        rows = value if isinstance(value, list) else []
        known = [row if isinstance(row, Mapping) else {} for row in rows]
        context["rows"] = [self._row(name, row, str(n)) for n, row in enumerate(known)]
        token = f"__row{name.count('-')}__"
        context["blank"] = self._row(name, self.blank, token)
        context["token"], context["add_label"] = token, self.add
        return context

    def _row(self, name: str, row: Mapping[str, Any], number: str) -> dict[str, Any]:
        form = forms.Form(auto_id=f"{name}-{number}-%s", prefix=f"{name}-{number}")
        form.fields.update(self.columns(row))
        form.initial = dict(row)
        bound: list[BoundField] = [form[column] for column in form.fields]
        return {"number": number, "fields": bound}

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[dict[str, Any]]:
        numbers = data.getlist(f"{name}-rows") if hasattr(data, "getlist") else []
        return [self._read(data, files, f"{name}-{number}") for number in numbers[:MAX_ROWS]]

    def _read(self, data: Any, files: Any, prefix: str) -> dict[str, Any]:
        # Which columns a row has may depend on what is chosen in it, and that on another choice.
        row: dict[str, Any] = {}
        for _choice in range(CHOICES + 1):
            row = self._cleaned(self.columns({**self.blank, **row}), data, files, prefix)
        return row

    def _cleaned(self, columns: Columns, data: Any, files: Any, prefix: str) -> dict[str, Any]:
        row = {}
        for column, field in columns.items():
            raw = field.widget.value_from_datadict(data, files, f"{prefix}-{column}")
            row[column] = _clean(field, raw)
        return row

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False


def _clean(field: forms.Field, raw: Any) -> Any:
    try:
        return field.clean(raw)
    except forms.ValidationError:
        return str(raw)


class RowsField(forms.Field):
    """`clean` gives a list of dicts, without empty values and without rows of nothing."""

    widget: RowsWidget

    def __init__(
        self,
        columns: Columns | ColumnsFor,
        *,
        blank: Mapping[str, Any] | None = None,
        add: Any = "",
    ) -> None:
        for_row: ColumnsFor = columns if callable(columns) else lambda _row: columns
        self.blank = dict(blank or {})
        super().__init__(
            required=False, widget=RowsWidget(for_row, blank=self.blank, add=add or _("Add a row"))
        )

    def clean(self, value: Any) -> Any:
        rows = [
            {key: one for key, one in row.items() if not _says_nothing(one)} for row in value or ()
        ]
        rows = [row for row in rows if row]
        return (coded(rows) if "code" in self.widget.columns(self.blank) else rows) or None


def _says_nothing(value: Any) -> bool:
    """Empty, or a switch that is off."""
    return value is False or value in (None, "", [], {})


def coded(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Codes made from captions where none was given, each once; rows with neither are left out."""
    taken: set[str] = set()
    named = []
    for row in rows:
        if not (row.get("label") or row.get("code")):
            continue
        stem = re.sub(r"[^A-Za-z0-9_]+", "_", str(row.get("code") or "")).strip("_")
        stem = stem or _code_of(str(row.get("label")))
        code, number = stem, 1
        while code in taken:
            number += 1
            code = f"{stem}_{number}"
        taken.add(code)
        named.append({**row, "code": code})
    return named


def _code_of(label: str) -> str:
    stem = re.sub(r"[^a-z0-9]+", "_", transliterate(label).lower()).strip("_")[:40]
    return stem if stem[:1].isalpha() else f"v_{stem}".strip("_")
