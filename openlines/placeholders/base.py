"""What a place in a reply is, and filling a text.

    @placeholders.register
    class Client(Placeholder):
        slug = "client"

A place names a group and what of it is wanted: `{{client.name}}`; after `|` stands what is said
when there is no value. A place that is unknown, or has neither, stays as it is written, so that
the operator sees it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise

from openlines.models import Conversation
from staff.models import Employee
from svod.base.registry import Registry

PLACE = re.compile(r"\{\{\s*(\w{1,40})(?:\.(\w{1,63}))?\s*(?:\|([^{}]{0,500}))?\}\}")
LONGEST = 2_000


@dataclass(frozen=True)
class Scene:
    """For whom a text is filled. `known` keeps what a group has read already."""

    conversation: Conversation
    actor: Employee
    known: dict[str, Any] = field(default_factory=dict)


class Placeholder:
    """A group of places."""

    slug: str = ""
    #: Name → what it is, for who writes replies; `""` is the group alone.
    names: Mapping[str, str | Promise] = {}

    def value(self, scene: Scene, name: str) -> str:
        """The value as the actor may know it; "" where there is none."""
        raise NotImplementedError(f"{type(self).__name__} has no values")


placeholders: Registry[Placeholder] = Registry("placeholder")


@dataclass(frozen=True)
class Filled:
    """A text and the places in it that were left as they were."""

    text: str
    left: tuple[str, ...] = ()


def fill(text: str, scene: Scene) -> Filled:
    """Fill the places of a text once: what a value brings is not filled again."""
    left: list[str] = []

    def put(found: re.Match[str]) -> str:
        group, name, otherwise = found[1].lower(), found[2] or "", (found[3] or "").strip()
        value = _value(scene, group, name) or otherwise
        if not value:
            left.append(found[0])
        return value or found[0]

    return Filled(PLACE.sub(put, text), tuple(left)) if "{{" in text else Filled(text)


def _value(scene: Scene, group: str, name: str) -> str:
    if group not in placeholders:
        return ""
    return placeholders.get(group).value(scene, name).strip()[:LONGEST]
