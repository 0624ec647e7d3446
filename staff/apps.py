"""The app of people: the lowest one."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class StaffConfig(AppConfig):
    name = "staff"
    verbose_name = _("Company")

    def ready(self) -> None:
        from staff import reauth, security_events, sign_in_sessions  # noqa: F401  # they listen
        from staff.menu import add_menu

        add_menu()
        autodiscover_modules("notification_kinds", "notification_guard")
