"""What the audit log is told of CRM."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from staff.audit_texts import about_labels
from staff.services.audit import audit_events

audit_events.add("crm.merged", _("Items of CRM merged"))
audit_events.add("crm.web_form_created", _("Web form added"))
audit_events.add("crm.web_form_changed", _("Web form changed"))
audit_events.add("crm.web_form_deleted", _("Web form deleted"))
audit_events.add("crm.telephony_token", _("Token of telephony set"))
audit_events.add("crm.telephony_closed", _("Telephony closed"))
audit_events.add("crm.telephony_changed", _("Settings of telephony changed"))
about_labels["names"] = _("Names")
about_labels["is_on"] = _("Takes messages")
