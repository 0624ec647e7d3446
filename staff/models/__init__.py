"""What is stored of people: employees, departments, groups, the log of what they did."""

from staff.models.absences import Absence
from staff.models.audit import AuditEntry
from staff.models.calendar import CalendarDay, WorkCalendar
from staff.models.groups import EmployeeGroup
from staff.models.notifications import Delivery, Notification, NotificationPreference
from staff.models.people import (
    Department,
    Employee,
    Language,
    Theme,
    photo_name,
    portal_time_zone,
)
from staff.models.sessions import SessionInfo

__all__ = [
    "Absence",
    "AuditEntry",
    "CalendarDay",
    "Delivery",
    "Department",
    "Employee",
    "EmployeeGroup",
    "Language",
    "Notification",
    "NotificationPreference",
    "SessionInfo",
    "Theme",
    "WorkCalendar",
    "photo_name",
    "portal_time_zone",
]
