"""What this app adds to the shell's side menu."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from svod.shell import MenuItem, menu


def add_menu() -> None:
    menu.register(
        MenuItem(slug="people", label=_("People"), icon="users", url_name="people", order=60)
    )
    menu.register(
        MenuItem(
            slug="departments",
            label=_("Departments"),
            icon="hierarchy-2",
            url_name="departments",
            order=61,
        )
    )
    menu.register(
        MenuItem(
            slug="groups",
            label=_("Groups"),
            icon="users-group",
            url_name="groups",
            order=62,
            permission="staff.change_employeegroup",
        )
    )
    _add_calendar()
    # Superusers have every permission, and nobody else is ever granted this one.
    menu.register(
        MenuItem(
            slug="audit",
            label=_("Audit log"),
            icon="shield-search",
            url_name="audit",
            order=890,
            permission="staff.view_auditentry",
        )
    )


def _add_calendar() -> None:
    menu.register(
        MenuItem(
            slug="work_calendar",
            label=_("Working calendar"),
            icon="calendar-cog",
            url_name="work_calendar",
            order=63,
            permission="staff.change_workcalendar",
        )
    )
