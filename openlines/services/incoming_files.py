"""Files that customers send: checked as every upload is, kept in the name of the line. Strangers
have so many bytes an hour, and a channel so many a day."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lists_core.file_kinds import safe_name
from lists_core.models import StoredFile
from lists_core.services.files import TooLarge, upload_file
from openlines.chat_channels.base import InboundFile
from openlines.models import Channel
from svod.base.errors import DomainError
from svod.base.limits import spend

FILES_A_MESSAGE = 10
#: What one customer may send in an hour.
CUSTOMER_BYTES = 200 * 2**20
HOUR, DAY = 3600, 24 * 3600


def keep_incoming(
    channel: Channel, customer: str, files: Sequence[InboundFile]
) -> tuple[list[StoredFile], list[str]]:
    """The files that were kept, and a line of text for each that was not. `customer` is the
    channel's id of them."""
    kept: list[StoredFile] = []
    refused: list[str] = []
    for file in files[:FILES_A_MESSAGE]:
        try:
            kept.append(_keep(channel, customer, file))
        except DomainError as error:
            told = _("The file “%(name)s” was not taken: %(why)s")
            refused.append(told % {"name": file.name[:100], "why": error})
    left = len(files) - FILES_A_MESSAGE
    if left > 0:
        told = ngettext("%(count)d more file was not taken.",
                        "%(count)d more files were not taken.", left)  # fmt: skip
        refused.append(told % {"count": left})
    return kept, refused


def _keep(channel: Channel, customer: str, file: InboundFile) -> StoredFile:
    actor = channel.line.service_employee
    if actor is None:
        raise DomainError(_("The line has no service employee to keep files for."))
    upload = _upload(file)
    _check_room(channel, customer, upload.size or 0)
    return upload_file(upload, actor=actor)


def _upload(file: InboundFile) -> UploadedFile[Any]:
    if isinstance(file.content, UploadedFile):
        return file.content
    # A name that is none ("", ".") would be refused by Django before anything looks at it.
    return SimpleUploadedFile(safe_name(file.name), file.content)


def _check_room(channel: Channel, customer: str, size: int) -> None:
    """Raises TooLarge."""
    key, who = f"chat-files:{channel.pk}", hashlib.sha256(customer.encode()).hexdigest()
    fits = spend(f"{key}:{who}", size, CUSTOMER_BYTES, seconds=HOUR)
    if not (fits and spend(key, size, settings.CHAT_FILES_MAX_BYTES, seconds=DAY)):
        raise TooLarge(_("Too many files have come. Try later."))
