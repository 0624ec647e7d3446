"""What processes add to the side menu."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from svod.shell import MenuItem, menu
from workflows.selectors.tasks import open_count

DOCUMENTS = MenuItem(
    slug="documents",
    label=_("Documents"),
    icon="file-text",
    url_name="document_templates",
    under="/documents/",
    order=45,
)


def add_menu() -> None:
    menu.register(
        MenuItem(
            slug="tasks",
            label=_("Tasks"),
            icon="checkbox",
            url_name="tasks",
            order=5,
            count=open_count,
            count_url="tasks_count",
        )
    )
    menu.register(
        MenuItem(
            slug="processes",
            label=_("Processes"),
            icon="sitemap",
            url_name="processes",
            under="/processes/",
            order=30,
        )
    )
    menu.register(
        MenuItem(
            slug="running",
            label=_("Running processes"),
            icon="activity",
            url_name="instances",
            under="/processes/health/",
            order=880,
            administrators_only=True,
        )
    )
    menu.register(DOCUMENTS)
