"""The lists behind the kinds, as a person may see them."""

from __future__ import annotations

from crm_link.kinds import Kind, kinds
from lists_core.access import Right, schema_for, visible_lists
from lists_core.models import List
from lists_core.schema.compile import Schema
from lists_core.selectors.lists import access_list
from staff.models import Employee
from svod.base.errors import NotFound


def list_of(kind: Kind) -> List:
    """The list of a kind, whoever asks. Raises NotFound before CRM was set up."""
    found = List.objects.filter(system=kind.system, deleted_at=None).first()
    if found is None:
        raise NotFound
    return found


def access_kind(actor: Employee, right: Right, kind: Kind) -> tuple[List, Schema]:
    """The list and its schema as the actor may read it. Raises NotFound, Forbidden."""
    list_ = access_list(actor, right, list_of(kind).pk)
    return list_, schema_for(actor, list_)


def visible_kinds(actor: Employee) -> dict[str, List]:
    """Slug → list, of the kinds in which the actor may see something, in their order."""
    rows = visible_lists(actor).filter(system__in=[kind.system for kind in kinds])
    found = {row.system: row for row in rows}
    return {kind.slug: found[kind.system] for kind in kinds if kind.system in found}


def is_set_up() -> bool:
    return List.objects.filter(system__in=[kind.system for kind in kinds]).count() == len(kinds)
