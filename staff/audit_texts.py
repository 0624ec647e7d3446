"""How an audit entry reads: the words of its details and the page of its subject.

Upper apps add their own in `AppConfig.ready`:

    about_labels["grants"] = _("Rights")
    subject_pages["list"] = "list"          # list:12 → reverse("list", args=[12])
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from staff.models import AuditEntry

about_labels: dict[str, str | Promise] = {
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
}
subject_pages = {"employee": "employee", "department": "department_edit", "group": "group"}


def details(entry: AuditEntry) -> list[tuple[str, str]]:
    """(label, value) of everything in `about`, in the order it was written."""
    return [(str(about_labels.get(name, name)), text(value)) for name, value in entry.about.items()]


def text(value: Any) -> str:
    """A value of JSON as a person reads it; {"before": a, "after": b} is "a → b"."""
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, Mapping):
        if value.keys() == {"before", "after"}:
            return f"{text(value['before'])} → {text(value['after'])}"
        return "; ".join(
            f"{about_labels.get(name, name)}: {text(inner)}" for name, inner in value.items()
        )
    if isinstance(value, list):
        return ", ".join(map(text, value)) or "—"
    return str(value)


def subject_url(subject: str) -> str:
    """The page of the thing, or "" when it has none; the thing itself may be gone by now."""
    kind, *ids = subject.split(":")
    if kind not in subject_pages or not all(part.isdecimal() for part in ids):
        return ""
    try:
        return reverse(subject_pages[kind], args=[int(part) for part in ids])
    except NoReverseMatch:
        return ""
