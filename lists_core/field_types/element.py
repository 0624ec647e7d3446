"""Link to elements of a chosen list."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.db import models
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lists_core.access import visible_lists
from lists_core.field_types.base import Title, field_types
from lists_core.field_types.on_delete import LinkSettingsForm
from lists_core.field_types.pickers import PickerField, multiple_picker
from lists_core.field_types.references import (
    Found,
    ReferenceKind,
    ReferenceType,
    Wanted,
    references,
    resolved,
)
from lists_core.field_types.string import text_sort_key
from lists_core.field_types.titled import Titled
from lists_core.filters.operators import CHOICE
from lists_core.reports.groupings import BY_VALUE
from lists_core.selectors import suggest
from lists_core.selectors.across import all_readable, names_across
from staff.models import Employee

if TYPE_CHECKING:
    from lists_core.filters.operators import Operator
    from lists_core.models import Field
    from lists_core.reports.groupings import Grouping

SEARCH, SELECT = "search", "select"


@references.register
class Elements(ReferenceKind):
    slug = "element"

    def load(self, wanted: Wanted, *, actor: Employee) -> Found:
        return {
            (list_id, pk): Title(name, reverse("element", args=[list_id, pk]))
            for (list_id, pk), name in names_across(actor, _by_list(wanted)).items()
        }

    def kept(self, wanted: Wanted, *, actor: Employee) -> bool:
        return all_readable(actor, _by_list(wanted))


def _by_list(wanted: Wanted) -> dict[int, set[int]]:
    return {scope: ids for scope, ids in wanted.items() if scope is not None}


class ElementSettings(LinkSettingsForm):
    field_order = ("list", "look", "on_delete")

    list = forms.TypedChoiceField(label=gettext_lazy("List"), coerce=int)
    look = forms.ChoiceField(
        label=gettext_lazy("Look"),
        choices=[
            (SEARCH, gettext_lazy("Search by name")),
            (SELECT, gettext_lazy("Select with all elements")),
        ],
        initial=SEARCH,
        required=False,
        help_text=gettext_lazy("A select shows the first %(count)d elements by name.")
        % {"count": suggest.SELECTED},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = visible_lists(self.actor).values_list("pk", "name")
        self.fields["list"].choices = [("", "—"), *rows]  # type: ignore[attr-defined]

    def clean_look(self) -> str:
        return self.cleaned_data["look"] or SEARCH


@dataclass(frozen=True)
class LinkedElements:
    """The choices of a picker: the readable elements of the target list."""

    list_id: int | None
    look: str

    def titles(self, ids: Collection[int], actor: Employee) -> Mapping[int, str]:
        return suggest.named_elements(actor, self.list_id, ids)

    def all(self, actor: Employee) -> Mapping[int, str] | None:
        return suggest.named_elements(actor, self.list_id) if self.look == SELECT else None


@field_types.register
class ElementType(ReferenceType):
    slug = "element"
    label = gettext_lazy("Link to elements")
    icon = "link"
    reference = "element"
    linked = True
    sortable = sorted_by_title = True
    SettingsForm = ElementSettings

    def columns(self, field: Field) -> dict[str, models.Field[Any, Any]]:
        return {"": models.BigIntegerField(null=True)}

    def form_field(self, field: Field, *, required: bool) -> forms.Field:
        return PickerField(_address(field), _choices(field), required=required)

    def multiple_form_field(self, field: Field, *, required: bool) -> forms.Field:
        return multiple_picker(_address(field), _choices(field), required=required)

    def from_texts(
        self, field: Field, texts: Collection[str], *, actor: Employee
    ) -> dict[str, Any]:
        """Elements by id ("#12"), name or code; a name that several have is refused."""
        found = suggest.match_elements(actor, field.settings.get("list"), texts)
        none = _("There is no element “%(name)s” in the linked list.")
        several = _("Several elements are called “%(name)s”; write the id as #12.")
        return {
            text: resolved(found.get(text, ()), text, none=none, several=several) for text in texts
        }

    def render_title(self, field: Field, title: Title) -> SafeString:
        return format_html('<a href="{}" data-drawer>{}</a>', title.url, title.text)

    def search_things(self, field: Field, words: str, *, actor: Employee) -> list[Titled]:
        rows = suggest.named_by_words(actor, field.settings.get("list"), words)
        return [] if rows is None else [titled_elements(rows, field.settings["list"])]

    def titled(self, field: Field, *, actor: Employee) -> list[Titled]:
        rows = suggest.readable(actor, field.settings.get("list"))
        return [] if rows is None else [titled_elements(rows, field.settings["list"])]

    @property
    def operators(self) -> Iterable[Operator]:
        return CHOICE

    @property
    def groupings(self) -> Iterable[Grouping]:
        return (BY_VALUE,)


def titled_elements(rows: QuerySet[Any], list_id: int, prefix: str = "") -> Titled:
    """Readable elements of a list by their names."""
    return Titled(rows, text_sort_key("name"), prefix, list_id)


def _choices(field: Field) -> LinkedElements:
    return LinkedElements(field.settings.get("list"), field.settings.get("look", SEARCH))


def _address(field: Field) -> str:
    return reverse("element_suggest", args=[field.settings.get("list") or 0])
