"""The audit log's one writer, and the registry of what can be written.

An app names its events once, in `AppConfig.ready`, and records them where they happen:

    audit_events.add("access.granted", _("Rights changed"))
    audit.record("access.granted", actor=actor, subject="list:12", about={"G3": "view"})
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import islice
from math import isfinite
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from staff.actors import Actor
from staff.audit_context import origin
from staff.models import AuditEntry, Employee
from svod.base.registry import Registry
from svod.logs import hidden

TEXT_SIGNS = 2_000
ITEMS = 100
DEPTH = 4
CUT = "…"


@dataclass(frozen=True)
class AuditEvent:
    """A kind of event: `slug` is `<area>.<what>`, the label is for administrators."""

    slug: str
    label: str | Promise


class AuditEvents(Registry[AuditEvent]):
    def add(self, slug: str, label: str | Promise) -> None:
        self.register(AuditEvent(slug, label))

    def label(self, slug: str) -> str:
        """The label; an event whose app is gone shows its own name."""
        return str(self.get(slug).label) if slug in self else slug


audit_events = AuditEvents("audit event")
audit_events.add("employee.created", _("Employee added"))
audit_events.add("employee.changed", _("Employee changed"))
audit_events.add("employee.rights", _("Administrator or designer mark changed"))
audit_events.add("employee.activated", _("Employee activated"))
audit_events.add("employee.deactivated", _("Employee deactivated"))
audit_events.add("employee.signed_out", _("Signed out on all devices"))
audit_events.add("employee.invited", _("Invitation sent"))
audit_events.add("absence.added", _("Absence and deputy told"))
audit_events.add("absence.ended", _("Absence taken back"))
audit_events.add("password.reset_sent", _("Password reset sent"))
audit_events.add("password.changed", _("Password changed"))
audit_events.add("department.created", _("Department added"))
audit_events.add("department.changed", _("Department changed"))
audit_events.add("department.moved", _("Department moved"))
audit_events.add("department.deleted", _("Department deleted"))
audit_events.add("audit.exported", _("Audit log exported"))
audit_events.add("audit.trimmed", _("Old audit entries deleted"))


def record(
    event: str,
    *,
    actor: Actor | None,
    subject: str = "",
    subject_name: str = "",
    about: Mapping[str, Any] | None = None,
) -> None:
    """Add an entry in the current transaction: what is rolled back has not happened.

    `subject` is a reference such as `element:12:345` or `employee:5`, `subject_name` what a
    person calls it now. Values of `about` are cut (TEXT_SIGNS, ITEMS) and those whose names
    sound like secrets are blanked; still, put none there.
    """
    now = origin()
    person = actor if isinstance(actor, Employee) else None
    AuditEntry.objects.create(
        event=event,
        actor=person,
        actor_name=_name(person),
        impersonator=now.impersonator,
        impersonator_name=_name(now.impersonator),
        subject=_text(subject),
        subject_name=_text(subject_name),
        about=_small(about or {}, DEPTH),
        ip=now.ip,
        request_id=now.request_id[:64],
    )


def _name(person: Employee | None) -> str:
    return _text(str(person)) if person else ""


def _text(value: str) -> str:
    """As PostgreSQL stores it, without NUL and halves of signs, and not above TEXT_SIGNS."""
    clean = value.replace("\0", "").encode("utf-8", "replace").decode()
    return clean if len(clean) <= TEXT_SIGNS else clean[: TEXT_SIGNS - 1] + CUT


def _small(value: Any, depth: int) -> Any:
    """The value as JSON of a bounded size; what JSON does not know is written as its text."""
    if isinstance(value, Mapping | list | tuple | set | frozenset):
        return _small_many(value, depth - 1) if depth else CUT
    if isinstance(value, float) and not isfinite(value):
        return str(value)
    if value is None or isinstance(value, bool | int | float):
        return value
    return _text(str(value))


def _small_many(values: Mapping[Any, Any] | Collection[Any], depth: int) -> Any:
    """The first ITEMS; of a mapping those whose names sound like secrets are blanked."""
    if isinstance(values, Mapping):
        pairs = ((_text(str(name)), inner) for name, inner in islice(values.items(), ITEMS))
        return {name: hidden(name, _small(inner, depth)) for name, inner in pairs}
    shown = [_small(inner, depth) for inner in islice(values, ITEMS)]
    return [*shown, CUT] if len(values) > ITEMS else shown
