"""What the page of a template shows: placeholders with captions and examples, the sample."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lists_core.access import schema_for
from lists_core.selectors.elements import elements
from staff.models import Employee
from workflows.documents.data import gather
from workflows.documents.extra import extra_names
from workflows.documents.names import Name, element_names, own_names, row_names
from workflows.models import DocumentTemplate

FILTERS: list[tuple[str, str, str | Promise]] = [
    ("прописью", "in_words", gettext_lazy("a sum or a number in words")),
    ("дата_словами", "date_words", gettext_lazy("24 November 2026")),
    ("дата_прописью", "date_in_words", gettext_lazy("a date all in words")),
    ('дата("дд.мм.гггг")', 'date("dd.mm.yyyy")', gettext_lazy("a date in a format")),
    ("родительный", "genitive", gettext_lazy("a Russian name: of whom")),
    ("дательный", "dative", gettext_lazy("a Russian name: to whom")),
    ("винительный", "accusative", gettext_lazy("a Russian name: whom")),
    ("творительный", "instrumental", gettext_lazy("a Russian name: by whom")),
    ("предложный", "prepositional", gettext_lazy("a Russian name: about whom")),
    ("инициалы", "initials", gettext_lazy("the surname and initials")),
    ("с_заглавной", "capital", gettext_lazy("with a capital letter")),
    ("округлить(2)", "rounded(2)", gettext_lazy("a number rounded")),
    ("картинка(50)", "picture(50)", gettext_lazy("a picture so many millimetres wide")),
]


@dataclass(frozen=True)
class Shown:
    """A placeholder to copy."""

    placeholder: str
    caption: str
    example: str = ""


@dataclass(frozen=True)
class Group:
    title: str
    rows: list[Shown]
    #: What to write around the placeholders of a table's row.
    around: tuple[str, str] | None = None


def placeholders(actor: Employee, template: DocumentTemplate) -> list[Group]:
    """Everything the template may name, by groups, with the values of the newest element."""
    groups = []
    if template.list is not None:
        schema = schema_for(actor, template.list)
        row = elements(schema, actor).order_by("-pk").first()
        values = gather(actor, schema=schema, row=row).values if row is not None else {}
        fields = element_names(actor, schema)
        groups.append(Group(_("Fields of the element"), _rows(fields, values)))
        groups += [
            _group(one, values) for one in (*fields, *extra_names(template.list)) if one.parts
        ]
    rows = row_names(actor, template.rows_field)
    if rows:
        groups.append(
            Group(_("Rows of the table"), _rows(rows, {}, "row."),
                  ("{%tr for row in rows %}", "{%tr endfor %}"))
        )  # fmt: skip
    own = own_names()
    groups.append(Group(_("Always"), _rows(own, {})))
    groups += [Group(one.caption, _rows(_own(one), {}, f"{one.name}.")) for one in own if one.parts]
    if template.list is None:
        groups.append(Group(_("From the process"), _process()))
    return groups


def _group(one: Name, values: Mapping[str, Any]) -> Group:
    """The parts of a link, or the columns of a table with what goes around its row."""
    if one.kind == "list":
        loop = (f"{{%tr for row in {one.name} %}}", "{%tr endfor %}")
        return Group(one.caption, _rows(_own(one), {}, "row."), loop)
    return Group(one.caption, _rows(_own(one), _parts(values, one.name), f"{one.name}."))


def _own(name: Name) -> list[Name]:
    """The parts of a link, each once."""
    return list({part.name: part for part in name.parts.values()}.values())


def _parts(values: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = values.get(name)
    if isinstance(found, dict) and found.get("$") == "list":
        found = next(iter(found["v"]), None)
    inner = found.get("v") if isinstance(found, dict) and found.get("$") == "record" else None
    return inner if isinstance(inner, dict) else {}


def _rows(names: Iterable[Name], values: Mapping[str, Any], before: str = "") -> list[Shown]:
    return [
        Shown(f"{{{{ {before}{one.name} }}}}", one.caption, _example(values.get(one.name)))
        for one in names
    ]


def _example(value: Any) -> str:
    text = value.get("t", "") if isinstance(value, dict) else value
    return "" if text is None else str(text)[:80]


def _process() -> list[Shown]:
    return [
        Shown("{{ Variable.code }}", _("A variable of the process")),
        Shown("{{ Step.number.number }}", _("The result of a step")),
    ]


def sample() -> bytes:
    """A ready template to begin with: a contract with a table, in the person's language."""
    from docx import Document

    document = Document()
    document.add_heading(_("Contract No. {{ ID }}"), level=1)
    document.add_paragraph(_("{{ NAME }}, {{ today|date_words }}"))
    document.add_paragraph(
        _("Prepared by {{ author.FULL_NAME|initials }}. In the genitive: {{ author|genitive }}.")
    )
    document.add_paragraph(_("Created on {{ CREATED_AT|date }} by {{ CREATED_BY }}."))
    document.add_paragraph("{% if rows %}" + _("What it is about:") + "{% endif %}")
    table = document.add_table(rows=4, cols=2)
    table.style = "Table Grid"
    cells = (
        (_("No."), _("Name")),
        ("{%tr for row in rows %}", ""),
        ("{{ loop.index }}", "{{ row.NAME }}"),
        ("{%tr endfor %}", ""),
    )
    for row, texts in zip(table.rows, cells, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()
