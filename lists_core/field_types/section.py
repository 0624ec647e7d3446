"""Link to sections of a chosen list."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lists_core.access import visible_lists
from lists_core.field_types.base import FieldSettingsForm, FieldType, Title, Titles, field_types
from lists_core.field_types.references import Found, ReferenceKind, Wanted, references
from lists_core.filters.operators import CHOICE
from lists_core.models import Section
from staff.models import Employee

if TYPE_CHECKING:
    from lists_core.filters.operators import Operator
    from lists_core.models import Field


@references.register
class Sections(ReferenceKind):
    slug = "section"

    def load(self, wanted: Wanted, *, actor: Employee) -> Found:
        ids = set().union(*wanted.values())
        rows = Section.objects.filter(pk__in=ids, list__in=visible_lists(actor))
        return {(row.list_id, row.pk): Title(row.name) for row in rows}


class SectionSettings(FieldSettingsForm):
    list = forms.TypedChoiceField(label=gettext_lazy("List"), coerce=int)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lists = visible_lists(self.actor).filter(has_sections=True)
        self.fields["list"].choices = [("", "—"), *((row.pk, row.name) for row in lists)]  # type: ignore[attr-defined]


@field_types.register
class SectionType(FieldType):
    slug = "section"
    label = gettext_lazy("Link to sections")
    icon = "folder"
    reference = "section"
    sortable = False
    SettingsForm = SectionSettings

    def columns(self, field: Field) -> dict[str, models.Field[Any, Any]]:
        return {"": models.BigIntegerField(null=True)}

    def form_field(self, field: Field, *, required: bool) -> forms.Field:
        return forms.TypedChoiceField(
            required=required, coerce=int, empty_value=None, choices=lambda: self._choices(field)
        )

    def multiple_form_field(self, field: Field, *, required: bool) -> forms.Field:
        return forms.TypedMultipleChoiceField(
            required=required, coerce=int, empty_value=None, choices=lambda: self._choices(field)[1:]
        )

    def _choices(self, field: Field) -> list[tuple[Any, str]]:
        rows = Section.objects.with_tree_fields().filter(list=field.settings.get("list"))
        tree = [(row.pk, "\u2003" * row.tree_depth + row.name) for row in rows]  # type: ignore[attr-defined]
        return [("", "—"), *tree]

    def to_text(self, field: Field, value: Any, titles: Titles) -> str:
        title = titles.get(value)
        return title.text if title else _("(removed)")

    def from_texts(
        self, field: Field, texts: Collection[str], *, actor: Employee
    ) -> dict[str, Any]:
        """Sections by name or code."""
        known: dict[str, int] = {}
        for row in Section.objects.filter(list=field.settings.get("list")):
            known.update({key.casefold(): row.pk for key in (row.name, row.code) if key})
        return {text: _found(known, text) for text in texts}

    def from_json(self, field: Field, raw: Any) -> int:
        if isinstance(raw, bool) or not str(raw).isdecimal():
            raise ValidationError(_("Choose a section."))
        return int(raw)

    def search_values(self, field: Field, words: str) -> Collection[int]:
        rows = Section.objects.filter(list=field.settings.get("list"), name__icontains=words)
        return list(rows.values_list("pk", flat=True)[:200])

    @property
    def operators(self) -> Iterable[Operator]:
        return CHOICE


def _found(known: dict[str, int], text: str) -> Any:
    if not text.strip():
        return None
    missing = ValidationError(_("There is no section “%(name)s”.") % {"name": text})
    return known.get(text.strip().casefold(), missing)
