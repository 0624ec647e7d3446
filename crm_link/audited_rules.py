"""What the audit log is told of the rules between lists: bookings."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from staff.services.audit import audit_events

audit_events.add("booking_rule.saved", _("Booking rule saved"))
audit_events.add("booking_rule.deleted", _("Booking rule deleted"))
