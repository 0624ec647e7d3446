"""What else of the portal is told of roles: the words of the audit log, the uses of groups."""

from __future__ import annotations

from itertools import product

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_link.models import OPERATIONS, RoleMember, Scope
from lists_core.access import forget
from staff.actors import Actor
from staff.audit_texts import about_labels, subject_pages, value_labels
from staff.group_uses import group_uses
from staff.services.audit import audit_events

audit_events.add("crm.role.created", _("CRM role added"))
audit_events.add("crm.role.changed", _("CRM role changed"))
audit_events.add("crm.role.deleted", _("CRM role deleted"))
about_labels["crm_settings"] = _("May change CRM settings")
about_labels["members"] = _("Members")
about_labels["permissions"] = _("Permissions")
subject_pages["crm_role"] = "crm_role"
value_labels["members"] = {
    "added": pgettext_lazy("member", "added"),
    "removed": pgettext_lazy("member", "removed"),
}
value_labels["permissions"] = {
    f"{right.value} {scope.value}": format_lazy("{}: {}", right.label, scope.label)
    for right, scope in product(OPERATIONS, Scope)
}


@group_uses.register
class CrmRoleUses:
    slug = "crm_roles"

    def count(self, group_id: int) -> int:
        return RoleMember.objects.filter(group=group_id).count()

    def drop(self, group_id: int, *, actor: Actor | None) -> None:
        RoleMember.objects.filter(group=group_id).delete()
        forget()
