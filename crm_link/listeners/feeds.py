"""Consolidation rules hear of every write by its event, after the commit."""

from __future__ import annotations

from crm_link.services.feeds import take_events
from lists_core.services.takers import EventTaker, event_takers

event_takers.register(EventTaker("crm.feeds", take_events))
