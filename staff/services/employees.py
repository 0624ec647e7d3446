"""Writes about employees."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import IO, Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from staff import selectors
from staff.actors import Actor
from staff.models import Employee
from staff.services.audit import record
from staff.services.groups import sync_groups
from staff.services.photos import read_photo
from svod.base.errors import Forbidden, Invalid

OWN_FIELDS = (
    "last_name", "first_name", "patronymic", "phone", "birthday", "time_zone", "language", "theme",
)  # fmt: skip
OFFICE_FIELDS = (
    "username", "email", "position", "department", "manager", "is_staff", "is_superuser",
)  # fmt: skip
AUDITED = (*OWN_FIELDS, *OFFICE_FIELDS, "is_active")
PREFERENCES = ("time_zone", "language", "theme")  # nobody needs to know
MARKS = {"is_superuser": "administrator", "is_staff": "designer"}


@transaction.atomic
def update_profile(
    employee: Employee, values: Mapping[str, Any], *, actor: Actor | None
) -> Employee:
    """Change what people keep about themselves (OWN_FIELDS); others only as administrators."""
    if actor is not None and actor.pk != employee.pk:
        selectors.require_administrator(actor)
    return _write(employee, values, OWN_FIELDS, actor)


@transaction.atomic
def update_employee(
    employee: Employee, values: Mapping[str, Any], *, actor: Actor | None
) -> Employee:
    """Change everything about an employee, as an administrator."""
    _require(actor)
    if actor == employee and not values.get("is_superuser", True):
        raise Invalid({"is_superuser": [_("You cannot take this right from yourself.")]})
    written = _write_office(employee, values, actor)
    sync_groups([written])
    return written


@transaction.atomic
def create_employee(values: Mapping[str, Any], *, actor: Actor | None) -> Employee:
    """An employee who cannot sign in until they follow an invitation and set a password."""
    _require(actor)
    employee = Employee()
    employee.set_unusable_password()
    created = _write_office(employee, values, actor)
    sync_groups([created])
    return created


@transaction.atomic
def deactivate_employee(employee: Employee, *, actor: Actor | None) -> None:
    """Close the portal to an employee: sessions and mailed links die at once."""
    _require(actor)
    if actor == employee:
        raise Forbidden(_("You cannot deactivate yourself."))
    Employee.objects.filter(pk=employee.pk).update(is_active=False)
    end_sessions(employee, actor=actor)
    employee.is_active = False
    _tell("employee.deactivated", employee, actor)


@transaction.atomic
def activate_employee(employee: Employee, *, actor: Actor | None) -> None:
    """Let an employee in again; nothing of the old sessions comes back."""
    _require(actor)
    Employee.objects.filter(pk=employee.pk).update(is_active=True)
    employee.is_active = True
    _tell("employee.activated", employee, actor)


@transaction.atomic
def end_sessions(employee: Employee, *, actor: Actor | None) -> None:
    """Sign an employee out on every device."""
    if actor is not None and actor.pk != employee.pk:
        selectors.require_administrator(actor)
    locked = Employee.objects.select_for_update().get(pk=employee.pk)
    employee.session_epoch = locked.session_epoch + 1
    Employee.objects.filter(pk=employee.pk).update(session_epoch=employee.session_epoch)
    _tell("employee.signed_out", employee, actor)


def set_photo(employee: Employee, upload: IO[bytes], size: int, *, actor: Actor | None) -> None:
    """Replace the photo by `upload` of `size` bytes; Invalid when it is no fit picture."""
    if actor is not None and actor.pk != employee.pk:
        selectors.require_administrator(actor)
    photo, thumbnail = read_photo(upload, size)
    _swap_photo(employee, photo, thumbnail)


def remove_photo(employee: Employee, *, actor: Actor | None) -> None:
    if actor is not None and actor.pk != employee.pk:
        selectors.require_administrator(actor)
    _swap_photo(employee, None, None)


@transaction.atomic
def _swap_photo(employee: Employee, photo: Any, thumbnail: Any) -> None:
    storage, old = employee.photo.storage, [employee.photo.name, employee.thumbnail.name]
    employee.photo, employee.thumbnail = photo, thumbnail
    employee.save(update_fields=["photo", "thumbnail"])
    # Files go only when the row no longer names them, whatever happens to the transaction.
    for name in filter(None, old):
        transaction.on_commit(partial(storage.delete, name))


def _require(actor: Actor | None) -> None:
    if actor is not None:
        selectors.require_administrator(actor)


def record_changes(
    employee: Employee, old: Mapping[str, Any] | None, *, actor: Actor | None
) -> None:
    """Tell the audit log what a write made of `old`, the values of before (None: a new person).

    Of ordinary fields the names are told, of rights and the place in the company the values.
    """
    if old is None:
        _tell("employee.created", employee, actor, _marks(employee, dict.fromkeys(MARKS, False)))
        return
    changed = [name for name, value in old.items() if value != getattr(employee, name)]
    if "is_active" in changed:
        now = "activated" if employee.is_active else "deactivated"
        _tell(f"employee.{now}", employee, actor)
    if plain := [name for name in changed if name not in (*MARKS, *PREFERENCES, "is_active")]:
        _tell("employee.changed", employee, actor, {"changed": plain, **_moved(employee, old)})
    if marks := _marks(employee, {name: old[name] for name in changed if name in MARKS}):
        _tell("employee.rights", employee, actor, marks)


def _marks(employee: Employee, old: Mapping[str, bool]) -> dict[str, Any]:
    return {
        MARKS[name]: {"before": value, "after": getattr(employee, name)}
        for name, value in old.items()
        if value != getattr(employee, name)
    }


def _moved(employee: Employee, old: Mapping[str, Any]) -> dict[str, Any]:
    before, after = (str(place or "") for place in (old.get("department"), employee.department))
    moved = "department" in old and old["department"] != employee.department
    return {"department": {"before": before, "after": after}} if moved else {}


def _tell(
    event: str, employee: Employee, actor: Actor | None, about: Mapping[str, Any] | None = None
) -> None:
    subject = f"employee:{employee.pk}"
    record(event, actor=actor, subject=subject, subject_name=str(employee), about=about)


def _write_office(employee: Employee, values: Mapping[str, Any], actor: Actor | None) -> Employee:
    if values.get("is_superuser"):
        values = {**values, "is_staff": True}  # an administrator makes lists as well
    return _write(employee, values, OWN_FIELDS + OFFICE_FIELDS, actor)


def _write(
    employee: Employee, values: Mapping[str, Any], allowed: tuple[str, ...], actor: Actor | None
) -> Employee:
    old_email = employee.email
    old = {name: getattr(employee, name) for name in allowed} if employee.pk else None
    for name in allowed:
        if name in values:
            setattr(employee, name, values[name])
    if not employee.username or employee.username == old_email:
        employee.username = employee.email
    employee.email = employee.email.lower()
    _check_manager(employee)
    try:
        with transaction.atomic():
            employee.save()
    except IntegrityError as error:
        raise Invalid({"email": [_("An employee with this e-mail already exists.")]}) from error
    record_changes(employee, old, actor=actor)
    return employee


def _check_manager(employee: Employee) -> None:
    manager = employee.manager
    if manager is None or employee.pk is None:
        return
    if employee.pk in (manager.pk, *selectors.manager_ids(manager)):
        raise Invalid({"manager": [_("An employee cannot be above their own manager.")]})
