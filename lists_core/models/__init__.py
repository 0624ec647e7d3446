"""The stored shape of lists: settings here, the elements' values in `list_<id>` tables."""

from lists_core.models.changes import TypeChange
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
from lists_core.models.sections import Section

__all__ = [
    "CounterState",
    "DiskFile",
    "DiskFileVersion",
    "DiskFolder",
    "Element",
    "ElementVersion",
    "Favourite",
    "Field",
    "FieldOption",
    "FileUse",
    "Job",
    "List",
    "ListPreference",
    "OutboxEvent",
    "Section",
    "StoredFile",
    "TypeChange",
]
