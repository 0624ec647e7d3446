"""Writes to lines, their people and channels: by whoever manages lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from openlines.chat_channels.base import channel_kinds
from openlines.models import Channel, Line, LineMember
from openlines.models.channels import new_token
from openlines.selectors.desk import may_manage_lines
from staff.models import Employee
from svod.base.errors import Forbidden, Invalid
from svod.base.vault import ring

Role = LineMember.Role
SETTINGS = {
    "name", "is_active", "queue", "at_once", "only_online", "calendar", "greeting", "away_text",
    "no_answer_minutes", "no_answer_text", "no_answer_to", "close_after_minutes", "close_text",
    "asks_vote", "leads", "service_employee",
}  # fmt: skip


def create_line(*, actor: Employee, **settings: Any) -> Line:
    """A new line; who makes it supervises it and lends it their name until another is named."""
    _require(actor)
    given = {key: settings[key] for key in SETTINGS & set(settings)}
    with transaction.atomic():
        line = Line.objects.create(**{"service_employee": actor, **given})
        LineMember.objects.create(line=line, employee=actor, role=Role.SUPERVISOR)
    return line


def update_line(line: Line, *, actor: Employee, **settings: Any) -> Line:
    _require(actor)
    for key in SETTINGS & set(settings):
        setattr(line, key, settings[key])
    line.save()
    return line


def delete_line(line: Line, *, actor: Employee) -> None:
    """The line takes nothing any more; its conversations stay to be read."""
    _require(actor)
    line.deleted_at, line.is_active = timezone.now(), False
    line.save(update_fields=["deleted_at", "is_active"])


@transaction.atomic
def set_members(
    line: Line, operators: Sequence[Employee], supervisors: Sequence[Employee], *, actor: Employee
) -> None:
    """Operators in the order of the queue; a supervisor is no operator besides."""
    _require(actor)
    wanted = {one.pk: (Role.OPERATOR, place) for place, one in enumerate(operators)}
    wanted |= {one.pk: (Role.SUPERVISOR, 0) for one in supervisors}
    if not wanted:
        raise Invalid({"operators": [_("Somebody has to answer.")]})
    LineMember.objects.filter(line=line).exclude(employee__in=wanted).delete()
    for pk, (role, sort) in wanted.items():
        LineMember.objects.update_or_create(
            line=line, employee_id=pk, defaults={"role": role, "sort": sort}
        )


def create_channel(
    line: Line,
    kind: str,
    name: str,
    *,
    actor: Employee,
    settings: Mapping[str, Any] | None = None,
    secret: str = "",
) -> Channel:
    """A new way in; its secret is sealed. Raises Forbidden, Invalid."""
    _require(actor)
    if kind not in channel_kinds:
        raise Invalid({"kind": [_("There is no such kind of channel.")]})
    made = Channel(line=line, kind=kind, name=name, settings=dict(settings or {}))
    made.token = new_token()
    made.sealed = ring().seal(secret, context=made.token) if secret else ""
    made.save()
    return made


def _require(actor: Employee) -> None:
    if not may_manage_lines(actor):
        raise Forbidden
