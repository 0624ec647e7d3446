"""Changes of CRM's settings, told to the audit log in the transaction of the change."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import Model

from crm_link.kinds import Kind
from staff.models import Employee
from staff.services import audit


def tell(
    event: str, *, actor: Employee, subject: str = "", called: object = "", **about: Any
) -> None:
    """`tell("stage_changed", subject="crm_stage:7", called=stage, color=…)`."""
    audit.record(
        f"crm.{event}", actor=actor, subject=subject, subject_name=str(called), about=about
    )


def tell_of_kind(event: str, kind: Kind, *, actor: Employee, **about: Any) -> None:
    """What is set for all items of a kind."""
    tell(event, actor=actor, subject=f"crm_kind:{kind.slug}", called=kind.plural, **about)


def values(row: Model, names: Collection[str]) -> dict[str, Any]:
    """The fields of a row as they are now, to be compared later."""
    return {name: getattr(row, name) for name in sorted(names)}


def differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """Name → {"before": …, "after": …} of what is not the same any more."""
    return {
        name: {"before": before.get(name), "after": value}
        for name, value in after.items()
        if before.get(name) != value
    }
