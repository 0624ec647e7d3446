"""Kanban: the elements of a list as cards, in a lane for each option of a choice field."""
