"""Places about the lead, the contact and the deal of the customer, by the operator's rights."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from lists_core.access import Right, remembering
from lists_core.schema.compile import Schema
from lists_core.selectors.elements import access_element
from lists_core.selectors.titles import titles_of
from openlines.models import Customer
from openlines.placeholders.base import Placeholder, Scene, placeholders
from svod.base.errors import DomainError

#: Names beside the codes of fields.
NAMES = {"number": "ID", "title": "NAME", "name": "NAME"}


class Item(Placeholder):
    """`{{deal.number}}`, `{{deal.title}}`, and any field by its code: `{{deal.AMOUNT}}`."""

    def value(self, scene: Scene, name: str) -> str:
        found = self._item(scene)
        if found is None:
            return ""
        schema, row = found
        field = schema.get(NAMES.get(name.lower(), name.upper()))
        if field is None or field.type.concealed:
            return ""
        value = field.read(row)
        titles = titles_of([(field, value)], actor=scene.actor).get(field.key, {})
        return "" if value is None else field.to_text(value, titles)

    def _item(self, scene: Scene) -> tuple[Schema, Any] | None:
        """What the operator may not see is not there."""
        if self.slug not in scene.known:
            scene.known[self.slug] = self._read(scene)
        found: tuple[Schema, Any] | None = scene.known[self.slug]
        return found

    def _read(self, scene: Scene) -> tuple[Schema, Any] | None:
        rows = Customer.objects.filter(pk=scene.conversation.customer_id)
        columns = (f"{self.slug}__list", f"{self.slug}")
        list_id, pk = rows.values_list(*columns).first() or (None, None)
        if list_id is None or pk is None:
            return None
        try:
            with remembering():
                _list, schema, row = access_element(scene.actor, Right.VIEW, list_id, pk)
        except DomainError:
            return None
        return schema, row


@placeholders.register
class Deal(Item):
    slug = "deal"
    names = {
        "number": gettext_lazy("the number of the deal"),
        "title": gettext_lazy("the name of the deal"),
        "AMOUNT": gettext_lazy("the amount of the deal; so any field by its code"),
    }


@placeholders.register
class Lead(Item):
    slug = "lead"
    names = {"number": gettext_lazy("the number of the lead")}


@placeholders.register
class Contact(Item):
    slug = "contact"
    names = {"name": gettext_lazy("the name of the contact")}
