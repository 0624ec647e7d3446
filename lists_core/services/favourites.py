"""The lists a person pinned."""

from __future__ import annotations

from lists_core.models import Favourite, List
from staff.models import Employee


def toggle(list_: List, *, actor: Employee) -> bool:
    """Pin or unpin a list; returns whether it is pinned now."""
    removed, _by_model = Favourite.objects.filter(employee=actor, list=list_).delete()
    if removed:
        return False
    Favourite.objects.get_or_create(employee=actor, list=list_)
    return True
