"""The part of a list that is bound to one CRM item, as grids know it (`scope=crm-D_12`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from crm_link.kinds import kinds
from crm_link.refs import CrmRef, parse_ref
from crm_link.selectors.item_titles import item_titles
from crm_link.selectors.tabs import showing
from lists_core.field_types.references import gone
from lists_core.grid.scopes import Scope, ScopeKind, scope_kinds
from lists_core.schema.compile import Schema
from lists_core.schema.fields import SchemaField
from lists_core.services.repointing import pointing_q
from staff.models import Employee

SLUG = "crm"


@scope_kinds.register
class BoundScope(ScopeKind):
    slug = SLUG

    def rows(self, schema: Schema, key: str) -> Scope | None:
        ref = parse_ref(key)
        fields = showing(schema, kinds.get(ref.kind)) if ref else []
        if ref is None or not fields:
            return None
        return Scope(scope_text(ref), pointing_q(fields, ref), _first_values(schema, fields, ref))

    def title(self, key: str, actor: Employee) -> str:
        ref = parse_ref(key)
        title = item_titles(actor, [ref]).get(ref) if ref else None
        kind = kinds.get(ref.kind).label if ref else ""
        return f"{kind}: {title.text if title else gone()}"


def scope_text(ref: CrmRef) -> str:
    return f"{SLUG}-{ref}"


def _first_values(schema: Schema, fields: Sequence[SchemaField], ref: CrmRef) -> dict[str, Any]:
    """A new element is bound by the first of the fields that the person may fill; by the first
    of all where they may fill none."""
    field = next((one for one in fields if one.key not in schema.locked), fields[0])
    return {field.code: [ref] if field.multiple else ref}
