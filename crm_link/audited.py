"""What the audit log is told of CRM."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from staff.audit_texts import about_labels
from staff.services.audit import audit_events

audit_events.add("crm.merged", _("Items of CRM merged"))
about_labels["names"] = _("Names")
