"""What lists add to the side menu."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from svod.shell import MenuItem, menu


def add_menu() -> None:
    menu.register(
        MenuItem(
            slug="lists",
            label=_("Lists"),
            icon="list-details",
            url_name="home",
            under="/lists/",
            order=10,
        )
    )
    menu.register(MenuItem(slug="disk", label=_("Disk"), icon="folders", url_name="disk", order=40))
