"""Writes to the constants of the portal; for administrators."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lists_core.field_types.base import FieldType
from staff.models import Employee
from staff.selectors import require_administrator
from staff.services import audit
from staff.services.audit import audit_events
from svod.base.errors import Invalid, NotFound
from workflows.models import PortalConstant
from workflows.parameters import kinds
from workflows.selectors.constants import field_of

audit_events.add("constant.changed", _("Constant of the portal changed"))
audit_events.add("constant.deleted", _("Constant of the portal deleted"))


def constant_kinds() -> list[FieldType]:
    """What a constant may be: kinds that need no list or options of their own."""
    return [one for one in kinds() if one.slug != "list" and one.reference in {"", "employee"}]


def add_constant(values: Mapping[str, Any], *, actor: Employee) -> PortalConstant:
    """A constant without a value yet. Raises Forbidden, Invalid."""
    require_administrator(actor)
    if values["kind"] not in {one.slug for one in constant_kinds()}:
        raise Invalid({"kind": [_("There is no such kind of values.")]})
    return _write(PortalConstant(kind=values["kind"], multiple=values["multiple"]), values, actor)


def change_constant(
    constant_id: int, values: Mapping[str, Any], *, actor: Employee
) -> PortalConstant:
    """Set code, name, description and value (a natural one). Raises Forbidden, NotFound, Invalid.

    What waits in a process gets the new value at its next step.
    """
    with transaction.atomic():
        constant = open_constant(constant_id, actor=actor, lock=True)
        field = field_of(constant)
        try:
            constant.value = field.to_json(field.clean(values.get("value")))
        except ValidationError as error:
            raise Invalid({"value": error.messages}) from None
        return _write(constant, values, actor)


def delete_constant(constant_id: int, *, actor: Employee) -> None:
    """Processes that ask for it find nothing there; publishing them again complains."""
    with transaction.atomic():
        constant = open_constant(constant_id, actor=actor, lock=True)
        _record("constant.deleted", constant, actor)
        constant.delete()


def open_constant(constant_id: int, *, actor: Employee, lock: bool = False) -> PortalConstant:
    """Raises Forbidden, NotFound."""
    require_administrator(actor)
    rows = PortalConstant.objects.filter(pk=constant_id)
    constant = (rows.select_for_update() if lock else rows).first()
    if constant is None:
        raise NotFound
    return constant


@transaction.atomic
def _write(constant: PortalConstant, values: Mapping[str, Any], actor: Employee) -> PortalConstant:
    for name in ("code", "name", "description"):
        setattr(constant, name, values.get(name, getattr(constant, name)))
    try:
        constant.full_clean()
    except ValidationError as error:
        raise Invalid(error.message_dict) from None
    constant.save()
    _record("constant.changed", constant, actor)
    return constant


def _record(event: str, constant: PortalConstant, actor: Employee) -> None:
    audit.record(
        event,
        actor=actor,
        subject=f"constant:{constant.pk}",
        subject_name=constant.name,
        about={"name": constant.code, "value": str(constant.value or "")},
    )
