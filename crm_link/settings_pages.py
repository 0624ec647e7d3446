"""The pages of CRM's settings, one tab each; all are for those who may change them.

settings_pages.register(SettingsPage("roles", _("Access rights"), "crm_roles", order=10))
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from svod.base.registry import Registry


@dataclass(frozen=True)
class SettingsPage:
    """`url_name` is that of the page, `order` its place among the tabs."""

    slug: str
    label: str | Promise
    url_name: str
    order: int = 50


settings_pages: Registry[SettingsPage] = Registry("page of CRM settings")
settings_pages.register(SettingsPage("roles", _("Access rights"), "crm_roles", order=10))
settings_pages.register(SettingsPage("robots", _("Robots"), "crm_robots", order=20))
settings_pages.register(
    SettingsPage("questionnaires", _("Questionnaires"), "crm_questionnaires", order=25)
)
settings_pages.register(SettingsPage("products", _("Products"), "crm_catalogue", order=40))


def settings_tabs(current: str) -> Sequence[Mapping[str, Any]]:
    """What the tabs over every page of settings are drawn from."""
    pages = sorted(settings_pages, key=lambda page: page.order)
    return [
        {"label": page.label, "url": reverse(page.url_name), "current": page.slug == current}
        for page in pages
    ]
