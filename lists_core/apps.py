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

        lookups.register()
        add_menu()
        import_submodules("field_types")
        import_submodules("jobs")
