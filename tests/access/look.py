"""One person's look at a built world: what the oracle expects, and what differed from it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from lists_core.access import remembering, schema_for
from lists_core.schema.compile import Schema
from staff.models import Employee
from tests.access import oracle
from tests.access.oracle import World
from tests.access.worlds import Built

PAGES = {
    "tests.access.adapters_pages", "tests.access.adapters_tasks", "tests.access.adapters_reports",
    "tests.access.adapters_views", "tests.access.adapters_groups",
    "tests.access.adapters_crm",
}  # fmt: skip
CANARY = re.compile(r"CANARY-(?:(\d+)-(\d+)|([LSF])(\d+))Z")


@dataclass
class Look:
    """`person` is the world's number; `problems` are differences from the oracle."""

    built: Built
    person: int
    problems: list[str] = field(default_factory=list)

    @property
    def world(self) -> World:
        return self.built.world

    @cached_property
    def actor(self) -> Employee:
        return self.built.fresh(self.person)

    def same(self, what: str, got: Any, expected: Any) -> None:
        if got != expected:
            who = self.world.people[self.person]
            self.problems.append(f"person {self.person} {who}: {what}: {got!r} != {expected!r}")

    # --- what the oracle says -----------------------------------------------------------

    def sees(self, element: int) -> bool:
        """Reads it now: it is not in the bin."""
        known = not self.world.elements[element]["deleted"]
        return known and oracle.may(self.world, self.person, "view", element)

    def may(self, right: str, element: int) -> bool:
        return oracle.may(self.world, self.person, right, element)

    def may_add(self, list_: int, section: int | None, responsible: int | None) -> bool:
        """Whether the person may make an element of this responsible at the place."""
        return oracle.may_add(self.world, self.person, list_, section, responsible)

    def responsible(self, element: int) -> int | None:
        found: int | None = self.world.elements[element].get("responsible")
        return found

    def sees_field(self, number: int, element: int | None = None) -> bool:
        author = element and self.world.elements[element]["author"]
        return oracle.sees_field(self.world, self.person, number, author)

    def changes_field(self, number: int, element: int | None = None) -> bool:
        author = element and self.world.elements[element]["author"]
        return oracle.changes_field(self.world, self.person, number, author)

    def sees_list(self, list_: int) -> bool:
        return oracle.sees_list(self.world, self.person, list_)

    def seen(self, list_: int) -> set[int]:
        return {key for key in self.of(list_) if self.sees(key)}

    def of(self, list_: int) -> list[int]:
        """All elements of a list, those in the bin too."""
        return [key for key, row in self.world.elements.items() if row["list"] == list_]

    def fields_of(self, list_: int) -> dict[str, int]:
        """Code → number of the field."""
        return {r["code"]: key for key, r in self.world.fields.items() if r["list"] == list_}

    def lists(self) -> list[int]:
        return [list_ for list_ in self.world.lists if self.sees_list(list_)]

    def tab(self, item: int, list_: int) -> set[int] | None:
        """What the list's tab in the card of an item holds; None where there is no such tab."""
        return oracle.tab(self.world, self.person, item, list_)

    def items(self) -> list[int]:
        """Those of CRM, in the bin too."""
        crm = [list_ for list_, row in self.world.lists.items() if row.get("crm")]
        return [key for list_ in crm for key in self.of(list_)]

    def schema(self, list_: int) -> Schema:
        return schema_for(self.actor, self.built.lists[list_])

    # --- canaries -----------------------------------------------------------------------

    def leaks(self, text: str, *, page: int | None = None, bin_: bool = False) -> list[str]:
        """Canaries in a text that the person may not know.

        `page` is the element whose own page it is; `bin_` allows what lies in the bin.
        """
        found = {match.group(): match.groups() for match in CANARY.finditer(text)}
        return [name for name, parts in found.items() if not self._allows(parts, page, bin_)]

    def _allows(self, parts: Any, page: int | None, bin_: bool) -> bool:
        element, number, kind, thing = parts
        if kind == "L":
            admin = self.world.people[self.person]["admin"] and self.actor.is_active
            return self.sees_list(int(thing)) if int(thing) in self.world.lists else admin
        if kind == "S":
            return oracle.sees_section(self.world, self.person, int(thing))
        if kind == "F":
            author = page and self.world.elements[page]["author"]
            return oracle.sees_field(self.world, self.person, int(thing), author)
        return self._allows_cell(int(element), int(number), page, bin_)

    def _allows_cell(self, element: int, number: int, page: int | None, bin_: bool) -> bool:
        if element not in self.world.elements:
            return False
        readable = self.may("view", element) if bin_ else self.sees(element)
        own = element if element == page else None
        return readable and (not number or self.sees_field(number, own))

    def no_leaks(self, what: str, text: str, **where: Any) -> None:
        self.same(f"{what} holds what is hidden", self.leaks(text, **where), [])


Adapter = Callable[[Look], None]


def lookers(world: World) -> list[int]:
    """The people through whose eyes this world is looked at: one or two of them."""
    return [number for number, row in world.people.items() if row.get("looks")]


def differences(built: Built, people: Iterable[int], adapters: Iterable[Adapter]) -> list[str]:
    """What the adapters found for these people, nothing when all is as the oracle says.

    Each look is one request: what it reads of rights it remembers, the next one reads anew.
    Those that open pages make many requests, which remember for themselves.
    """
    found: list[str] = []
    for adapter in adapters:
        for person in people:
            look = Look(built, person)
            with nullcontext() if adapter.__module__ in PAGES else remembering():
                adapter(look)
            found += [f"{adapter.__name__}: {problem}" for problem in look.problems]
    return found
