"""Writes to activities, and what is told of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm_link.models import Activity
from crm_link.selectors.activities import Need, access_activity
from crm_link.selectors.items import open_any
from crm_link.services.timeline import tell_readers
from lists_core.access import Right, forget
from lists_core.element_tabs import Target
from lists_core.models import Element
from lists_core.selectors.audience import audience
from staff.models import Employee
from svod.base.errors import Conflict, Invalid
from svod.base.live import publish

EDITABLE = frozenset(
    {"kind", "subject", "description", "deadline", "responsible_id", "contact_id", "priority",
     "reminders", "direction", "duration", "recording_url", "result"}
)  # fmt: skip
LONGEST_REMINDER = 60 * 24 * 28
MOST_REMINDERS = 5
MAX_TEXT = 10_000
NEWS = "activity"


def create_activity(
    element_id: int,
    *,
    actor: Employee,
    done_at: datetime | None = None,
    process_id: int | None = None,
    **values: Any,
) -> Activity:
    """Plan something about an item that the actor sees, or log what was done (`done_at`).

    `values` are those of EDITABLE; without a responsible it is the actor's. Raises NotFound,
    Invalid (errors by name).
    """
    with transaction.atomic():
        forget()
        target = open_any(actor, Right.VIEW, element_id)
        given = {"responsible_id": actor.pk, **_known(values)}
        row = Activity(element_id=target.id, author=actor, process_id=process_id, **given)
        if done_at is not None:
            row.done_at, row.done_by = done_at, actor
        _check(target, row, given)
        _save(row, actor)
    return row


def change_activity(
    activity_id: int, *, actor: Employee, version: int | None = None, **values: Any
) -> Activity:
    """Change some of EDITABLE. Raises NotFound, Forbidden, Conflict (another saved first),
    Invalid."""
    with transaction.atomic():
        row, target = _locked(activity_id, actor, version)
        given = _known(values)
        for name, value in given.items():
            setattr(row, name, value)
        _check(target, row, given)
        _save(row, actor)
    return row


def finish_activity(
    activity_id: int, *, actor: Employee, result: str | None = None, at: datetime | None = None
) -> Activity:
    """It was done; the second of two who say so changes nothing. Raises NotFound, Forbidden."""
    with transaction.atomic():
        row, target = _locked(activity_id, actor)
        if result is not None:
            row.result = result
            _check(target, row, {"result": result})
        if row.is_open:
            row.done_at, row.done_by = at or timezone.now(), actor
        _save(row, actor)
    return row


def reopen_activity(activity_id: int, *, actor: Employee) -> Activity:
    """It is to be done after all. Raises NotFound, Forbidden."""
    with transaction.atomic():
        row, _target = _locked(activity_id, actor)
        row.done_at = row.done_by = None
        _save(row, actor)
    return row


def move_deadline(activity_id: int, deadline: datetime | None, *, actor: Employee) -> Activity:
    """Raises NotFound, Forbidden."""
    return change_activity(activity_id, actor=actor, deadline=deadline)


def delete_activity(activity_id: int, *, actor: Employee) -> None:
    """Raises NotFound, Forbidden."""
    with transaction.atomic():
        row, _target = _locked(activity_id, actor)
        element_id, people = row.element_id, _people(row)
        row.delete()
        _tell(element_id, people | {actor.pk})


# --- own steps --------------------------------------------------------------------------


def _known(values: Mapping[str, Any]) -> dict[str, Any]:
    unknown = values.keys() - EDITABLE
    if unknown:
        raise TypeError(f"activities have no {', '.join(sorted(unknown))}")
    return dict(values)


def _locked(
    activity_id: int, actor: Employee, version: int | None = None
) -> tuple[Activity, Target]:
    forget()
    _row, target = access_activity(actor, Need.CHANGE, activity_id)
    row = Activity.objects.select_for_update().get(pk=activity_id)
    if version is not None and row.version != version:
        raise Conflict
    return row, target


def _save(row: Activity, actor: Employee) -> None:
    """What is given a new time is told anew; what is past already is not."""
    row.subject, row.description = row.subject.strip(), row.description.replace("\0", "").strip()
    row.result = row.result.replace("\0", "").strip()
    row.told_until = timezone.now()
    row.next_at = next_moment(row, row.told_until)
    people = _people(row) | {actor.pk}
    if row.pk:
        row.version += 1
    row.save()
    _tell(row.element_id, people)


def _people(row: Activity) -> set[int]:
    """Who answers for it, and who did before this write."""
    before = Activity.objects.filter(pk=row.pk).values_list("responsible", flat=True)
    return {pk for pk in [row.responsible_id, *before] if pk}


def _tell(element_id: int, people: set[int]) -> None:
    tell_readers(element_id, people)
    publish(people, "activities")


def moments(row: Activity) -> list[datetime]:
    """When somebody is to be told: the reminders, then the deadline."""
    if row.deadline is None or not row.is_open:
        return []
    before = sorted({*row.reminders, 0}, reverse=True)
    return [row.deadline - timedelta(minutes=minutes) for minutes in before]


def next_moment(row: Activity, after: datetime) -> datetime | None:
    return next((moment for moment in moments(row) if moment > after), None)


def _check(target: Target, row: Activity, given: Mapping[str, Any]) -> None:
    errors: dict[str, list[Any]] = {}
    for name, message in _faults(target, row, given):
        errors.setdefault(name, []).append(message)
    if errors:
        raise Invalid(errors)


def _faults(target: Target, row: Activity, given: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    if not row.subject.strip():
        yield "subject", _("Say what it is about.")
    if row.kind not in Activity.Kind:
        yield "kind", _("There is no such kind of activity.")
    if row.priority not in Activity.Priority:
        yield "priority", _("There is no such priority.")
    if row.direction and row.direction not in Activity.Direction:
        yield "direction", _("A call is incoming or outgoing.")
    if len(row.subject) > 300:  # noqa: PLR2004 - as the column
        yield "subject", _("This is too long.")
    for name in ("description", "result"):
        if len(getattr(row, name)) > MAX_TEXT:
            yield name, _("This is too long.")
    yield from _faults_of_times(row)
    yield from _faults_of_links(target, row, given)


def _faults_of_times(row: Activity) -> Iterable[tuple[str, Any]]:
    odd = [one for one in row.reminders if not 0 <= one <= LONGEST_REMINDER]
    if odd or len(row.reminders) > MOST_REMINDERS:
        yield "reminders", _("Up to five reminders, four weeks before at the most.")
    if row.duration is not None and not 0 <= row.duration <= 7 * 24 * 3600:
        yield "duration", _("This is too long.")
    if row.recording_url and urlsplit(row.recording_url).scheme not in ("http", "https"):
        yield "recording_url", _("Only addresses that begin with http:// or https://.")


def _faults_of_links(
    target: Target, row: Activity, given: Mapping[str, Any]
) -> Iterable[tuple[str, Any]]:
    """Whoever is to do it must see what it is about."""
    if row.responsible_id and "responsible_id" in given:
        readers = audience(target.list, target.row, actor=target.actor)
        if not readers.filter(pk=row.responsible_id).exists():
            yield "responsible", _("This person does not see the item.")
    if row.contact_id and "contact_id" in given:
        found = Element.objects.filter(pk=row.contact_id, list__system="crm.contact").exists()
        if not found:
            yield "contact", _("There is no such contact.")
