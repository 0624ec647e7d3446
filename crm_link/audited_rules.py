"""What the audit log is told of the rules between lists: bookings, consolidation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from staff.services.audit import audit_events

audit_events.add("booking_rule.saved", _("Booking rule saved"))
audit_events.add("booking_rule.deleted", _("Booking rule deleted"))
audit_events.add("feed_rule.saved", _("Consolidation rule saved"))
audit_events.add("feed_rule.deleted", _("Consolidation rule deleted"))
