"""The stored shape of lists: settings here, the elements' values in `list_<id>` tables."""

from lists_core.models.bulk import BulkLine
from lists_core.models.changes import TypeChange
from lists_core.models.comments import Comment
from lists_core.models.disk import DiskEvent, DiskFile, DiskFileVersion, DiskFolder, DiskRoot
from lists_core.models.disk_rights import (
    DiskFileGroupRight,
    DiskFileUserRight,
    DiskFolderGroupRight,
    DiskFolderUserRight,
    DiskRootGroupRight,
    DiskRootUserRight,
)
from lists_core.models.drafts import ElementDraft
from lists_core.models.elements import Element, ElementVersion, OutboxEvent
from lists_core.models.files import FileUse, StoredFile
from lists_core.models.indexes import ListIndex
from lists_core.models.jobs import Job
from lists_core.models.links import LinkChange
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
from lists_core.models.transfer import ImportBatch, ImportMapping, ImportRun, ImportSchedule
from lists_core.models.views import ListView
from lists_core.models.watching import ListWatch

__all__ = [
    "BulkLine",
    "Comment",
    "CounterState",
    "Dashboard",
    "DashboardWidget",
    "DiskEvent",
    "DiskFile",
    "DiskFileGroupRight",
    "DiskFileUserRight",
    "DiskFileVersion",
    "DiskFolder",
    "DiskFolderGroupRight",
    "DiskFolderUserRight",
    "DiskRoot",
    "DiskRootGroupRight",
    "DiskRootUserRight",
    "Element",
    "ElementDraft",
    "ElementGroupRight",
    "ElementUserRight",
    "ElementVersion",
    "Favourite",
    "Field",
    "FieldGroupRight",
    "FieldOption",
    "FieldUserRight",
    "FileUse",
    "ImportBatch",
    "ImportMapping",
    "ImportRun",
    "ImportSchedule",
    "Job",
    "LinkChange",
    "List",
    "ListGroupRight",
    "ListIndex",
    "ListPreference",
    "ListUserRight",
    "ListView",
    "ListWatch",
    "OutboxEvent",
    "Report",
    "Section",
    "SectionGroupRight",
    "SectionUserRight",
    "StoredFile",
    "TypeChange",
]
