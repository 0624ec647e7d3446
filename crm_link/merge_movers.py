"""What goes from a merged item to the one it became part of, beside its values and links.

    @merge_movers.register
    class Requisites(MergeMover):
        slug = "requisites"

        def move(self, loser: int, winner: int, *, actor: Employee) -> None: ...

Each moves its own things in the transaction of the merge.
"""

from __future__ import annotations

from lists_core.models import Comment
from staff.models import Employee
from svod.base.registry import Registry
from workflows.models import MadeDocument
from workflows.services.events import change_subject


class MergeMover:
    slug: str = ""

    def move(self, loser: int, winner: int, *, actor: Employee) -> None:
        """Ids of elements of one list."""
        raise NotImplementedError(f"{type(self).__name__} moves nothing")


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
