"""How an audit entry reads: the words of its details and the page of its subject.

Upper apps add their own in `AppConfig.ready`:

    about_labels["grants"] = _("Rights")
    subject_pages["list"] = "list"          # list:12 → reverse("list", args=[12])
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from staff.models import AuditEntry
from staff.services.audit import audit_events
from staff.subjects import SUBJECT, Subject, names_of

Labels = dict[str, str | Promise]
about_labels: Labels = {
    "added": gettext_lazy("Added"),
    "administrator": gettext_lazy("Administrator"),
    "before": gettext_lazy("Before"),
    "changed": gettext_lazy("Changed fields"),
    "count": gettext_lazy("Number"),
    "days": gettext_lazy("Older than, days"),
    "department": gettext_lazy("Department"),
    "designer": gettext_lazy("May make lists"),
    "event": gettext_lazy("Event"),
    "format": gettext_lazy("Format"),
    "groups": gettext_lazy("Groups"),
    "head": gettext_lazy("Head"),
    "ids": gettext_lazy("IDs"),
    "name": gettext_lazy("Name"),
    "parent": gettext_lazy("Parent department"),
    "person": gettext_lazy("Person"),
    "removed": gettext_lazy("Removed"),
    "rights": gettext_lazy("Rights"),
    "since": gettext_lazy("From"),
    "subject": gettext_lazy("Subject"),
    "until": gettext_lazy("To"),
    "way": gettext_lazy("By what"),
    "kind": gettext_lazy("Kind"),
    "email": gettext_lazy("E-mail"),
}
# What words mean under one name: value_labels["grants"]["view"].
value_labels: dict[str, Labels] = {}
# Details that are ids of employees: (event, name of the detail).
people_ids = {("group.members", "added"), ("group.members", "removed")}
# "access.changed" about "section:12:7" reads as its own words, where a kind has them.
event_labels: dict[tuple[str, str], str | Promise] = {}
subject_pages = {"employee": "employee", "department": "department_edit", "group": "group"}


def subject_names(entries: Iterable[AuditEntry]) -> dict[str, str]:
    """Code → name of the employees, departments and groups that details tell of ("U5")."""
    told = [(entry, *pair) for entry in entries for pair in entry.about.items()]
    keys = {key for _entry, _name, value in told if isinstance(value, Mapping) for key in value}
    keys |= {key for entry, name, value in told for key in _people(entry, name, value)}
    known = names_of(Subject.parse(key) for key in keys if SUBJECT.match(key))
    return {subject.code: name for subject, name in known.items()}


def details(entry: AuditEntry, names: Mapping[str, str]) -> list[tuple[str, str]]:
    """(label, value) of everything in `about`, in the order it was written."""
    return [
        (str(about_labels.get(name, name)), _detail(entry, name, value, names))
        for name, value in entry.about.items()
    ]


def event_label(entry: AuditEntry) -> str:
    """What happened, and to what kind of thing where the event alone does not say."""
    kind = entry.subject.partition(":")[0]
    return str(event_labels.get((entry.event, kind)) or audit_events.label(entry.event))


def _detail(entry: AuditEntry, name: str, value: Any, names: Mapping[str, str]) -> str:
    people = _people(entry, name, value)
    if people:  # those who are gone are left with their numbers
        return ", ".join(names.get(code, code[1:]) for code in people)
    return text(value, value_labels.get(name, {}), names)


def _people(entry: AuditEntry, name: str, value: Any) -> list[str]:
    """The codes of the employees that a detail names by their ids."""
    known = (entry.event, name) in people_ids and isinstance(value, list)
    return [f"U{pk}" for pk in value] if known else []


def text(value: Any, words: Labels, names: Mapping[str, str]) -> str:
    """A value of JSON as a person reads it; {"before": a, "after": b} is "a → b"."""
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, Mapping):
        return _pairs(value, words, names)
    if isinstance(value, list):
        return ", ".join(text(inner, words, names) for inner in value) or "—"
    return str(words.get(value, value))


def _pairs(value: Mapping[str, Any], words: Labels, names: Mapping[str, str]) -> str:
    if value.keys() == {"before", "after"}:
        return f"{text(value['before'], words, names)} → {text(value['after'], words, names)}"
    return "\n".join(
        f"{names.get(key) or about_labels.get(key, key)}: {text(inner, words, names)}"
        for key, inner in value.items()
    )


def subject_url(subject: str) -> str:
    """The page of the thing, or "" when it has none; the thing itself may be gone by now."""
    kind, *ids = subject.split(":")
    if kind not in subject_pages or not all(part.isdecimal() for part in ids):
        return ""
    try:
        return reverse(subject_pages[kind], args=[int(part) for part in ids])
    except NoReverseMatch:
        return ""
