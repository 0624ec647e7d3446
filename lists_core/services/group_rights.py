"""What hangs on a group that is deleted: its rights on lists, sections, elements and fields."""

from __future__ import annotations

from lists_core.access import forget
from lists_core.access.granted import STORES
from lists_core.models import ElementGroupRight
from lists_core.services.readers import sync_readers
from staff.actors import Actor
from staff.group_uses import group_uses


@group_uses.register
class ListRights:
    slug = "list_rights"

    def count(self, group_id: int) -> int:
        """Things on which something was granted to the group."""
        return sum(
            groups.objects.filter(group=group_id).values("content_object").distinct().count()
            for _users, groups in STORES.values()
        )

    def drop(self, group_id: int, *, actor: Actor | None) -> None:
        """Take the rights away, and the group out of `readers`, in the same transaction."""
        rows = ElementGroupRight.objects.filter(group=group_id)
        reached: dict[int, list[int]] = {}
        for list_id, element_id in rows.values_list("list_id", "content_object_id"):
            reached.setdefault(list_id, []).append(element_id)
        for _users, groups in STORES.values():
            groups.objects.filter(group=group_id).delete()
        for list_id, ids in reached.items():
            sync_readers(list_id, ids)
        forget()
