"""The list "Incidents" by its code; an ordinary list (`services/incidents.py` makes it)."""

INCIDENTS = "CRM_INCIDENTS"
