"""Items for which nobody has planned anything, as grids know them (`scope=idle-1`)."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from crm_link.kinds import kind_of
from crm_link.models import Activity
from lists_core.grid.scopes import Scope, ScopeKind, scope_kinds
from lists_core.schema.compile import Schema
from staff.models import Employee

IDLE = "idle-1"


@scope_kinds.register
class IdleItems(ScopeKind):
    """Whoever sees an item sees its activities, so it tells nothing new."""

    slug = "idle"

    def rows(self, schema: Schema, key: str) -> Scope | None:
        if kind_of(schema.list_system) is None or key != "1":
            return None
        planned = Activity.objects.filter(element=OuterRef("pk"), done_at=None)
        return Scope(IDLE, Q(~Exists(planned)))

    def title(self, key: str, actor: Employee) -> str:
        return _("Without activities")
