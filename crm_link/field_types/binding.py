"""CRM binding: leads, deals, contacts and companies that an element of any list belongs to.

A value is a `CrmRef`; columns, JSON and history keep `D_12`, whatever kinds are allowed today.
Bitrix24 writes the bare id where one kind is allowed: that is `to_bitrix`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm_link.binding import kinds_of
from crm_link.field_types.binding_picker import item_picker
from crm_link.kinds import kinds
from crm_link.refs import CrmRef, parse_allowed, parse_ref, stored_ref
from crm_link.selectors.item_titles import all_items_readable, item_titles
from crm_link.selectors.items_found import items_by_texts, named_items
from crm_link.selectors.kinds import visible_kinds
from lists_core.field_types.base import FieldSettingsForm, Title, field_types
from lists_core.field_types.element import titled_elements
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
from lists_core.field_types.titled import Titled
from lists_core.filters.operators import ANY_OF, NONE_OF, PRESENCE, Arity, Asked, Operator
from lists_core.reports.groupings import BY_VALUE
from lists_core.schema.cache import schema_of
from lists_core.selectors.elements import elements
from staff.models import Employee
from svod.templatetags.ui import icon

if TYPE_CHECKING:
    from lists_core.models import Field
    from lists_core.reports.groupings import Grouping
    from lists_core.schema.fields import SchemaField


@references.register
class CrmItems(ReferenceKind):
    slug = "crm"

    def load(self, wanted: Wanted, *, actor: Employee) -> Found:
        return by_scope(wanted, item_titles(actor, ids_of(wanted)))

    def number(self, value: Any) -> int:
        return int(value.id)

    def kept(self, wanted: Wanted, *, actor: Employee) -> bool:
        return all_items_readable(actor, ids_of(wanted))


class BindingSettings(FieldSettingsForm):
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("What it may be bound to"),
        choices=lambda: [(kind.slug, kind.plural) for kind in kinds],
        widget=forms.CheckboxSelectMultiple,
        initial=kinds.slugs,
    )
    visible = forms.BooleanField(
        label=gettext_lazy("Show the list as a tab in their cards"),
        required=False,
        initial=True,
    )


def _kind_choices(field: SchemaField) -> forms.Field:
    return forms.ChoiceField(choices=[(kind.slug, kind.plural) for kind in kinds_of(field.field)])


def _of_kind(asked: Asked) -> Q:
    found = Q()
    for slug in asked.args:
        found |= asked.lookup("istartswith", f"{kinds.get(slug).prefix}_")
    return found


OF_KIND = Operator("of_kind", gettext_lazy("is of the kind"), Arity.MANY, _of_kind, _kind_choices)


@field_types.register
class BindingType(ReferenceType):
    slug = "crm"
    label = gettext_lazy("Binding to CRM")
    icon = "link-plus"
    reference = "crm"
    indexed = True
    sortable = sorted_by_title = True
    SettingsForm = BindingSettings

    def columns(self, field: Field) -> dict[str, models.Field[Any, Any]]:
        return {"": models.TextField(null=True)}

    def from_columns(self, field: Field, parts: tuple[Any, ...]) -> CrmRef:
        return stored_ref(parts[0])

    def to_columns(self, field: Field, value: Any) -> tuple[str]:
        return (str(value),)

    def form_field(self, field: Field, *, required: bool) -> forms.Field:
        return item_picker(kinds_of(field), required=required)

    def multiple_form_field(self, field: Field, *, required: bool) -> forms.Field:
        return item_picker(kinds_of(field), required=required, multiple=True)

    def to_json(self, field: Field, value: Any) -> str:
        return str(value)

    def from_json(self, field: Field, raw: Any) -> CrmRef:  # type: ignore[override]
        """`D_12`, also of a kind that is allowed no longer (history, old rows); a bare id where
        one kind is allowed."""
        known = parse_ref(raw) if isinstance(raw, str) else None
        found = known or parse_allowed(raw, kinds_of(field))
        if found is None:
            raise ValidationError(_("Choose from the list."))
        return found

    def clean(self, field: Field, value: Any) -> CrmRef:  # type: ignore[override]
        found = parse_allowed(value, kinds_of(field))
        if found is None:
            raise ValidationError(_("Choose from the list."))
        return found

    def to_bitrix(self, field: Field, value: CrmRef) -> str:
        """As Bitrix24 answers: the bare id where one kind is allowed, `D_12` otherwise."""
        return str(value.id) if len(kinds_of(field)) == 1 else str(value)

    def default(self, field: Field) -> Any:
        """A default of a kind that is allowed no longer counts as none."""
        raw, allowed = field.default, kinds_of(field)
        if isinstance(raw, list):
            return [item for item in raw if parse_allowed(item, allowed)]
        return raw if parse_allowed(raw, allowed) else None

    def from_texts(
        self, field: Field, texts: Collection[str], *, actor: Employee
    ) -> dict[str, Any]:
        """Items by `D_12`, by title, phone or e-mail; what several have is refused."""
        found = items_by_texts(actor, kinds_of(field), texts)
        none = _("There is no “%(name)s” among what the field may be bound to.")
        several = _("Several items are called “%(name)s”; write the number as D_12.")
        return {
            text: resolved(found.get(text, ()), text, none=none, several=several) for text in texts
        }

    def render_title(self, field: Field, title: Title) -> SafeString:
        kind = kinds.get(title.extra["kind"])
        return format_html(
            '<a class="sv-crm-ref" href="{}" data-drawer>{}<span>{}</span></a>',
            title.url, icon(kind.icon, size="sm", label=str(kind.label)), title.text,
        )  # fmt: skip

    def search_things(self, field: Field, words: str, *, actor: Employee) -> list[Titled]:
        return [
            titled_elements(rows, list_id, f"{kind.prefix}_")
            for kind, list_id, rows in named_items(actor, kinds_of(field), words)
        ]

    def titled(self, field: Field, *, actor: Employee) -> list[Titled]:
        """Of kinds that are allowed no longer too: their items still show in old rows."""
        return [
            titled_elements(elements(schema_of(row), actor), row.pk, f"{kinds.get(slug).prefix}_")
            for slug, row in visible_kinds(actor).items()
        ]

    @property
    def operators(self) -> Iterable[Operator]:
        return (ANY_OF, NONE_OF, OF_KIND, *PRESENCE)

    @property
    def groupings(self) -> Iterable[Grouping]:
        return (replace(BY_VALUE, read=stored_ref),)
