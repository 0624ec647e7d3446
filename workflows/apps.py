"""Business processes: templates, the engine that runs them, people's tasks."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from svod.base.discovery import import_submodules


class WorkflowsConfig(AppConfig):
    name = "workflows"
    verbose_name = _("Business processes")

    def ready(self) -> None:
        from workflows import audited, disk_uses  # noqa: F401  # names its events
        from workflows.menu import add_menu
        from workflows.pages import add_pages
        from workflows.services import calendar, purged_elements  # noqa: F401 - they listen

        for package in ("actions", "subjects", "channels", "widgets", "jobs"):
            import_submodules(package)
        add_menu()
        add_pages()
