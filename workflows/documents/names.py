"""What placeholders of a template may be called: by a field's code and by its caption."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lists_core.access import schema_for, visible_lists
from lists_core.models import Field, List
from lists_core.schema.compile import Schema
from lists_core.schema.fields import SchemaField
from staff.models import Employee

#: code → (Russian name, caption).
PERSON: dict[str, tuple[str, str | Promise]] = {
    "FULL_NAME": ("ФИО", gettext_lazy("Surname, name, patronymic")),
    "LAST_NAME": ("Фамилия", gettext_lazy("Surname")),
    "FIRST_NAME": ("Имя", gettext_lazy("First name")),
    "PATRONYMIC": ("Отчество", gettext_lazy("Patronymic")),
    "POSITION": ("Должность", gettext_lazy("Position")),
    "DEPARTMENT": ("Отдел", gettext_lazy("Department")),
    "EMAIL": ("Почта", gettext_lazy("E-mail")),
    "PHONE": ("Телефон", gettext_lazy("Phone")),
}
OWN: dict[str, tuple[str, str | Promise]] = {
    "today": ("сегодня", gettext_lazy("Today's date")),
    "now": ("сейчас", gettext_lazy("The date and the time now")),
    "author": ("автор", gettext_lazy("Who makes the document")),
}
#: What only a process knows; its parts are looked at when the document is made.
PROCESS = {
    "Variable": "Переменная",
    "Parameter": "Параметр",
    "Constant": "Константа",
    "Step": "Шаг",
}
DOCUMENT = ("Document", "Документ")
ROWS = "rows"


@dataclass(frozen=True)
class Name:
    """A placeholder that may be used; `parts` are what stands after the point."""

    name: str
    caption: str
    kind: str = "string"
    also: str = ""
    parts: Mapping[str, Name] = field(default_factory=dict)

    @property
    def all(self) -> tuple[str, ...]:
        return (self.name, self.also) if self.also else (self.name,)


def identifier(caption: str) -> str:
    """`Сумма договора, руб.` → `Сумма_договора_руб`; "" for what no placeholder can be."""
    plain = re.sub(r"\W+", "_", caption).strip("_")
    return "" if not plain or plain[0].isdigit() else plain


def names_of(field_: SchemaField) -> tuple[str, ...]:
    """The field's code and its caption as a name."""
    caption = identifier(str(field_.name))
    return (field_.code, caption) if caption and caption != field_.code else (field_.code,)


def shown_fields(schema: Schema) -> list[SchemaField]:
    """Those that a document may show: never a secret."""
    return [one for one in schema.all_fields if not one.type.concealed]


def element_names(actor: Employee, schema: Schema, *, deep: bool = True) -> list[Name]:
    """The names of a list's fields as the actor may read it, linked ones with their parts."""
    links = [one for one in shown_fields(schema) if one.type.slug == "element"]
    lists = {one.field.settings.get("list") for one in links} if deep else set()
    schemas = {row.pk: schema_for(actor, row) for row in visible_lists(actor).filter(pk__in=lists)}
    return [_name(actor, one, schemas if deep else {}) for one in shown_fields(schema)]


def _name(actor: Employee, field_: SchemaField, schemas: Mapping[Any, Schema]) -> Name:
    code, *caption = names_of(field_)
    parts: Iterable[Name] = ()
    if field_.type.slug == "element" and (of := schemas.get(field_.field.settings.get("list"))):
        parts = element_names(actor, of, deep=False)
    elif field_.type.slug == "employee":
        parts = person_names()
    return Name(code, str(field_.name), field_.type.slug, "".join(caption), by_name(parts))


def person_names() -> list[Name]:
    return [Name(code, str(label), also=russian) for code, (russian, label) in PERSON.items()]


def own_names() -> list[Name]:
    parts = by_name(person_names())
    return [
        Name(code, str(label), "employee" if code == "author" else "date", russian,
             parts if code == "author" else {})
        for code, (russian, label) in OWN.items()
    ]  # fmt: skip


def row_names(actor: Employee, rows_field: Field | None) -> list[Name]:
    """What a row of the template's table has."""
    if rows_field is None or not visible_lists(actor).filter(pk=rows_field.list_id).exists():
        return []
    schema = schema_for(actor, rows_field.list)
    return element_names(actor, schema)


def by_name(names: Iterable[Name]) -> dict[str, Name]:
    """The first of each name wins, codes before captions."""
    given = list(names)
    found = {one.name: one for one in given}
    return {**{one.also: one for one in reversed(given) if one.also}, **found}


def known_names(
    actor: Employee, list_: List | None, rows_field: Field | None
) -> dict[str, Name] | None:
    """All names that a template may use; None for a template of no list, which is checked
    when a process fills it."""
    if list_ is None:
        return None
    fields = by_name(element_names(actor, schema_for(actor, list_)))
    rows = by_name(row_names(actor, rows_field))
    given = Name(ROWS, _("Rows of the table"), "list", parts=rows)
    whole = {name: Name(name, str(list_.name), "element", parts=fields) for name in DOCUMENT}
    return {**fields, **by_name(own_names()), ROWS: given, **whole}


def unknown(path: str, known: Mapping[str, Name]) -> bool:
    """Whether a placeholder's path names what there is not."""
    root, *rest = path.split(".")
    if root in PROCESS or root in PROCESS.values():
        return False
    if root == ROWS and not known[ROWS].parts:
        return False  # rows that a process finds by a filter
    for name in [root, *rest]:
        if name not in known:
            return True
        known = known[name].parts
    return False
