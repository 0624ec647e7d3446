"""What processes add to the pages of lower apps."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from lists_core.access import Right, may_somewhere
from lists_core.grid.extra import ExtraAction, extra_actions
from lists_core.models import List
from staff.models import Employee
from workflows.demo.portal import add_part
from workflows.element_tab import add_tab
from workflows.grid_column import add_column
from workflows.selectors.of_element import startable


def add_pages() -> None:
    add_tab()
    add_column()
    add_part()
    extra_actions.register(
        ExtraAction("start", _("Start a process"), icon="player-play", shown=may_start)
    )


def may_start(actor: Employee, list_: List) -> bool:
    """Whether the bar of the list's grid offers to start processes."""
    return may_somewhere(actor, Right.RUN, list_) and startable(list_.pk).exists()
