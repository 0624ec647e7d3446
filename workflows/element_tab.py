"""The tab "Processes" of an element's page."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from lists_core.element_tabs import ElementTab, Target, element_tabs
from workflows.selectors.of_element import count_open, has_processes


def shown(target: Target) -> bool:
    return has_processes(target.list.pk)


def count(target: Target) -> int | None:
    """How many are under way; nothing instead of a nought."""
    return count_open(target.list.pk, target.id) or None


def add_tab() -> None:
    element_tabs.register(
        ElementTab("processes", _("Processes"), "element_processes", count, order=10, shown=shown)
    )
