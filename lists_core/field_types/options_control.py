"""The designer's table of options: name, colour, default; order by place, many at once by lines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from lists_core.field_types.pickers import is_id
from lists_core.field_types.texts import storable
from svod.base.looks import TONES

MAX_OPTIONS = 1000
MAX_NAME = 300
BLANK = {"id": "", "name": "", "color": "", "is_default": ""}


class OptionsWidget(forms.Widget):
    """Rows of inputs `<name>_id`, `_name`, `_color`, `_is_default`, and a box `<name>_lines`.

    `<name>_seen` are the ids that the page began with: those without a row were removed by
    the person, while an option that is not among them may only have come meanwhile.
    """

    template_name = "components/widgets/options.html"
    use_fieldset = True

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        rows = value or []
        context["rows"] = [{**BLANK, **row} for row in rows if not row.get("removed")]
        context["seen"] = [row["id"] for row in rows if row.get("id")]
        context["blank"] = BLANK
        context["tones"] = TONES
        return context

    def value_from_datadict(
        self, data: Mapping[str, Any], files: Any, name: str
    ) -> list[dict[str, Any]]:
        columns = {key: _all(data, f"{name}_{key}") for key in BLANK}
        rows = [dict(zip(BLANK, row, strict=True)) for row in zip(*columns.values(), strict=False)]
        lines = "\n".join(_all(data, f"{name}_lines")).splitlines()
        left = {row["id"] for row in rows}
        gone = [pk for pk in dict.fromkeys(_all(data, f"{name}_seen")) if pk not in left]
        return [
            *rows,
            *({**BLANK, "name": line} for line in lines),
            *({**BLANK, "id": pk, "removed": True} for pk in gone),
        ]

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return f"{name}_name" not in data and f"{name}_lines" not in data


def _all(data: Mapping[str, Any], name: str) -> list[Any]:
    return data.getlist(name) if isinstance(data, MultiValueDict) else list(data.get(name, []))


class OptionsField(forms.Field):
    """`clean` gives the rows of a draft (see `options`); a blank name removes an option."""

    widget = OptionsWidget

    def to_python(self, value: Any) -> list[dict[str, Any]]:
        named = [row for row in value or [] if str(row.get("name", "")).strip()]
        if len(named) > MAX_OPTIONS:
            raise ValidationError(_("At most %(count)d options.") % {"count": MAX_OPTIONS})
        rows = [_row(row) for row in named]
        _refuse_doubles(rows)
        left = {row["id"] for row in rows}
        gone = {pk for row in value or [] if (pk := _id(row)) is not None} - left
        return [*rows, *({"id": pk, "removed": True} for pk in sorted(gone))]


def _id(raw: Mapping[str, Any]) -> int | None:
    number = str(raw.get("id") or "")
    return int(number) if is_id(number) else None


def _row(raw: Mapping[str, Any]) -> dict[str, Any]:
    color = str(raw.get("color") or "")
    return {
        "id": _id(raw),
        "name": storable(str(raw["name"]).strip(), longest=MAX_NAME),
        "color": color if color in TONES else "",
        "is_default": str(raw.get("is_default") or "") in {"1", "True"},
    }


def _refuse_doubles(rows: list[dict[str, Any]]) -> None:
    seen: set[str] = set()
    for row in rows:
        name = row["name"].casefold()
        if name in seen:
            raise ValidationError(_("“%(name)s” is there twice.") % {"name": row["name"]})
        seen.add(name)
