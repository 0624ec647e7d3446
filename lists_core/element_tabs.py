"""The tabs of an element's page. Upper apps add theirs in `AppConfig.ready`:

    element_tabs.register(ElementTab("processes", _("Processes"), "element_processes", count))

The view of a tab is `url_name` with (list_id, element_id); it answers by
`lists_core.element_page.element_page`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise

from lists_core.access import Right, Rights, rights_on
from lists_core.models import List
from lists_core.schema.compile import Schema
from lists_core.selectors.elements import access_element
from staff.models import Employee
from svod.base.registry import Registry


@dataclass(frozen=True)
class Target:
    """The element a page speaks of, as far as the actor may see it."""

    actor: Employee
    list: List
    schema: Schema
    row: Any

    @property
    def id(self) -> int:
        return int(self.row.pk)

    @cached_property
    def rights(self) -> Rights:
        """What the actor may do with this element."""
        return rights_on(self.actor, self.schema, [self.row])[self.id]

    def may(self, right: Right) -> bool:
        return right in self.rights


def no_count(target: Target) -> int | None:
    return None


def always(target: Target) -> bool:
    return True


@dataclass(frozen=True)
class ElementTab:
    """A tab; `count` gives the number beside its label (None shows none), `shown` tells whether
    this element has it for this person."""

    slug: str
    label: str | Promise
    url_name: str
    count: Callable[[Target], int | None] = no_count
    order: int = 100
    shown: Callable[[Target], bool] = always

    def url(self, target: Target) -> str:
        return reverse(self.url_name, args=[target.list.pk, target.id])


element_tabs: Registry[ElementTab] = Registry("element tab")


def open_target(actor: Employee, right: Right, list_id: int, element_id: int) -> Target:
    """Fetch and check in one call. Raises NotFound, Forbidden."""
    return Target(actor, *access_element(actor, right, list_id, element_id))
