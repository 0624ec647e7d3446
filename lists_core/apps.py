"""The bottom app: lists, elements, files, the Disk."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from svod.base.discovery import import_submodules


class ListsCoreConfig(AppConfig):
    name = "lists_core"
    verbose_name = _("Lists")

    def ready(self) -> None:
        from lists_core.filters import lookups
        from lists_core.menu import add_menu
        from lists_core.services.audited import register_events

        lookups.register()
        add_menu()
        register_events()
        import_submodules("field_types")
        import_submodules("jobs")
        import_submodules("checks")
