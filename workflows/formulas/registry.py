"""Functions of formulas: what they are called in both languages, what they take and give."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from svod.base.registry import Registry

Group = Literal["logic", "numbers", "texts", "dates", "lists"]
GROUPS: dict[Group, str | Promise] = {
    "logic": _("Conditions"),
    "numbers": _("Numbers"),
    "texts": _("Texts"),
    "dates": _("Dates"),
    "lists": _("Lists"),
}
MANY = 255


@dataclass(frozen=True)
class Function:
    """One function. `takes` names the kinds of its arguments, `text whole? any*`.

    A `lazy` one gets its arguments as callables and computes those it needs; `env` gives it
    the moment for which the formula is computed.
    """

    slug: str
    russian: str
    group: Group
    takes: str
    gives: str
    help: str | Promise
    example: str
    run: Callable[..., Any]
    also: tuple[str, ...] = ()
    lazy: bool = False
    timed: bool = False

    @cached_property
    def kinds(self) -> list[str]:
        return [one.rstrip("?*") for one in self.takes.split()]

    @property
    def least(self) -> int:
        return sum(one[-1] not in "?*" for one in self.takes.split())

    @property
    def most(self) -> int:
        return MANY if self.takes.endswith("*") else len(self.kinds)

    def kind(self, place: int) -> str:
        """The kind of the argument at this place; the last one repeats."""
        return self.kinds[min(place, len(self.kinds) - 1)]

    @property
    def names(self) -> tuple[str, ...]:
        return (self.slug, self.russian, *self.also)


functions: Registry[Function] = Registry("function")
_by_name: dict[str, Function] = {}


def function(  # noqa: PLR0913 - the columns of the table of functions
    names: str,
    takes: str,
    gives: str,
    help_: str | Promise,
    example: str,
    *,
    group: Group,
    lazy: bool = False,
    timed: bool = False,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register the decorated callable under `names`, "SUM СУММ" and more spellings."""
    english, russian, *also = names.split()

    def add(run: Callable[..., Any]) -> Callable[..., Any]:
        entry = Function(
            english, russian, group, takes, gives, help_, example, run,
            also=tuple(also), lazy=lazy, timed=timed,
        )  # fmt: skip
        functions.register(entry)
        _by_name.update({name.casefold(): entry for name in entry.names})
        return run

    return add


def named(name: str) -> Function | None:
    """The function with this name, in any letters of either language."""
    return _by_name.get(name.casefold())
