"""What the actions that send letters share: to whom, with what, and what comes back."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.html import escape
from django.utils.translation import gettext as _

from lists_core.field_types.html import CLEANER
from lists_core.models import StoredFile
from staff.models import Employee
from workflows.engine.errors import Fatal
from workflows.people import people_if_any
from workflows.values import PLACEHOLDER, Scope, show

if TYPE_CHECKING:
    from workflows.actions.base import Signal
    from workflows.engine.context import Context

MAX_RECIPIENTS = 100
MAX_ATTACHED = 10 * 1024 * 1024


def recipients(people: Any, addresses: str, context: Context) -> list[str]:
    """Addresses of employees and those that were written. Raises Fatal, naming what is wrong."""
    employees = people_if_any(people, context)
    typed = [part for part in re.split(r"[,;\s]+", addresses) if part]
    for address in typed:
        try:
            validate_email(address)
        except ValidationError:
            raise Fatal(_("“%(text)s” is no e-mail address.") % {"text": address[:100]}) from None
    found = list(dict.fromkeys([*_addresses(employees), *typed]))
    if not found:
        raise Fatal(_("The letter has nobody to go to."))
    if len(found) > MAX_RECIPIENTS:
        raise Fatal(_("A letter goes to %(count)d addresses at most.") % {"count": MAX_RECIPIENTS})
    return found


def _addresses(employees: Sequence[Employee]) -> list[str]:
    return [person.email for person in employees if person.email]


def html_text(template: str, scope: Scope) -> str:
    """HTML with placeholders put in as text, never as tags, and cleaned as fields are.

    Nothing else in it is of any meaning: `{{ settings.X }}`, `{0}` and `%(x)s` stay as they are.
    """
    filled = PLACEHOLDER.sub(lambda found: escape(show(scope.look(found[1]))), template)
    return CLEANER.clean(filled) if template else ""


def files_of(codes: Sequence[str], context: Context) -> list[dict[str, Any]]:
    """The files in these fields of the element, as the process may read them."""
    subject = context.subject
    ids: list[int] = []
    for code in codes:
        field = subject.schema.get(code)
        if field is None or field.type.slug != "file":
            raise Fatal(_("The element has no field of files “%(code)s”.") % {"code": code[:64]})
        value = field.read(subject.row)
        ids += value if isinstance(value, list) else [value] if value else []
    rows = StoredFile.objects.in_bulk(ids)
    files = [rows[pk] for pk in ids if pk in rows]
    if sum(file.size for file in files) > MAX_ATTACHED:
        raise Fatal(_("The files are too large for a letter."))
    return [{"name": one.name, "mime": one.mime, "content": one.content.name} for one in files]


def outcome(signal: Signal, *, go_on: bool) -> dict[str, Any]:
    """The step's result from what a channel came back with. Raises Fatal for a failure."""
    payload = dict(signal.payload)
    if not payload.get("ok") and not go_on:
        raise Fatal(str(payload.get("error") or _("It could not be sent.")))
    result = payload.get("result") or {}
    return {**result, "ok": bool(payload.get("ok")), "error": payload.get("error", "")}
