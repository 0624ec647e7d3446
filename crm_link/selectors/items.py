"""One item, as a person may see it."""

from __future__ import annotations

from crm_link.kinds import Kind, kind_of
from crm_link.selectors.kinds import list_of
from lists_core.access import Right
from lists_core.element_tabs import Target, open_target
from lists_core.models import Element
from staff.models import Employee
from svod.base.errors import NotFound


def open_item(actor: Employee, right: Right, kind: Kind, element_id: int) -> Target:
    """Fetch and check in one call. Raises NotFound, Forbidden."""
    return open_target(actor, right, list_of(kind).pk, element_id)


def open_any(actor: Employee, right: Right, element_id: int) -> Target:
    """The same by the id alone, whatever its kind. Raises NotFound, Forbidden."""
    found = Element.objects.select_related("list").filter(pk=element_id).first()
    if found is None or kind_of(found.list.system) is None:
        raise NotFound
    return open_target(actor, right, found.list_id, element_id)


def kind_of_target(target: Target) -> Kind:
    """The kind of an item that was opened. Raises NotFound for an element of another list."""
    kind = kind_of(target.list.system)
    if kind is None:
        raise NotFound
    return kind
