"""What the audit log is told of lists: deletions, exports, imports, changes of rights."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from lists_core.access import Right
from lists_core.models import List
from staff.audit_texts import about_labels, event_labels, subject_pages, value_labels
from staff.models import Employee
from staff.services.audit import ITEMS, audit_events, record

EVENTS = {
    "access.changed": _("Rights changed"),
    "element.deleted": _("Elements moved to the bin"),
    "element.restored": _("Elements restored"),
    "element.purged": _("Elements deleted for ever"),
    "export.started": _("List exported"),
    "import.started": _("Import started"),
    "import.scheduled": _("Import scheduled"),
    "list.deleted": _("List deleted"),
    "list.restored": _("List restored"),
    "list.purged": _("List deleted for ever"),
    "view.shared": _("Sharing of a view changed"),
    "view.default": _("Default view of a list set"),
    "report.shared": _("Sharing of a report changed"),
    "dashboard.default": _("Default dashboard set"),
    "disk.purged": _("Deleted from the Disk for ever"),
}
RIGHTS = {
    "list": _("Rights on a list changed"),
    "section": _("Rights on a section changed"),
    "element": _("Rights on an element changed"),
    "field": _("Rights on a field changed"),
    "disk": _("Rights on the Disk changed"),
    "disk_folder": _("Rights on a folder of the Disk changed"),
    "disk_file": _("Rights on a file of the Disk changed"),
}
ABOUT = {
    "grants": _("Rights"),
    "restricted": _("Restricted"),
    "view_restricted": _("Viewing restricted"),
    "change_restricted": _("Changing restricted"),
    "elements": _("Numbers of the elements"),
    "number": _("Number of elements"),
    "field": _("Number of the field"),
    "columns": _("Columns"),
    "file": _("Number of the file"),
    "mode": _("Mode"),
    "every": _("How often"),
    "shared": _("Shared with"),
    "view": _("View of a list"),
}


def register_events() -> None:
    """Called once, when the app is ready."""
    from lists_core.services import group_rights  # noqa: F401  registers itself

    for slug, label in EVENTS.items():
        audit_events.add(slug, label)
    about_labels.update(ABOUT)
    event_labels.update({("access.changed", kind): label for kind, label in RIGHTS.items()})
    value_labels["grants"] = {right.value: right.label for right in Right}
    value_labels["shared"] = {"added": _("shared"), "removed": _("no longer shared")}
    subject_pages["report"] = "report"
    subject_pages["list"] = "list"
    subject_pages["element"] = "element"
    subject_pages["section"] = "section_access"
    subject_pages["field"] = "field_access"
    subject_pages["disk_folder"] = "disk_folder"
    subject_pages["disk_file"] = "disk_file"


def tell_list(event: str, list_: List, actor: Employee | None, **about: Any) -> None:
    record(event, actor=actor, subject=f"list:{list_.pk}", subject_name=list_.name, about=about)


def tell_elements(event: str, list_: List, rows: Sequence[Any], actor: Employee | None) -> None:
    """One entry for all rows of a write: of one its name, of many their ids (the first ITEMS)."""
    if len(rows) == 1:
        row = rows[0]
        subject = f"element:{list_.pk}:{row.pk}"
        record(event, actor=actor, subject=subject, subject_name=row.name)
    elif rows:
        tell_list(event, list_, actor, count=len(rows), ids=[row.pk for row in rows[:ITEMS]])
