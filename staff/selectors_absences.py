"""Who is away, and who answers for whom.

A deputy answers for the absent person alone, not for those whose deputy the absent person is.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db.models import QuerySet
from django.utils import timezone

from staff.models import Absence, Employee


def today() -> date:
    """The portal's date: an absence begins and ends for everybody at once."""
    return timezone.localdate(timezone=timezone.get_default_timezone())


def absences_of(employee: Employee) -> QuerySet[Absence]:
    """Present and coming absences, the next first."""
    return Absence.objects.filter(employee=employee, ends__gte=today()).select_related("deputy")


def absent_for(deputy: Employee) -> QuerySet[Absence, int]:
    """The ids of the employees whom this one stands for today, as a query."""
    return _now().filter(deputy=deputy).values_list("employee_id", flat=True)


def represented(deputy: Employee) -> list[int]:
    """Ids of the employees whom this one stands for today."""
    return list(absent_for(deputy).distinct())


def deputies(employee_ids: Collection[int]) -> dict[int, Employee]:
    """Employee id → the active deputy of those who are away today. One query."""
    rows = _now().filter(employee__in=employee_ids, deputy__is_active=True)
    return {row.employee_id: row.deputy for row in rows.select_related("deputy")}


def absent_ids(employee_ids: Collection[int]) -> set[int]:
    """Those of them who are away today. One query."""
    away = _now().filter(employee__in=employee_ids)
    return set(away.values_list("employee_id", flat=True))


def away() -> QuerySet[Absence, int]:
    """The ids of the employees who are away today, as a query."""
    return _now().values_list("employee_id", flat=True)


def _now() -> QuerySet[Absence]:
    return Absence.objects.filter(starts__lte=today(), ends__gte=today())
