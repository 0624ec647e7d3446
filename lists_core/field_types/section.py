"""Link to sections of a chosen list."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.db import models
from django.db.models import QuerySet
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lists_core.access import list_rights, rights_in, visible_lists
from lists_core.field_types.base import Title, field_types
from lists_core.field_types.on_delete import LinkSettingsForm
from lists_core.field_types.pickers import PickerField, multiple_picker
from lists_core.field_types.references import (
    Found,
    ReferenceKind,
    ReferenceType,
    Wanted,
    ids_of,
    references,
    resolved,
)
from lists_core.field_types.string import text_sort_key
from lists_core.field_types.titled import Titled
from lists_core.filters.operators import CHOICE
from lists_core.models import Section
from lists_core.reports.groupings import BY_VALUE
from staff.models import Employee

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

    from lists_core.filters.operators import Operator
    from lists_core.models import Field
    from lists_core.reports.groupings import Grouping

INDENT = "\u2003"


def sections_for(actor: Employee, list_id: int | None) -> QuerySet[Section]:
    """The sections of a list that the actor knows."""
    lists = visible_lists(actor).filter(pk=list_id or 0)
    rows: QuerySet[Section] = Section.objects.filter(list__in=lists)
    known = list_rights(actor, list_id).known if list_id else None
    return rows if known is None else rows.filter(pk__in=known)


@references.register
class Sections(ReferenceKind):
    slug = "section"

    def load(self, wanted: Wanted, *, actor: Employee) -> Found:
        rows = Section.objects.filter(pk__in=ids_of(wanted))
        known = self._known(rows.filter(list__in=visible_lists(actor)), actor)
        return {(row.list_id, row.pk): Title(row.name) for row in known}

    def kept(self, wanted: Wanted, *, actor: Employee) -> bool:
        rows = list(Section.objects.filter(pk__in=ids_of(wanted)))
        lists = {row.list_id for row in rows}
        seen = visible_lists(actor).filter(pk__in=lists).count() == len(lists)
        return seen and len(self._known(rows, actor)) == len(rows)

    def _known(self, sections: Iterable[Section], actor: Employee) -> list[Section]:
        rows = list(sections)
        rights = rights_in(actor, {row.list_id for row in rows})
        return [row for row in rows if rights[row.list_id].knows(row.pk)]


class SectionSettings(LinkSettingsForm):
    field_order = ("list", "on_delete")

    list = forms.TypedChoiceField(label=gettext_lazy("List"), coerce=int)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = visible_lists(self.actor).filter(has_sections=True).values_list("pk", "name")
        self.fields["list"].choices = [("", "—"), *rows]  # type: ignore[attr-defined]


@dataclass(frozen=True)
class SectionTree:
    """The choices of a select: the whole tree, its depth shown by the indent."""

    list_id: int | None

    def titles(self, ids: Collection[int], actor: Employee) -> Mapping[int, str]:
        rows = sections_for(actor, self.list_id).filter(pk__in=ids)
        return dict(rows.values_list("pk", "name"))

    def all(self, actor: Employee) -> Mapping[int, str]:
        rows = sections_for(actor, self.list_id).with_tree_fields()  # type: ignore[attr-defined]
        return {row.pk: INDENT * row.tree_depth + row.name for row in rows}


@field_types.register
class SectionType(ReferenceType):
    slug = "section"
    label = gettext_lazy("Link to sections")
    icon = "folder"
    reference = "section"
    linked = True
    sortable = sorted_by_title = True
    SettingsForm = SectionSettings

    def columns(self, field: Field) -> dict[str, models.Field[Any, Any]]:
        return {"": models.BigIntegerField(null=True)}

    def form_field(self, field: Field, *, required: bool) -> forms.Field:
        return PickerField("", _tree(field), required=required)

    def multiple_form_field(self, field: Field, *, required: bool) -> forms.Field:
        return multiple_picker("", _tree(field), required=required)

    def from_texts(
        self, field: Field, texts: Collection[str], *, actor: Employee
    ) -> dict[str, Any]:
        """Sections by name or code; of several with one name none is meant."""
        known: dict[str, set[int]] = {}
        for row in sections_for(actor, field.settings.get("list")):
            for key in {row.name.casefold(), row.code.casefold()} - {""}:
                known.setdefault(key, set()).add(row.pk)
        return {text: _found(known.get(text.strip().casefold(), set()), text) for text in texts}

    def render_title(self, field: Field, title: Title) -> SafeString:
        return format_html("{}", title.text)

    def search_things(self, field: Field, words: str, *, actor: Employee) -> list[Titled]:
        rows = sections_for(actor, field.settings.get("list")).filter(name__icontains=words)
        return [Titled(rows, text_sort_key("name"))]

    def titled(self, field: Field, *, actor: Employee) -> list[Titled]:
        return [Titled(sections_for(actor, field.settings.get("list")), text_sort_key("name"))]

    @property
    def operators(self) -> Iterable[Operator]:
        return CHOICE

    @property
    def groupings(self) -> Iterable[Grouping]:
        return (BY_VALUE,)


def _tree(field: Field) -> SectionTree:
    return SectionTree(field.settings.get("list"))


def _found(ids: Collection[int], text: str) -> Any:
    return resolved(
        ids,
        text,
        none=_("There is no section “%(name)s”."),
        several=_("Several sections are called “%(name)s”."),
    )
