"""The list "Incidents": an ordinary list in which processes note what was not done in time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from crm_link.binding import BINDING
from crm_link.incidents import INCIDENTS
from crm_link.kinds import Kind, kinds
from lists_core.field_types.base import field_types
from lists_core.models import Field, List
from lists_core.services.fields import create_field
from lists_core.services.lists import create_list
from staff.models import Employee

ITEM = "ITEM"
TONES = ("amber", "red")


def incidents_list() -> List | None:
    """Found by its code; people may rename it and add fields of their own."""
    return List.objects.filter(code=INCIDENTS, deleted_at=None).first()


def set_up_incidents(*, actor: Employee) -> List:
    """The list, made when it is missing. Raises Forbidden. Nobody sees it but administrators;
    the process that writes an incident shows it to those whom it concerns."""
    found = incidents_list() or _create(actor)
    present = set(Field.objects.filter(list=found).values_list("code", flat=True))
    for sort, (code, type_, name, settings) in enumerate(_fields(), start=1):
        if code not in present:
            create_field(
                found.pk, type_, actor=actor, code=code, name=name, sort=sort * 10,
                settings=settings, show_in_list=code != "MISSING",
            )  # fmt: skip
    return List.objects.get(pk=found.pk)


def _create(actor: Employee) -> List:
    return create_list(
        actor=actor,
        code=INCIDENTS,
        name=_("Incidents"),
        description=_("What was not done in time with leads and deals: processes write it."),
        icon="alert-triangle",
        color="red",
        captions={"element": _("Incident"), "elements": _("Incidents"),
                  "element_add": _("Add an incident"), "name_field": _("What was breached")},
    )  # fmt: skip


def _fields() -> list[tuple[str, str, str, dict[str, Any]]]:
    breach = [
        {"id": None, "name": name, "color": tone}
        for name, tone in zip((_("Deadline of a questionnaire"), _("Other")), TONES, strict=True)
    ]
    staged: Mapping[str, Any] = {"kinds": [kind.slug for kind in kinds], "visible": True}
    return [
        (ITEM, BINDING, _("Lead or deal"), dict(staged)),
        ("WHO", "employee", _("Who answered for it"), {}),
        ("BREACH", "list", _("Kind of breach"), {"look": "select", "options": breach}),
        ("STAGE", "string", _("Stage"), {"rows": 1}),
        ("DUE_AT", "datetime", _("Was due"), {}),
        ("NOTICED_AT", "datetime", _("Noticed"), {}),
        ("CLOSED_AT", "datetime", _("Put right"), {}),
        ("OVERDUE", "number", _("Overdue, working hours"), {"precision": 1}),
        ("MISSING", "string", _("What was missing"), {"rows": 3}),
    ]


def item_value(kind: Kind) -> str:
    """What a process writes into the field ITEM: the element it runs on."""
    return f"{kind.prefix}_{{{{Document.ID}}}}"


def has_binding() -> bool:
    return BINDING in field_types
