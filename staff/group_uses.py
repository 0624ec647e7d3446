"""What hangs on a group: upper apps tell how many of their rights do, and take them away.

@group_uses.register
class ListRights:
    slug = "list_rights"
    def count(self, group_id): ...
    def drop(self, group_id, *, actor): ...
"""

from __future__ import annotations

from typing import Protocol

from staff.actors import Actor
from svod.base.registry import Registry


class GroupUse(Protocol):
    slug: str

    def count(self, group_id: int) -> int:
        """How many rights this auth group holds."""

    def drop(self, group_id: int, *, actor: Actor | None) -> None:
        """Take them all away, in the transaction that deletes the group."""


group_uses: Registry[GroupUse] = Registry("use of groups")


def rights_of(group_id: int) -> int:
    return sum(use.count(group_id) for use in group_uses)


def drop_rights(group_id: int, *, actor: Actor | None) -> None:
    for use in group_uses:
        use.drop(group_id, actor=actor)
