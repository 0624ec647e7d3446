"""What the audit log is told of open lines."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from openlines.models import Line, LineMember
from openlines.services.lines import SETTINGS
from staff.audit_texts import about_labels, subject_pages, value_labels
from staff.services.audit import audit_events

audit_events.add("chat.line_created", _("Open line added"))
audit_events.add("chat.line_changed", _("Open line changed"))
audit_events.add("chat.line_deleted", _("Open line deleted"))
audit_events.add("chat.line_restored", _("Open line restored"))
audit_events.add("chat.line_members", _("People of an open line changed"))
audit_events.add("chat.line_replies", _("List of quick replies of an open line chosen"))
audit_events.add("chat.channel_created", _("Channel of an open line added"))
audit_events.add("chat.channel_changed", _("Channel of an open line changed"))
audit_events.add("chat.channel_address", _("Address of a channel changed"))
audit_events.add("chat.channel_deleted", _("Channel of an open line deleted"))
subject_pages["chat_line"] = "chat_line"
for field in Line._meta.fields:
    if field.name in SETTINGS:
        about_labels.setdefault(field.name, field.verbose_name)
for name, label in {
    "channel": _("Channel"),
    "operators": _("Operators"),
    "supervisors": _("Supervisors"),
    "role": _("Role"),
    "paused": _("Paused"),
    "access_renewed": _("Access data replaced"),
}.items():
    about_labels.setdefault(name, label)
value_labels.setdefault("queue", dict(Line.Queue.choices))
value_labels.setdefault("no_answer_to", dict(Line.NoAnswer.choices))
value_labels.setdefault("leads", dict(Line.Leads.choices))
value_labels.setdefault("role", dict(LineMember.Role.choices))
