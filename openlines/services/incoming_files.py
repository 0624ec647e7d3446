"""Files that customers send: checked as every upload is, kept in the name of the line."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lists_core.file_kinds import safe_name
from lists_core.models import StoredFile
from lists_core.services.files import upload_file
from openlines.chat_channels.base import InboundFile
from openlines.models import Line
from svod.base.errors import DomainError

FILES_A_MESSAGE = 10


def keep_incoming(line: Line, files: Sequence[InboundFile]) -> tuple[list[StoredFile], list[str]]:
    """The files that were kept, and a line of text for each that was not."""
    kept: list[StoredFile] = []
    refused: list[str] = []
    for file in files[:FILES_A_MESSAGE]:
        try:
            kept.append(_keep(line, file))
        except DomainError as error:
            told = _("The file “%(name)s” was not taken: %(why)s")
            refused.append(told % {"name": file.name[:100], "why": error})
    left = len(files) - FILES_A_MESSAGE
    if left > 0:
        told = ngettext("%(count)d more file was not taken.",
                        "%(count)d more files were not taken.", left)  # fmt: skip
        refused.append(told % {"count": left})
    return kept, refused


def _keep(line: Line, file: InboundFile) -> StoredFile:
    if line.service_employee is None:
        raise DomainError(_("The line has no service employee to keep files for."))
    # A name that is none ("", ".") would be refused by Django before anything looks at it.
    upload = SimpleUploadedFile(safe_name(file.name), file.content)
    return upload_file(upload, actor=line.service_employee)
