"""What upper apps give to templates of documents beside the fields of the element.

    @document_extras.register
    class Requisites(DocumentExtra):
        slug = "requisites"

The names are offered and checked when a template is uploaded; the values are gathered when a
document is made, as the person may read them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lists_core.models import List
from lists_core.schema.compile import Schema
from staff.models import Employee
from svod.base.registry import Registry
from workflows.documents.names import Name


class DocumentExtra:
    slug: str = ""

    def names(self, list_: List) -> Sequence[Name]:
        """The placeholders for elements of this list; none for lists it knows nothing of."""
        raise NotImplementedError(f"{type(self).__name__} has no names")

    def values(self, actor: Employee, schema: Schema, row: Any) -> Mapping[str, Any]:
        """Every name, in each of its spellings → a plain value (`workflows.documents.plain`)."""
        raise NotImplementedError(f"{type(self).__name__} has no values")


document_extras: Registry[DocumentExtra] = Registry("extra of documents")


def extra_names(list_: List) -> list[Name]:
    return [name for extra in document_extras for name in extra.names(list_)]


def extra_values(actor: Employee, schema: Schema, row: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for extra in document_extras:
        found |= extra.values(actor, schema, row)
    return found
