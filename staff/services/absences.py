"""Writes about absences. Everybody tells their own; administrators anybody's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from staff import selectors
from staff.models import Absence, Employee
from staff.selectors_absences import today
from staff.services.audit import record
from svod.base.errors import Invalid, NotFound

LONGEST = timedelta(days=3 * 366)


@transaction.atomic
def add_absence(
    employee: Employee, *, starts: date, ends: date, deputy: Employee, actor: Employee
) -> Absence:
    """Raises Invalid for days in the past, in the wrong order or told already, and for a deputy
    who is the employee or was deactivated; Forbidden."""
    if actor.pk != employee.pk:
        selectors.require_administrator(actor)
    locked = Employee.objects.select_for_update().get(pk=employee.pk)
    _check(locked, starts, ends, deputy)
    absence = Absence.objects.create(employee=locked, starts=starts, ends=ends, deputy=deputy)
    _tell("absence.added", absence, actor)
    return absence


@transaction.atomic
def end_absence(absence_id: int, *, actor: Employee) -> None:
    """Back already, or not going at all. Raises NotFound."""
    rows = Absence.objects.select_for_update(of=("self",)).select_related("employee", "deputy")
    absence = rows.filter(pk=absence_id).first()
    own = absence and (absence.employee_id == actor.pk or selectors.is_administrator(actor))
    if absence is None or not own:
        raise NotFound
    _tell("absence.ended", absence, actor)
    absence.delete()


def _check(employee: Employee, starts: date, ends: date, deputy: Employee) -> None:
    if ends < starts:
        raise Invalid({"ends": [_("The last day is before the first.")]})
    if ends < today() or ends - starts > LONGEST:
        raise Invalid({"ends": [_("Enter days that are not over, three years at most.")]})
    if deputy.pk == employee.pk or not deputy.is_active:
        raise Invalid({"deputy": [_("Choose a colleague who works here.")]})
    others = Absence.objects.filter(employee=employee, starts__lte=ends, ends__gte=starts)
    if others.exists():
        raise Invalid({"starts": [_("You are already away on some of these days.")]})


def _tell(event: str, absence: Absence, actor: Employee) -> None:
    about: Mapping[str, Any] = {
        "starts": absence.starts.isoformat(),
        "ends": absence.ends.isoformat(),
        "deputy": str(absence.deputy),
    }
    person = absence.employee
    record(event, actor=actor, subject=f"employee:{person.pk}", subject_name=str(person),
           about=about)  # fmt: skip
