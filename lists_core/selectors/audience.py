"""Who may read an element: the predicate the other way round, for mentions and the like.

Worked out from the stored grants; tests/access compares it with the oracle.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from lists_core.access import Right, with_implied
from lists_core.access.more import readers_lent
from lists_core.models import List
from lists_core.selectors.secured import Secured, lending, levels
from staff.models import Employee
from staff.subjects import AUTHOR, people_of


def audience(list_: List, row: Any, *, actor: Employee) -> QuerySet[Employee]:
    """The active employees who may read the element. As many queries whoever they are."""
    counting = [level for level in levels(Secured(list_, row=row), actor=actor) if level.counts]
    subjects = {
        subject
        for level in counting
        for subject, rights in level.grants.items()
        if Right.VIEW in with_implied(rights)
    }
    readers = Q(is_superuser=True) | Q(pk__in=people_of(subjects - {AUTHOR}).values("pk"))
    readers |= readers_lent(list_, lending(counting), row)
    if AUTHOR in subjects:
        readers |= Q(pk=row.created_by)
    return Employee.objects.filter(readers, is_active=True)
