"""The picker of CRM items: options are `D_12`, suggested over all the allowed kinds."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.urls import reverse

from crm_link.kinds import Kind
from crm_link.refs import CrmRef, parse_allowed, parse_ref
from crm_link.selectors.item_titles import item_titles
from lists_core.field_types.pickers import (
    MultiplePickerWidget,
    PickerField,
    PickerWidget,
    listed,
)
from staff.models import Employee


class Items:
    """The choices: items of the portal that the actor may read."""

    def titles(self, ids: Collection[Any], actor: Employee) -> Mapping[Any, str]:
        return {ref: title.text for ref, title in item_titles(actor, set(ids)).items()}

    def all(self, actor: Employee) -> None:
        return None


class ItemWidget(PickerWidget):
    def _chosen(self, value: Any) -> dict[Any, str]:
        refs = [ref for item in listed(value) if (ref := parse_ref(str(item)))]
        titles = self.source.titles(refs, self.actor) if refs and self.actor else {}
        return {ref: titles.get(ref, str(ref)) for ref in refs}


class ItemsWidget(ItemWidget, MultiplePickerWidget):
    pass


class ItemField(PickerField):
    """One `CrmRef` or None; with `multiple` a list of them without repetitions."""

    widgets = (ItemWidget, ItemsWidget)

    def __init__(self, allowed: Sequence[Kind], *, required: bool, multiple: bool) -> None:
        self.allowed = allowed
        super().__init__(_address(allowed), Items(), required=required, multiple=multiple)

    def to_python(self, value: Any) -> Any:
        refs: dict[CrmRef, None] = {}
        for item in listed(value):
            if str(item).strip():
                refs[self._read(item)] = None
        if self.multiple:
            return list(refs) or None
        return next(iter(refs), None)

    def prepare_value(self, value: Any) -> Any:
        """A bare number that was typed is shown as the item it means."""
        shown = [parse_allowed(item, self.allowed) or item for item in listed(value)]
        return shown if self.multiple else next(iter(shown), None)

    def _read(self, item: Any) -> CrmRef:
        found = parse_allowed(item, self.allowed)
        if found is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return found


def item_picker(allowed: Sequence[Kind], *, required: bool, multiple: bool = False) -> ItemField:
    return ItemField(allowed, required=required, multiple=multiple)


def _address(allowed: Sequence[Kind]) -> str:
    return f"{reverse('crm_suggest')}?{urlencode({'kinds': ','.join(k.slug for k in allowed)})}"
