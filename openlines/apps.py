"""Open lines: customers write through channels, operators answer at one desk."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from svod.base.discovery import import_submodules


class OpenlinesConfig(AppConfig):
    name = "openlines"
    verbose_name = _("Open lines")

    def ready(self) -> None:
        from openlines import files, notification_guard  # noqa: F401  # register themselves

        import_submodules("chat_channels")
