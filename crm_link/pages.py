"""Tells lists_core where and how the lists of CRM are shown, and what CRM adds to their pages."""

from __future__ import annotations

from functools import partial

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_link import (
    audited,  # noqa: F401  # names its events
    audited_settings,  # noqa: F401  # names its events
    card_movers,  # noqa: F401  registers itself
    document_tables,  # noqa: F401  registers itself
)
from crm_link.access import may_manage_crm
from crm_link.boards import add_boards
from crm_link.card import add_frames
from crm_link.clients_pages import add_clients
from crm_link.grid_column import add_column
from crm_link.kinds import Kind, kinds
from crm_link.navigation import (
    NavItem,
    add_activities,
    add_calls,
    add_kinds,
    crm_navigation,
)
from crm_link.robots.keeping import add_keeper
from crm_link.settings_pages import SettingsPage, settings_pages
from crm_link.shapes import shape_url
from lists_core.addresses import ListPages, list_pages


def add_pages() -> None:
    add_kinds()
    add_activities()
    add_calls()
    add_settings()
    add_boards()
    add_frames()
    add_keeper()
    add_column()
    for kind in kinds:
        list_pages.register(
            ListPages(
                kind.system,
                list_url=partial(reverse, "crm_list", args=[kind.slug]),
                element_url=partial(_card, kind),
                shape_url=partial(shape_url, kind),
            )
        )
    add_clients()


def _card(kind: Kind, element_id: int) -> str:
    return reverse("crm_card", args=[kind.slug, element_id])


def add_settings() -> None:
    """The pages of stages and lists of values, and the way to the settings."""
    page = SettingsPage
    settings_pages.register(page("stages", _("Pipelines and stages"), "crm_settings", order=5))
    settings_pages.register(page("tabs", _("Tabs of cards"), "crm_tab_settings", order=20))
    settings_pages.register(page("directories", _("Lists of values"), "crm_directories", order=30))
    crm_navigation.register(
        NavItem(
            "settings", pgettext_lazy("CRM", "Settings"), "crm_settings", under="/crm/settings/",
            order=900, icon="settings", shown=lambda actor, _seen: may_manage_crm(actor),
        )
    )  # fmt: skip
