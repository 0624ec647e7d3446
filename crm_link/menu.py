"""What CRM adds to the side menu."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from svod.shell import MenuItem, menu


def add_menu() -> None:
    menu.register(
        MenuItem(slug="crm", label=_("CRM"), icon="target", url_name="crm", under="/crm/", order=15)
    )
