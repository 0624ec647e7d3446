"""A new value of a directory, made where one is chosen: by its name alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.urls import reverse

from lists_core.access import Right, list_rights, visible_lists
from lists_core.schema.cache import schema_of

if TYPE_CHECKING:
    from lists_core.models import List
    from lists_core.schema.fields import SchemaField
    from staff.models import Employee

WANTED = frozenset({Right.ADD, Right.VIEW})


def takes_new_values(actor: Employee, list_: List) -> bool:
    """Whether the actor may add an element to the top of the list and see it then, and a name is
    all that it needs. Lists that the program keeps have forms of their own."""
    if list_.system or not list_rights(actor, list_.pk).root.of(is_author=True) >= WANTED:
        return False
    needed = (field for field in schema_of(list_).fields if field.field.required)
    return all(field.type.automatic or field.default() is not None for field in needed)


def offer_new(control: forms.Field, field: SchemaField, actor: Employee) -> None:
    """Let the control of a link make values, where the actor may."""
    if field.type.slug != "element" or control.disabled:
        return
    target = visible_lists(actor).filter(pk=field.field.settings.get("list") or 0).first()
    if target is not None and takes_new_values(actor, target):
        control.widget.new_url = reverse("element_quick_add", args=[target.pk])
