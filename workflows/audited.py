"""What the audit log is told of processes: other servers, numbers."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from staff.services.audit import audit_events

audit_events.add("hook.created", _("Incoming webhook set"))
audit_events.add("hook.deleted", _("Incoming webhook removed"))
audit_events.add("hook.secret_set", _("Secret of a process set"))
audit_events.add("numerator.set", _("Next number set"))
