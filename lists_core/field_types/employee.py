"""Employee: a person of the portal."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.db import models
from django.db.models import Q, TextField, Value
from django.db.models.functions import Coalesce, Concat, NullIf, Trim
from django.urls import reverse_lazy
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lists_core.field_types.base import Title, field_types
from lists_core.field_types.pickers import PickerField, multiple_picker
from lists_core.field_types.references import (
    Found,
    ReferenceKind,
    ReferenceType,
    Wanted,
    by_scope,
    ids_of,
    references,
    resolved,
)
from lists_core.field_types.string import text_sort_key
from lists_core.field_types.titled import Titled
from lists_core.filters.operators import CHOICE, Arity, Asked, Operator
from lists_core.reports.groupings import BY_VALUE
from staff.models import Employee
from svod.templatetags.ui import tone

if TYPE_CHECKING:
    from lists_core.models import Field
    from lists_core.reports.groupings import Grouping

SUGGEST = reverse_lazy("people_suggest")
#: What a name, its initials and its photo are made of.
SHOWN = ("username", "first_name", "last_name", "thumbnail")


def _is_me(asked: Asked) -> Q:
    lookup, value = ("contains", [asked.actor.pk]) if asked.multiple else ("exact", asked.actor.pk)
    return Q.create([(f"{asked.column}__{lookup}", value)])


ME = Operator("me", gettext_lazy("is me"), Arity.NONE, _is_me)


@references.register
class Employees(ReferenceKind):
    """Everybody, also those who have left: they stay the authors of what they did."""

    slug = "employee"

    def load(self, wanted: Wanted, *, actor: Employee) -> Found:
        people = Employee.objects.only(*SHOWN).in_bulk(ids_of(wanted))
        return by_scope(
            wanted,
            {
                pk: Title(str(one), one.get_absolute_url(), {"face": face(one)})
                for pk, one in people.items()
            },
        )


def shown_name() -> Coalesce:
    """`str(person)` in the database."""
    whole = Trim(Concat("last_name", Value(" "), "first_name"))
    return Coalesce(NullIf(whole, Value("")), "username", output_field=TextField())


def face(person: Employee) -> SafeString:
    """The small photo or the initials beside a name, once for all cells of a page."""
    if person.thumbnail_url:
        return format_html(
            '<img class="avatar avatar-xs sv-avatar" src="{}" alt="" loading="lazy">',
            person.thumbnail_url,
        )
    return format_html(
        '<span class="avatar avatar-xs sv-avatar tone-{}" aria-hidden="true">{}</span>',
        tone(person),
        person.initials,
    )


class People:
    """The choices of a picker of people; its address gives active ones only."""

    def titles(self, ids: Collection[int], actor: Employee) -> Mapping[int, str]:
        return {person.pk: str(person) for person in Employee.objects.filter(pk__in=ids)}

    def all(self, actor: Employee) -> None:
        return None


@field_types.register
class EmployeeType(ReferenceType):
    slug = "employee"
    label = gettext_lazy("Employee")
    icon = "user"
    reference = "employee"
    sortable = sorted_by_title = True

    def columns(self, field: Field) -> dict[str, models.Field[Any, Any]]:
        return {"": models.BigIntegerField(null=True)}

    def form_field(self, field: Field, *, required: bool) -> forms.Field:
        return PickerField(SUGGEST, People(), required=required)

    def multiple_form_field(self, field: Field, *, required: bool) -> forms.Field:
        return multiple_picker(SUGGEST, People(), required=required)

    def from_texts(
        self, field: Field, texts: Collection[str], *, actor: Employee
    ) -> dict[str, Any]:
        """People by e-mail, login or "Surname Name"; a namesake is refused as ambiguous."""
        people: dict[str, set[int]] = {}
        for person in Employee.objects.filter(is_active=True):
            for key in {str(person), person.email, person.username} - {""}:
                people.setdefault(key.casefold(), set()).add(person.pk)
        return {text: _one(people.get(text.strip().casefold(), set()), text) for text in texts}

    def render_title(self, field: Field, title: Title) -> SafeString:
        return format_html(
            '<a class="sv-person" href="{}">{}{}</a>', title.url, title.extra["face"], title.text
        )

    def search_things(self, field: Field, words: str, *, actor: Employee) -> list[Titled]:
        found = Q(last_name__icontains=words) | Q(first_name__icontains=words)
        return [Titled(Employee.objects.filter(found), text_sort_key(shown_name()))]

    def titled(self, field: Field, *, actor: Employee) -> list[Titled]:
        return [Titled(Employee.objects.all(), text_sort_key(shown_name()))]

    @property
    def operators(self) -> Iterable[Operator]:
        return (ME, *CHOICE)

    @property
    def groupings(self) -> Iterable[Grouping]:
        return (BY_VALUE,)


def _one(ids: Collection[int], text: str) -> Any:
    return resolved(
        ids,
        text,
        none=_("There is no employee “%(name)s”."),
        several=_("Several people are called “%(name)s”."),
    )
