"""Open lines: customers write through channels, operators answer at one desk."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from svod.base.discovery import import_submodules


class OpenlinesConfig(AppConfig):
    name = "openlines"
    verbose_name = _("Open lines")

    def ready(self) -> None:
        from openlines import audited, disk_uses, files, merge_movers, notification_guard  # noqa: F401
        from openlines.demo import add_part
        from openlines.menu import add_menu

        for package in ("chat_channels", "placeholders"):
            import_submodules(package)
        add_menu()
        add_part()
