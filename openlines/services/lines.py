"""Writes to lines and channels: by whoever manages lines, each told to the audit log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from openlines.chat_channels.base import channel_kinds
from openlines.models import Channel, Line, LineMember
from openlines.models.channels import new_token
from openlines.selectors.lines import require_to_manage
from openlines.services.clock import look_anew
from openlines.services.members import hand_back
from openlines.services.reply_lists import read_again
from openlines.services.reply_rights import follow_members, take_from_members
from staff.models import Employee
from staff.services.audit import record
from svod.base.errors import Invalid, NotFound
from svod.base.vault import VaultError, ring

Role = LineMember.Role
SETTINGS = {
    "name", "is_active", "queue", "at_once", "only_online", "calendar", "greeting", "away_text",
    "no_answer_minutes", "no_answer_text", "no_answer_to", "close_after_minutes", "close_text",
    "asks_vote", "leads", "service_employee",
}  # fmt: skip
#: The alarms of open conversations follow from these.
TIMED = {"calendar", "no_answer_minutes", "close_after_minutes"}
WEEK, MONTH = 7 * 24 * 60, 31 * 24 * 60
BOUNDS = {"at_once": (1, 500), "no_answer_minutes": (0, WEEK), "close_after_minutes": (0, MONTH)}


@transaction.atomic
def create_line(*, actor: Employee, **settings: Any) -> Line:
    """A new line; who makes it supervises it and lends it their name until another is named.

    Raises Forbidden, Invalid.
    """
    require_to_manage(actor)
    given = {key: settings[key] for key in SETTINGS & set(settings)}
    line = Line(**{"service_employee": actor, **given})
    _check(line)
    line.save()
    LineMember.objects.create(line=line, employee=actor, role=Role.SUPERVISOR)
    _tell("chat.line_created", line, actor)
    return line


@transaction.atomic
def update_line(line: Line, *, actor: Employee, **settings: Any) -> Line:
    """Change what is given. Raises Forbidden, NotFound for one deleted meanwhile, Invalid."""
    require_to_manage(actor)
    before = _locked(line)
    names = sorted(SETTINGS & set(settings))
    for name in names:
        setattr(line, name, settings[name])
    _check(line)
    line.save(update_fields=names)
    about = {
        name: {"before": _word(getattr(before, name)), "after": _word(getattr(line, name))}
        for name in names
        if getattr(before, name) != getattr(line, name)
    }
    if about:
        _tell("chat.line_changed", line, actor, about)
    if about.keys() & TIMED:
        transaction.on_commit(partial(look_anew, line.pk))
    return line


@transaction.atomic
def delete_line(line: Line, *, actor: Employee) -> None:
    """The line takes nothing any more; its conversations stay to be read."""
    require_to_manage(actor)
    _locked(line)
    line.deleted_at, line.is_active = timezone.now(), False
    line.save(update_fields=["deleted_at", "is_active"])
    if line.replies is not None:
        take_from_members(line.replies, line, actor=actor)
    _tell("chat.line_deleted", line, actor)


@transaction.atomic
def restore_line(line: Line, *, actor: Employee) -> None:
    """Out of the bin, at work again with its people and channels."""
    require_to_manage(actor)
    line.deleted_at, line.is_active = None, True
    line.save(update_fields=["deleted_at", "is_active"])
    read_again(line)
    follow_members(line, (), actor=actor)
    _tell("chat.line_restored", line, actor)


@transaction.atomic
def set_members(
    line: Line, operators: Sequence[Employee], supervisors: Sequence[Employee], *, actor: Employee
) -> None:
    """Operators in the order of the queue; a supervisor is no operator besides."""
    require_to_manage(actor)
    wanted = {one.pk: (Role.OPERATOR, place) for place, one in enumerate(operators)}
    wanted |= {one.pk: (Role.SUPERVISOR, 0) for one in supervisors}
    if not wanted:
        raise Invalid({"operators": [_("Somebody has to answer.")]})
    was = set(LineMember.objects.filter(line=line).values_list("employee", flat=True))
    leaving = LineMember.objects.filter(line=line).exclude(employee__in=wanted)
    for gone in list(leaving.select_related("employee")):
        gone.delete()
        hand_back(line, gone.employee, actor=actor)
    for pk, (role, sort) in wanted.items():
        LineMember.objects.update_or_create(
            line=line, employee_id=pk, defaults={"role": role, "sort": sort}
        )
    follow_members(line, was, actor=actor)
    people = {"operators": [str(one) for one in operators],
              "supervisors": [str(one) for one in supervisors]}  # fmt: skip
    _tell("chat.line_members", line, actor, people)


@transaction.atomic
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
    require_to_manage(actor)
    if kind not in channel_kinds:
        raise Invalid({"kind": [_("There is no such kind of channel.")]})
    made = Channel(line=line, kind=kind, name=name, settings=dict(settings or {}))
    made.token = new_token()
    made.sealed = _sealed(secret, made.token)
    made.save()
    _tell("chat.channel_created", line, actor, {"channel": made.name, "kind": kind})
    return made


@transaction.atomic
def update_channel(
    channel: Channel,
    *,
    actor: Employee,
    name: str,
    settings: Mapping[str, Any],
    is_active: bool = True,
    secret: str = "",
) -> Channel:
    """Change a channel; an empty secret leaves the one it has. Raises Forbidden, Invalid.

    A channel that is told anew whom to ask forgets what went wrong before.
    """
    require_to_manage(actor)
    stored = _locked_channel(channel)
    changed = [key for key in {**stored.settings, **settings}
               if stored.settings.get(key) != settings.get(key)]  # fmt: skip
    channel.name, channel.settings, channel.is_active = name, dict(settings), is_active
    if secret:
        channel.sealed = _sealed(secret, channel.token)
    if secret or changed:
        channel.error = ""
    channel.save(update_fields=["name", "settings", "is_active", "sealed", "error"])
    about = {"channel": name, "is_active": is_active, "changed": sorted(changed),
             "access_renewed": bool(secret)}  # fmt: skip
    _tell("chat.channel_changed", channel.line, actor, about)
    return channel


@transaction.atomic
def switch_channel(channel: Channel, *, actor: Employee, is_active: bool) -> None:
    """Take nothing more through it, or take again."""
    require_to_manage(actor)
    _locked_channel(channel)
    channel.is_active = is_active
    channel.save(update_fields=["is_active"])
    about = {"channel": channel.name, "is_active": is_active}
    _tell("chat.channel_changed", channel.line, actor, about)


@transaction.atomic
def renew_token(channel: Channel, *, actor: Employee) -> Channel:
    """Another public address; whoever has the old one finds nothing there from now on."""
    require_to_manage(actor)
    stored = _locked_channel(channel)
    secret = ring().open(stored.sealed, context=stored.token) if stored.sealed else ""
    channel.token = new_token()
    channel.sealed = _sealed(secret, channel.token)
    channel.save(update_fields=["token", "sealed"])
    _tell("chat.channel_address", channel.line, actor, {"channel": channel.name})
    return channel


@transaction.atomic
def delete_channel(channel: Channel, *, actor: Employee) -> None:
    """It takes and sends nothing any more and its secret is gone; what was said stays."""
    require_to_manage(actor)
    _locked_channel(channel)
    channel.deleted_at, channel.is_active, channel.sealed = timezone.now(), False, ""
    channel.save(update_fields=["deleted_at", "is_active", "sealed"])
    _tell("chat.channel_deleted", channel.line, actor, {"channel": channel.name})


def _locked(line: Line) -> Line:
    """The row as it stands, until the transaction ends. Raises NotFound for a deleted one."""
    rows = Line.objects.select_for_update(of=("self",)).filter(pk=line.pk, deleted_at=None)
    found = rows.select_related("calendar", "service_employee").first()
    if found is None:
        raise NotFound
    return found


def _locked_channel(channel: Channel) -> Channel:
    rows = Channel.objects.select_for_update().filter(pk=channel.pk, deleted_at=None)
    found = rows.first()
    if found is None:
        raise NotFound
    return found


def _check(line: Line) -> None:
    """Raises Invalid, by field."""
    errors: dict[str, list[Any]] = {}
    try:
        line.full_clean()
    except ValidationError as error:
        errors = dict(error.message_dict)
    for name, (low, high) in BOUNDS.items():
        value = getattr(line, name)
        if name not in errors and not low <= value <= high:
            told = _("Enter a number from %(low)s to %(high)s.")
            errors[name] = [told % {"low": low, "high": high}]
    if line.service_employee is not None and not line.service_employee.is_active:
        errors["service_employee"] = [_("Choose an active employee.")]
    if errors:
        raise Invalid(errors)


def _sealed(secret: str, token: str) -> str:
    try:
        return ring().seal(secret, context=token) if secret else ""
    except VaultError as error:
        raise Invalid({"secret": [_("This cannot be kept as a secret.")]}) from error


def _word(value: Any) -> Any:
    return str(value) if isinstance(value, Model) else value


def _tell(event: str, line: Line, actor: Employee, about: Mapping[str, Any] | None = None) -> None:
    record(event, actor=actor, subject=f"chat_line:{line.pk}", subject_name=line.name, about=about)
