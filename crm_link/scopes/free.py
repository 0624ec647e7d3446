"""The free objects of a booking rule, as grids know them (`scope=free-3`)."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext as _

from crm_link.carrying import by_pk
from crm_link.models import BookingRule
from crm_link.selectors.booking_rules import of_objects
from lists_core.grid.scopes import Scope, ScopeKind, scope_kinds
from lists_core.schema.compile import Schema
from staff.models import Employee

SLUG = "free"


@scope_kinds.register
class FreeObjects(ScopeKind):
    slug = SLUG

    def rows(self, schema: Schema, key: str) -> Scope | None:
        rule = next((one for one in of_objects(schema) if str(one.pk) == key), None)
        found = free_q(schema, rule) if rule else None
        return Scope(f"{SLUG}-{key}", found) if found else None

    def title(self, key: str, actor: Employee) -> str:
        return _("Free objects")


def free_q(schema: Schema, rule: BookingRule) -> Q | None:
    """Objects that may be taken; None for who may not see their status."""
    status = by_pk(schema, rule.status_id)
    if status is None:
        return None
    column = status.main_column
    free = Q.create([(column, rule.free_id)]) | Q.create([(f"{column}__isnull", True)])
    return free & Q(deleted_at=None)
