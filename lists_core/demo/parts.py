"""What upper apps add to the demo portal, after the lists of this one.

demo_parts.register(DemoPart("processes", load))
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from staff.models import Employee
from svod.base.registry import Registry


@dataclass(frozen=True)
class DemoPart:
    """`load(actor, people)` gets the demo's administrator and its people by login; what is there
    already it leaves as it is."""

    slug: str
    load: Callable[[Employee, Mapping[str, Employee]], None]


demo_parts: Registry[DemoPart] = Registry("demo part")
