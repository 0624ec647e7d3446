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
    menu.register(
        MenuItem(
            slug="dashboard",
            label=_("Dashboard"),
            icon="layout-dashboard",
            url_name="dashboard",
            order=3,
        )
    )
    menu.register(
        MenuItem(slug="reports", label=_("Reports"), icon="chart-bar", url_name="reports", order=30)
    )
    menu.register(MenuItem(slug="disk", label=_("Disk"), icon="folders", url_name="disk", order=40))
