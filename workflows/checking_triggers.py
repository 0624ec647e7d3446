"""Mistakes in what starts a process and in what it asks for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from lists_core.filters.tree import parse_filter
from lists_core.schema.cache import schema_of
from lists_core.schema.compile import Schema
from svod.base.errors import DomainError
from workflows.models import Template, Trigger
from workflows.parameters import declared_field
from workflows.problems import Problem
from workflows.schedules import next_time
from workflows.services.date_triggers import KINDS, DateRule
from workflows.services.starts import filter_text
from workflows.starting import ways

Event = Trigger.Event
WITHOUT_LIST = {Event.WEBHOOK, Event.SCHEDULE}
Found = Iterator[Problem]


def check_triggers(tree: Mapping[str, Any], template: Template) -> Found:
    """Mistakes of the process as a whole, each with its trigger's number in `param`."""
    schema = schema_of(template.list) if template.list else None
    for place, trigger in enumerate(tree.get("triggers", ())):
        for text in _mistakes(trigger, schema, template):
            yield Problem("", text, f"triggers.{place}")


def check_parameters(tree: Mapping[str, Any]) -> Found:
    """Declarations of parameters: codes that repeat, kinds that there are not."""
    for part in ("parameters", "variables", "constants"):
        codes = Counter(str(one.get("code", "")) for one in tree.get(part, ()))
        for code, count in codes.items():
            if count > 1 or not code:
                text = _("The code “%(code)s” is empty or stands twice.") % {"code": code}
                yield Problem("", text, part)
    wrong = {
        "parameters": _("The parameter “%(code)s” has a wrong kind or default."),
        "variables": _("The variable “%(code)s” has a wrong kind or default."),
    }
    for part, text in wrong.items():
        for one in tree.get(part, ()):
            if not _fits(one):
                yield Problem("", text % {"code": one.get("code", "")}, part)


def _fits(declared: Mapping[str, Any]) -> bool:
    try:
        declared_field(declared).from_json(declared.get("default"))
    except (DomainError, ValidationError):
        return False
    return True


def _mistakes(
    trigger: Mapping[str, Any], schema: Schema | None, template: Template
) -> Iterator[str]:
    event = trigger.get("event")
    if event in ways:
        yield from _of_way(trigger, template)
    elif event not in Event.values:
        yield _("There is no such way to start.")
    elif schema is None and (event not in WITHOUT_LIST or trigger.get("each")):
        yield _("Without a list no element can start the process.")
    elif event == Event.SCHEDULE:
        yield from _of_schedule(trigger)
    elif event == Event.DATE:
        yield from _of_date(trigger, schema)
    if schema:
        yield from _of_fields(trigger, schema)


def _of_way(trigger: Mapping[str, Any], template: Template) -> Iterator[str]:
    way = ways.get(str(trigger.get("event")))
    if template.list is None or not way.fits(template.list):
        yield _("Processes of this list do not start in this way.")
    else:
        yield from way.mistakes(trigger, template.list)


def _of_schedule(trigger: Mapping[str, Any]) -> Iterator[str]:
    try:
        next_time(trigger, timezone.now())
    except ValidationError as error:
        yield from error.messages


def _of_date(trigger: Mapping[str, Any], schema: Schema | None) -> Iterator[str]:
    field = schema.get(str(trigger.get("field", ""))) if schema else None
    if field is None or field.type.slug not in KINDS or field.multiple:
        yield _("Choose a field with one date.")
    try:
        DateRule.of(trigger)
    except (ValueError, LookupError, OSError):
        yield _("The time before or after the date is not understood.")


def _of_fields(trigger: Mapping[str, Any], schema: Schema) -> Iterator[str]:
    for code in trigger.get("fields") or ():
        if schema.get(str(code)) is None:
            yield _("The list has no field “%(code)s”.") % {"code": code}
    try:
        parse_filter(filter_text(trigger.get("filter")), schema)
    except DomainError as error:
        yield str(error)
