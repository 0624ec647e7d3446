"""What happened in a conversation, in the reader's words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from openlines.models import Message
from staff.models import Employee

Names = Mapping[int, str]


def _who(data: Mapping[str, Any], names: Names, key: str = "employee") -> str:
    return names.get(data.get(key) or 0, _("somebody"))


def _closed(data: Mapping[str, Any], names: Names) -> str:
    if data.get("by"):
        return _("%(name)s closed the conversation") % {"name": _who(data, names, "by")}
    return _("The conversation closed by itself after a silence")


def _transferred(data: Mapping[str, Any], names: Names) -> str:
    return _("%(by)s transferred the conversation to %(name)s") % {
        "by": _who(data, names, "by"),
        "name": _who(data, names),
    }


def _returned(data: Mapping[str, Any], names: Names) -> str:
    if data.get("by"):
        return _("%(name)s returned it to the queue") % {"name": _who(data, names, "by")}
    return _("%(name)s is not in the portal any more: back to the queue") % {
        "name": _who(data, names)
    }


def _invited(data: Mapping[str, Any], names: Names) -> str:
    return _("%(by)s invited %(name)s") % {
        "by": _who(data, names, "by"),
        "name": _who(data, names),
    }


def _introduced(data: Mapping[str, Any], names: Names) -> str:
    told = ", ".join(str(data[key]) for key in ("name", "phone", "email") if data.get(key))
    return _("The customer has told who they are: %(facts)s") % {"facts": told}


def _voted(data: Mapping[str, Any], names: Names) -> str:
    if data.get("text"):
        return _("The customer’s vote: %(value)s of 5, “%(text)s”") % data
    return _("The customer’s vote: %(value)s of 5") % data


WORDS: Mapping[str, Callable[[Mapping[str, Any], Names], str]] = {
    "opened": lambda data, names: _("The conversation began"),
    "given": lambda data, names: _("The queue gave it to %(name)s") % {"name": _who(data, names)},
    "taken": lambda data, names: _("%(name)s took the conversation") % {"name": _who(data, names)},
    "assigned": lambda data, names: (
        _("A process gave it to %(name)s") % {"name": _who(data, names)}
    ),
    "transferred": _transferred,
    "returned": _returned,
    "invited": _invited,
    "left": lambda data, names: _("%(name)s left") % {"name": _who(data, names)},
    "no_answer": lambda data, names: _("Nobody has answered in time"),
    "closed": _closed,
    "voted": _voted,
    "introduced": _introduced,
    "reopened": lambda data, names: (
        _("%(name)s opened the conversation again") % {"name": _who(data, names)}
    ),
}


def worded(messages: Iterable[Message]) -> list[Message]:
    """The messages, each event with its `words`. One query for the names."""
    rows = list(messages)
    ids = {row.data.get(key) for row in rows for key in ("employee", "by") if row.data}
    people = Employee.objects.filter(pk__in=ids - {None})
    names = {one.pk: one.get_full_name() or str(one) for one in people}
    for row in rows:
        known = WORDS.get(row.data.get("what", ""))
        row.words = known(row.data, names) if known else ""  # type: ignore[attr-defined]
    return rows
