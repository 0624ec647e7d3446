"""The stored shape of lists: settings here, the elements' values in `list_<id>` tables."""

from lists_core.models.changes import TypeChange
from lists_core.models.comments import Comment
from lists_core.models.disk import DiskFile, DiskFileVersion, DiskFolder
from lists_core.models.elements import Element, ElementVersion, OutboxEvent
from lists_core.models.files import FileUse, StoredFile
from lists_core.models.jobs import Job
from lists_core.models.lists import (
    CounterState,
    Favourite,
    Field,
    FieldOption,
    List,
    ListPreference,
)
from lists_core.models.reports import Dashboard, DashboardWidget, Report
from lists_core.models.rights import (
    ElementGroupRight,
    ElementUserRight,
    FieldGroupRight,
    FieldUserRight,
    ListGroupRight,
    ListUserRight,
    SectionGroupRight,
    SectionUserRight,
)
from lists_core.models.sections import Section
from lists_core.models.watching import ListWatch

__all__ = [
    "Comment",
    "CounterState",
    "Dashboard",
    "DashboardWidget",
    "DiskFile",
    "DiskFileVersion",
    "DiskFolder",
    "Element",
    "ElementGroupRight",
    "ElementUserRight",
    "ElementVersion",
    "Favourite",
    "Field",
    "FieldGroupRight",
    "FieldOption",
    "FieldUserRight",
    "FileUse",
    "Job",
    "List",
    "ListGroupRight",
    "ListPreference",
    "ListUserRight",
    "ListWatch",
    "OutboxEvent",
    "Report",
    "Section",
    "SectionGroupRight",
    "SectionUserRight",
    "StoredFile",
    "TypeChange",
]
