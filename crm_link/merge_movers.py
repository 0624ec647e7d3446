"""What goes from a merged item to the one it became part of, beside its values and links.

    @merge_movers.register
    class Requisites(MergeMover):
        slug = "requisites"

        def move(self, loser: int, winner: int, *, actor: Employee) -> None: ...

Each moves its own things in the transaction of the merge.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from crm_link.uniting import Chosen
from lists_core.models import Comment
from lists_core.schema.compile import Schema
from lists_core.schema.fields import SchemaField
from staff.models import Employee
from svod.base.registry import Registry
from workflows.models import MadeDocument
from workflows.services.events import change_subject


@dataclass(frozen=True)
class Uniting:
    """A merge that nothing is written of yet: `rows`, the main one first, and `values` that the
    main one is to get. `schema` is as the person knows it."""

    schema: Schema
    rows: Sequence[Any]
    chosen: Chosen
    values: dict[SchemaField, Any]


class MergeMover:
    slug: str = ""

    def before(self, uniting: Uniting, *, actor: Employee) -> None:
        """Refuse by Conflict; or write a field of the main one, and take it out of `values`."""

    def move(self, loser: int, winner: int, *, actor: Employee) -> None:
        """Ids of elements of one list; links to them point to the main one already."""


merge_movers: Registry[MergeMover] = Registry("mover of merged items")


@merge_movers.register
class Comments(MergeMover):
    slug = "comments"

    def move(self, loser: int, winner: int, *, actor: Employee) -> None:
        Comment.objects.filter(element=loser).update(element=winner)


@merge_movers.register
class Processes(MergeMover):
    """They go on with the main item; the documents they made are found there."""

    slug = "processes"

    def move(self, loser: int, winner: int, *, actor: Employee) -> None:
        change_subject(loser, winner)
        MadeDocument.objects.filter(element=loser).update(element=winner)
