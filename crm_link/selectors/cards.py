"""How the card of a kind is laid out, as far as one person may see its fields."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_link.kinds import Kind
from crm_link.models import CardSection
from lists_core.schema.compile import Schema
from lists_core.schema.fields import SchemaField

#: Shown by the head of the card, not by its sections.
ELSEWHERE = frozenset({"STAGE", "SECTION"})
MORE = pgettext_lazy("section of the card", "More")
#: What stands in the first section until somebody lays the card out; the rest is in MORE.
FIRST: dict[str, tuple[str | Promise, Sequence[str]]] = {
    "lead": (
        _("About the lead"),
        ("AMOUNT", "LAST_NAME", "FIRST_NAME", "SECOND_NAME", "POST", "COMPANY_TITLE", "PHONE",
         "EMAIL", "CONTACT", "COMPANY", "RESPONSIBLE", "SOURCE", "COMMENTS"),
    ),
    "deal": (
        _("About the deal"),
        ("AMOUNT", "CLOSE_DATE", "COMPANY", "CONTACTS", "TYPE", "RESPONSIBLE", "OBSERVERS",
         "SOURCE", "COMMENTS"),
    ),
    "contact": (
        _("About the contact"),
        ("LAST_NAME", "FIRST_NAME", "SECOND_NAME", "POST", "COMPANIES", "PHONE", "EMAIL", "TYPE",
         "RESPONSIBLE", "SOURCE", "COMMENTS"),
    ),
    "company": (
        _("About the company"),
        ("TYPE", "INDUSTRY", "PHONE", "EMAIL", "WEB", "ADDRESS", "INN", "RESPONSIBLE",
         "SOURCE", "COMMENTS"),
    ),
}  # fmt: skip


@dataclass(frozen=True)
class LaidSection:
    """A section with the fields in it that the reader knows. `slug` stands in addresses: "12"
    for a stored one, "first" and "more" for those that nobody has laid out."""

    slug: str
    name: str
    fields: Sequence[SchemaField]
    is_hidden: bool = False


def layout_of(kind: Kind, schema: Schema) -> list[LaidSection]:
    """The sections as the card shows them, without hidden fields. One query."""
    return [one for one in whole_layout(kind, schema) if not one.is_hidden]


def whole_layout(kind: Kind, schema: Schema) -> list[LaidSection]:
    """The same with the hidden section, always the last. Fields that stand nowhere show in the
    last section that is not hidden."""
    known = {field.field.pk: field for field in schema.fields if field.code not in ELSEWHERE}
    rows = list(CardSection.objects.filter(kind=kind.slug))
    sections = [_laid(row, known) for row in rows if not row.is_hidden] or _usual(kind, known)
    hidden = next((_laid(row, known) for row in rows if row.is_hidden), None)
    placed = {field.field.pk for one in [*sections, *([hidden] if hidden else [])]
              for field in one.fields}  # fmt: skip
    rest = [field for pk, field in known.items() if pk not in placed]
    last = sections[-1]
    sections[-1] = LaidSection(last.slug, last.name, [*last.fields, *rest])
    return [*sections, hidden or LaidSection("hidden", "", (), is_hidden=True)]


def section_of(kind: Kind, schema: Schema, slug: str) -> LaidSection | None:
    return next((one for one in layout_of(kind, schema) if one.slug == slug), None)


def _laid(row: CardSection, known: dict[int, SchemaField]) -> LaidSection:
    fields = _present(row.fields, known)
    return LaidSection(str(row.pk), row.name, fields, row.is_hidden)


def _present(ids: Iterable[int], known: dict[int, SchemaField]) -> list[SchemaField]:
    return [known[pk] for pk in ids if pk in known]


def _usual(kind: Kind, known: dict[int, SchemaField]) -> list[LaidSection]:
    name, codes = FIRST[kind.slug]
    by_code = {field.code: field for field in known.values()}
    first = [by_code[code] for code in codes if code in by_code]
    return [LaidSection("first", str(name), first), LaidSection("more", str(MORE), ())]
