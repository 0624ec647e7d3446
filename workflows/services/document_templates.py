"""Making, replacing and removing templates of documents."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lists_core.models import Field, List
from lists_core.services.files import TooLarge, upload_file
from staff.models import Employee
from svod.base.errors import Invalid, NotFound
from workflows.documents.extra import extra_names
from workflows.documents.filling import MAX_BYTES, checked
from workflows.documents.messages import told
from workflows.documents.names import by_name, known_names, unknown
from workflows.models import DocumentTemplate, DocumentTemplateVersion
from workflows.services.templates import may_design

MAX_TOLD = 10


class BadTemplate(Invalid):
    """The file has mistakes; `details["mistakes"]` are texts with places and what stands there."""

    code = "bad_template"


def create_document_template(
    *,
    actor: Employee,
    name: str,
    upload: UploadedFile[Any],
    list_id: int | None = None,
    rows_field_id: int | None = None,
    file_name: str = "",
) -> DocumentTemplate:
    """A template with its first version. Needs full access to the list.

    Raises Forbidden, NotFound, Invalid, BadTemplate.
    """
    list_ = may_design(actor, list_id)
    template = DocumentTemplate(name=name.strip(), list=list_, file_name=file_name.strip())
    template.rows_field = rows_field_of(list_, rows_field_id)
    template.created_by = actor
    _check_name(template)
    names = checked_names(template, upload, actor=actor)
    stored = upload_file(upload, actor=actor)
    with transaction.atomic():
        template.save()
        _add_version(template, stored, names, actor)
    return template


def change_document_template(
    template_id: int, *, actor: Employee, name: str, file_name: str, rows_field_id: int | None
) -> DocumentTemplate:
    """Its name, the name of what is made, where rows come from. Raises Invalid."""
    with transaction.atomic():
        template = open_document_template(template_id, actor=actor, lock=True)
        template.name, template.file_name = name.strip(), file_name.strip()
        template.rows_field = rows_field_of(template.list, rows_field_id)
        _check_name(template)
        template.save()
    return template


def replace_document_template(
    template_id: int, upload: UploadedFile[Any], *, actor: Employee
) -> DocumentTemplateVersion:
    """A new version, which documents are made from henceforth. Raises BadTemplate."""
    template = open_document_template(template_id, actor=actor)
    names = checked_names(template, upload, actor=actor)
    stored = upload_file(upload, actor=actor)
    with transaction.atomic():
        locked = open_document_template(template_id, actor=actor, lock=True)
        return _add_version(locked, stored, names, actor)


def restore_document_version(template_id: int, number: int, *, actor: Employee) -> None:
    """Make an earlier version current again, as a new one."""
    with transaction.atomic():
        template = open_document_template(template_id, actor=actor, lock=True)
        old = template.versions.select_related("file").filter(number=number).first()
        if old is None:
            raise NotFound
        _add_version(template, old.file, old.names, actor)


def delete_document_template(template_id: int, *, actor: Employee) -> None:
    """No documents are made of it any more; made ones stay."""
    with transaction.atomic():
        template = open_document_template(template_id, actor=actor, lock=True)
        template.deleted_at = timezone.now()
        template.save(update_fields=["deleted_at"])


def open_document_template(
    template_id: int, *, actor: Employee, lock: bool = False
) -> DocumentTemplate:
    """The template, if the actor may change it. Raises NotFound, Forbidden."""
    rows = DocumentTemplate.objects.filter(pk=template_id, deleted_at=None)
    rows = rows.select_for_update(of=("self",)) if lock else rows
    template = rows.select_related("list", "rows_field__list").first()
    if template is None:
        raise NotFound
    may_design(actor, template.list_id)
    return template


def rows_field_of(list_: List | None, field_id: int | None) -> Field | None:
    """The link field whose elements become rows; it has to point to the template's list."""
    if field_id is None:
        return None
    found = Field.objects.filter(pk=field_id, type="element", deleted_at=None).first()
    if found is None or list_ is None or found.settings.get("list") != list_.pk:
        raise Invalid({"rows_field": [_("Choose a field that links to this list.")]})
    return found


def checked_names(
    template: DocumentTemplate, upload: UploadedFile[Any], *, actor: Employee
) -> dict[str, Any]:
    """The paths that the file's placeholders name, with their places. Raises BadTemplate."""
    if not (upload.name or "").casefold().endswith(".docx"):
        raise _bad([_("This is not a Word document (.docx).")])
    if (upload.size or 0) > MAX_BYTES:
        raise TooLarge(_("A template may have 10 MB at most."))
    upload.seek(0)
    found = checked(upload.file or upload)
    known = known_names(actor, template.list, template.rows_field)
    if known is not None and template.list is not None:
        known = {**by_name(extra_names(template.list)), **known}
    mistakes = list(found["mistakes"])
    if known is not None and not mistakes:
        mistakes = [at for path, at in found["names"].items() if unknown(path, known)]
    if mistakes:
        raise _bad([told(one) for one in mistakes], mistakes)
    names: dict[str, Any] = found["names"]
    return names


def _bad(texts: Sequence[str], mistakes: Sequence[Any] = ()) -> BadTemplate:
    shown = list(texts)[:MAX_TOLD]
    quoted = [
        {"text": text, "quote": (mistakes[place].get("text", "") if mistakes else "")}
        for place, text in enumerate(shown)
    ]
    return BadTemplate({"file": shown}, shown[0], mistakes=quoted)


def _check_name(template: DocumentTemplate) -> None:
    if not template.name:
        raise Invalid({"name": [_("Enter a name.")]})


def _add_version(
    template: DocumentTemplate, stored: Any, names: dict[str, Any], actor: Employee
) -> DocumentTemplateVersion:
    last = template.versions.first()
    with stored.content.open("rb") as content:
        digest = hashlib.sha256(content.read()).hexdigest()
    version = DocumentTemplateVersion.objects.create(
        template=template,
        number=last.number + 1 if last else 1,
        file=stored,
        sha256=digest,
        names=names,
        created_by=actor,
    )
    template.current = version
    template.save()
    return version
