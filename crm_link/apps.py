"""Leads, deals, contacts, companies: lists that the program keeps, with stages and cards."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from svod.base.discovery import import_submodules

#: Whose modules register themselves.
PACKAGES = (
    "field_types",
    "triggers",
    "listeners",
    "scopes",
    "jobs",
    "timeline",
    "tabs",
)


class CrmLinkConfig(AppConfig):
    name = "crm_link"
    verbose_name = _("CRM")

    def ready(self) -> None:
        from crm_link import notification_guard, personal_calendar  # noqa: F401  # register themselves
        from crm_link.demo.portal import add_part
        from crm_link.menu import add_menu
        from crm_link.pages import add_pages

        for package in PACKAGES:
            import_submodules(package)
        add_pages()
        add_menu()
        add_part()
