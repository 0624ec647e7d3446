"""What CRM adds to the side menu."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from crm_link.selectors.activities import due_count
from svod.shell import MenuItem, menu


def add_menu() -> None:
    menu.register(
        MenuItem(slug="crm", label=_("CRM"), icon="target", url_name="crm", under="/crm/", order=15)
    )
    menu.register(
        MenuItem(
            slug="activities",
            label=_("My activities"),
            icon="calendar-check",
            url_name="crm_activities",
            under="/crm/activities/",
            order=16,
            count=due_count,
            count_url="crm_activities_count",
        )
    )
