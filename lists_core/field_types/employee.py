"""Employee: a person of the portal."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse_lazy
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lists_core.field_types.base import FieldType, Title, Titles, field_types
from lists_core.field_types.pickers import PickerField, multiple_picker
from lists_core.field_types.references import Found, ReferenceKind, Wanted, references
from lists_core.filters.operators import CHOICE, Arity, Asked, Operator
from staff.models import Employee

if TYPE_CHECKING:
    from lists_core.models import Field

SUGGEST = reverse_lazy("people_suggest")


def _is_me(asked: Asked) -> Q:
    lookup, value = ("contains", [asked.actor.pk]) if asked.multiple else ("exact", asked.actor.pk)
    return Q.create([(f"{asked.column}__{lookup}", value)])


ME = Operator("me", gettext_lazy("is me"), Arity.NONE, _is_me)


@references.register
class Employees(ReferenceKind):
    slug = "employee"

    def load(self, wanted: Wanted, *, actor: Employee) -> Found:
        ids = set().union(*wanted.values())
        people = Employee.objects.in_bulk(ids)
        return {
            (scope, pk): Title(str(people[pk]), people[pk].get_absolute_url())
            for scope, own in wanted.items()
            for pk in own
            if pk in people
        }


@field_types.register
class EmployeeType(FieldType):
    slug = "employee"
    label = gettext_lazy("Employee")
    icon = "user"
    reference = "employee"
    sortable = False

    def columns(self, field: Field) -> dict[str, models.Field[Any, Any]]:
        return {"": models.BigIntegerField(null=True)}

    def form_field(self, field: Field, *, required: bool) -> forms.Field:
        return PickerField(SUGGEST, self._chosen, required=required)

    def multiple_form_field(self, field: Field, *, required: bool) -> forms.Field:
        return multiple_picker(SUGGEST, self._chosen, required=required)

    def _chosen(self, ids: Collection[int]) -> dict[int, str]:
        return {person.pk: str(person) for person in Employee.objects.filter(pk__in=ids)}

    def to_text(self, field: Field, value: Any, titles: Titles) -> str:
        title = titles.get(value)
        return title.text if title else _("(removed)")

    def from_texts(
        self, field: Field, texts: Collection[str], *, actor: Employee
    ) -> dict[str, Any]:
        """People by e-mail, login or "Surname Name"; a namesake is refused as ambiguous."""
        people: dict[str, list[int]] = {}
        for person in Employee.objects.filter(is_active=True):
            for key in {str(person), person.email, person.username} - {""}:
                people.setdefault(key.casefold(), []).append(person.pk)
        return {text: _one(people.get(text.strip().casefold(), []), text) for text in texts}

    def from_json(self, field: Field, raw: Any) -> int:
        if isinstance(raw, bool) or not str(raw).isdecimal():
            raise ValidationError(_("Choose an employee."))
        return int(raw)

    def render(self, field: Field, value: Any, titles: Titles) -> SafeString:
        title = titles.get(value)
        if title is None:
            return format_html('<span class="text-secondary">{}</span>', _("(removed)"))
        return format_html('<a href="{}">{}</a>', title.url, title.text)

    def search_values(self, field: Field, words: str) -> Collection[int]:
        found = Q(last_name__icontains=words) | Q(first_name__icontains=words)
        return list(Employee.objects.filter(found).values_list("pk", flat=True)[:200])

    @property
    def operators(self) -> Iterable[Operator]:
        return (ME, *CHOICE)


def _one(ids: list[int], text: str) -> Any:
    if not text.strip():
        return None
    if len(ids) == 1:
        return ids[0]
    if ids:
        return ValidationError(_("Several people are called “%(name)s”.") % {"name": text})
    return ValidationError(_("There is no employee “%(name)s”.") % {"name": text})
