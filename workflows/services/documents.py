"""Making a document from a template: gathered as one person, filled in the child, kept once."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as attribute
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from lists_core.access import Right
from lists_core.file_kinds import DOCUMENTS, safe_name
from lists_core.models import DiskFile, StoredFile
from lists_core.schema.compile import Schema
from lists_core.selectors.elements import access_element
from lists_core.services.disk_files import add_file
from lists_core.services.elements import update_element
from lists_core.services.files import keep_file
from staff.models import Employee
from svod.base.errors import Invalid
from workflows.documents import pdf
from workflows.documents.data import Gathered, gather
from workflows.documents.filling import NotFilled, filled
from workflows.models import DocumentTemplate, DocumentTemplateVersion, MadeDocument
from workflows.values import PLACEHOLDER


@dataclass(frozen=True)
class Wanted:
    """What is to be made and where it goes. `name` has no extension; "" takes the template's.

    `field` is the code of a file field of the element; `folder` a folder of the Disk (0 is its
    root, None keeps it off the Disk); `rows` replaces the template's own rows.
    """

    name: str = ""
    format: str = "docx"
    field: str = ""
    folder: int | None = None
    rows: tuple[Schema, Sequence[Any]] | None = None
    process: Mapping[str, Any] = attribute(default_factory=dict)


def make(
    template: DocumentTemplate,
    element: tuple[int, int] | None,
    actor: Employee,
    *,
    wanted: Wanted | None = None,
    key: str = "",
    version: DocumentTemplateVersion | None = None,
    instance_id: int | None = None,
) -> MadeDocument:
    """A document of the element (list id, element id), as the actor may read it.

    The same key makes one document, however often it is asked for; none makes a new one.
    Raises NotFound, Forbidden, NotFilled, Invalid, Changed (another person saved the element).
    """
    wanted = wanted or Wanted()
    key = key or f"by hand:{secrets.token_hex(12)}"
    if present := MadeDocument.objects.filter(key=key).first():
        return present
    version = version or current_version(template)
    content, name, notes = _made(template, version, element, actor, wanted)
    try:
        with transaction.atomic():
            made = _kept(content, name, wanted, element, actor)
            return MadeDocument.objects.create(
                key=key, version=version, made_by=actor, note="\n".join(notes),
                element_id=element[1] if element else None, instance_id=instance_id, **made,
            )  # fmt: skip
    except IntegrityError:  # another worker has just made it
        return MadeDocument.objects.get(key=key)


def current_version(template: DocumentTemplate) -> DocumentTemplateVersion:
    if template.current is None:
        raise NotFilled(_("The template has no file."))
    return template.current


def test_fill(
    template: DocumentTemplate, element: tuple[int, int] | None, actor: Employee
) -> tuple[str, bytes]:
    """The name and the bytes of a document that is not kept anywhere."""
    content, name, _notes = _made(template, current_version(template), element, actor, Wanted())
    return name, content


def _made(
    template: DocumentTemplate,
    version: DocumentTemplateVersion,
    element: tuple[int, int] | None,
    actor: Employee,
    wanted: Wanted,
) -> tuple[bytes, str, list[str]]:
    """(content, file name, notes). Nothing is written."""
    schema, row = None, None
    if element is not None:
        _list, schema, row = access_element(actor, Right.VIEW, *element)
    gathered = gather(
        actor, schema=schema, row=row, rows_field=template.rows_field, rows=wanted.rows,
        process=wanted.process,
    )  # fmt: skip
    with version.file.content.open("rb") as file:
        content, left_out = filled(file, gathered)
    stem = wanted.name or named(template, gathered)
    notes = [_("The picture “%(name)s” could not be put in.") % {"name": one} for one in left_out]
    if wanted.format != "pdf":
        return content, f"{stem}.docx", notes
    return _as_pdf(content, stem, notes)


def _as_pdf(content: bytes, stem: str, notes: list[str]) -> tuple[bytes, str, list[str]]:
    """The PDF; the .docx with a note saying why when there is no way to make one."""
    program = pdf.converter()
    if program is None:
        return content, f"{stem}.docx", [*notes, no_converter()]
    try:
        return pdf.to_pdf(content, program=program), f"{stem}.pdf", notes
    except pdf.NotConverted as error:
        why = (
            _("LibreOffice took more than a minute; the .docx was kept.")
            if str(error) == "time"
            else _("LibreOffice could not make a PDF of it; the .docx was kept.")
        )
        return content, f"{stem}.docx", [*notes, why]


def no_converter() -> str:
    return _("There is no converter to PDF (LibreOffice) on the server; the .docx was kept.")


def named(template: DocumentTemplate, gathered: Gathered) -> str:
    """The template's file name with the values of its placeholders, without an extension."""
    text = template.file_name or template.name
    filled_in = PLACEHOLDER.sub(lambda found: _part(gathered.values, found[1]), text)
    return safe_name(" ".join(filled_in.replace("/", "-").split()) or template.name)[:150]


def _part(values: Mapping[str, Any], path: str) -> str:
    value: Any = {"v": values}
    for name in path.split("."):
        value = value.get("v", {}).get(name) if isinstance(value, dict) else None
    if isinstance(value, dict):
        return str(value.get("t", ""))
    return "" if value is None else str(value)


# --- keeping ------------------------------------------------------------------------------


def _kept(
    content: bytes, name: str, wanted: Wanted, element: tuple[int, int] | None, actor: Employee
) -> dict[str, Any]:
    """Put the file where it is wanted, in the caller's transaction."""
    disk_file = None
    if wanted.folder is not None:
        disk_file = _on_disk(content, name, wanted.folder, actor)
        stored = disk_file.current
    else:
        mime = DOCUMENTS[name.rpartition(".")[2]]
        stored = keep_file(ContentFile(content), name, actor=actor, mime=mime)
    if wanted.field:
        if element is None:
            raise Invalid({"field": [_("Without an element there is no field to store into.")]})
        _into_field(stored, wanted.field, element, actor)
    return {"file": stored, "disk_file": disk_file}


def _on_disk(content: bytes, name: str, folder: int, actor: Employee) -> DiskFile:
    """A file of the same name becomes its new version."""
    upload = SimpleUploadedFile(name, content, DOCUMENTS[name.rpartition(".")[2]])
    return add_file(upload, folder_id=folder or None, actor=actor, clash="version")


def _into_field(stored: StoredFile, code: str, element: tuple[int, int], actor: Employee) -> None:
    """Added to a multiple field, put in place of what a single one holds."""
    _list, schema, row = access_element(actor, Right.CHANGE, *element)
    own = schema.get(code)
    if own is None or own.type.slug not in {"file", "disk_file"}:
        text = _("The list has no field of files “%(code)s”.") % {"code": code}
        raise Invalid({code: [text]})
    value: Any = stored.pk
    if own.type.slug == "disk_file":
        value = DiskFile.objects.filter(current=stored).values_list("pk", flat=True).first()
        if value is None:
            raise Invalid({code: [_("Choose a folder of the Disk for this field, too.")]})
    present = own.items(own.read(row))
    added = [*(one for one in present if one != value), value] if own.multiple else value
    update_element(element[0], element[1], {code: added}, version=row.version, actor=actor)
