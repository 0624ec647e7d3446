"""Reading templates of documents and what was made of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from django.db.models import Exists, OuterRef, Q, QuerySet

from lists_core.access import Right, may, visible_lists
from lists_core.models import Field
from lists_core.selectors.across import names_across
from lists_core.selectors.files import FileHolder, file_holders, readable_files
from staff.models import Employee
from svod.base.errors import NotFound
from workflows.models import DocumentTemplate, DocumentTemplateVersion, MadeDocument

SHOWN = 100


def visible_templates(actor: Employee, list_id: int | None = None) -> QuerySet[DocumentTemplate]:
    """Templates of the lists that the actor sees; those of no list are everybody's."""
    seen = Q(list__in=visible_lists(actor)) | Q(list=None)
    rows = DocumentTemplate.objects.filter(seen, deleted_at=None)
    rows = rows.filter(list=list_id) if list_id is not None else rows
    return rows.select_related("list", "current__file", "current__created_by")


def access_template(actor: Employee, template_id: int) -> DocumentTemplate:
    """The template, when the actor may see it. Raises NotFound."""
    found = visible_templates(actor).filter(pk=template_id).first() if actor.is_active else None
    if found is None:
        raise NotFound
    return found


def may_change(actor: Employee, template: DocumentTemplate) -> bool:
    """Whether the actor designs the template's list."""
    if template.list is None:
        return actor.is_superuser
    return may(actor, Right.FULL, template.list)


def versions_of(template: DocumentTemplate) -> QuerySet[DocumentTemplateVersion]:
    return template.versions.select_related("file", "created_by")


def made_of_element(actor: Employee, element_id: int) -> list[MadeDocument]:
    """The documents made of an element that the actor may download, new ones first."""
    rows = MadeDocument.objects.filter(element=element_id)
    rows = rows.select_related("file", "made_by", "version__template")
    made = list(rows[:SHOWN])
    readable = readable_files(actor, {one.file_id for one in made})
    return [one for one in made if one.file_id in readable]


def link_fields_to(actor: Employee, list_id: int) -> list[Field]:
    """Fields of lists that the actor sees which link to this list: where rows may come from."""
    rows = Field.objects.filter(
        type="element", deleted_at=None, settings__list=list_id, list__in=visible_lists(actor)
    )
    return list(rows.select_related("list").order_by("list__name", "name"))


@file_holders.register
class Templates(FileHolder):
    """Who sees a template's list may read its file."""

    slug = "document_template"

    def holding(self) -> Q:
        return Q(Exists(DocumentTemplateVersion.objects.filter(file=OuterRef("pk"))))

    def readable(self, actor: Employee, ids: Collection[int]) -> set[int]:
        if not actor.is_active:
            return set()
        rows = DocumentTemplateVersion.objects.filter(file_id__in=ids)
        seen = rows.filter(template__in=visible_templates(actor))
        return set(seen.values_list("file_id", flat=True))


@file_holders.register
class Made(FileHolder):
    """A made document is its maker's, as long as they see the element that it was made of;
    through a field or the Disk it is others', too."""

    slug = "made_document"

    def holding(self) -> Q:
        return Q(Exists(MadeDocument.objects.filter(file=OuterRef("pk"))))

    def readable(self, actor: Employee, ids: Collection[int]) -> set[int]:
        if not actor.is_active:
            return set()
        rows = list(
            MadeDocument.objects.filter(file_id__in=ids, made_by=actor).values_list(
                "file_id", "element__list_id", "element_id"
            )
        )
        wanted: dict[int, set[int]] = defaultdict(set)
        for _file, list_id, element_id in rows:
            if element_id:
                wanted[list_id].add(element_id)
        seen = names_across(actor, wanted)
        return {file for file, list_, pk in rows if pk is None or (list_, pk) in seen}
