"""What is stored of people: employees, departments."""

from staff.models.people import (
    Department,
    Employee,
    Language,
    Theme,
    photo_name,
    portal_time_zone,
)

__all__ = ["Department", "Employee", "Language", "Theme", "photo_name", "portal_time_zone"]
