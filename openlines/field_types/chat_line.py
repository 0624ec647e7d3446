"""Open line: the lines that an element is for, such as those of a quick reply."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.db import models
from django.urls import reverse
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
from lists_core.filters.operators import CHOICE
from lists_core.reports.groupings import BY_VALUE
from openlines.models import Line
from openlines.selectors.desk import visible_lines
from staff.models import Employee

if TYPE_CHECKING:
    from lists_core.filters.operators import Operator
    from lists_core.models import Field
    from lists_core.reports.groupings import Grouping


@references.register
class Lines(ReferenceKind):
    """Each person is told the names of the lines of which they are."""

    slug = "chat_line"

    def load(self, wanted: Wanted, *, actor: Employee) -> Found:
        names = names_of(ids_of(wanted), actor)
        url = reverse("chat")
        return by_scope(wanted, {pk: Title(name, url) for pk, name in names.items()})

    def kept(self, wanted: Wanted, *, actor: Employee) -> bool:
        asked = ids_of(wanted)
        there = set(Line.objects.filter(pk__in=asked, deleted_at=None).values_list("pk", flat=True))
        return there <= set(names_of(asked, actor))


def names_of(ids: Collection[int], actor: Employee) -> dict[int, str]:
    return dict(visible_lines(actor).filter(pk__in=ids).values_list("pk", "name"))


class LineChoices:
    """The lines are few: a picker shows them all."""

    def titles(self, ids: Collection[int], actor: Employee) -> Mapping[int, str]:
        return names_of(ids, actor)

    def all(self, actor: Employee) -> Mapping[int, str]:
        return dict(visible_lines(actor).values_list("pk", "name"))


@field_types.register
class LineType(ReferenceType):
    slug = "chat_line"
    label = gettext_lazy("Open line")
    icon = "message-circle"
    reference = "chat_line"
    #: The program makes such fields in lists of quick replies.
    offered = False

    def columns(self, field: Field) -> dict[str, models.Field[Any, Any]]:
        return {"": models.BigIntegerField(null=True)}

    def form_field(self, field: Field, *, required: bool) -> forms.Field:
        return PickerField("", LineChoices(), required=required)

    def multiple_form_field(self, field: Field, *, required: bool) -> forms.Field:
        return multiple_picker("", LineChoices(), required=required)

    def from_texts(
        self, field: Field, texts: Collection[str], *, actor: Employee
    ) -> dict[str, Any]:
        """Lines by their names."""
        known: dict[str, list[int]] = {}
        for pk, name in visible_lines(actor).values_list("pk", "name"):
            known.setdefault(name.casefold(), []).append(pk)
        none = _("There is no open line “%(name)s”.")
        several = _("Several open lines are called “%(name)s”.")
        return {
            text: resolved(known.get(text.strip().casefold(), ()), text, none=none, several=several)
            for text in texts
        }

    def render_title(self, field: Field, title: Title) -> SafeString:
        return format_html('<span class="sv-badge">{}</span>', title.text)

    def search_things(self, field: Field, words: str, *, actor: Employee) -> list[Titled]:
        found = visible_lines(actor).filter(name__icontains=words)
        return [Titled(found, text_sort_key("name"))]

    @property
    def operators(self) -> Iterable[Operator]:
        return CHOICE

    @property
    def groupings(self) -> Iterable[Grouping]:
        return (BY_VALUE,)
