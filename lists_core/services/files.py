"""Taking files in, and removing those that nothing holds."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from lists_core import file_kinds, pictures
from lists_core.models import StoredFile
from lists_core.selectors.files import CLEANED_AT_ONCE, orphans, unused_bytes
from staff.models import Employee
from svod.base.errors import DomainError, Forbidden, Invalid
from svod.base.sandbox import CallFailed, LimitReached, run_limited

THUMBNAIL_SIDE = 320
LOOK = "lists_core.pictures:look"


class TooLarge(DomainError):
    """The file has more bytes than the portal takes."""

    code = "too_large"


def upload_file(
    upload: UploadedFile[Any], *, actor: Employee, most: int | None = None
) -> StoredFile:
    """Check an upload by its content and keep it; it belongs to nothing yet. It has at most
    `most` bytes (FILE_MAX_BYTES).

    Raises TooLarge, Invalid (errors under "file"), Forbidden.
    """
    if not actor.is_active:
        raise Forbidden
    _check_size(upload.size or 0, most or settings.FILE_MAX_BYTES)
    _check_quota(actor)
    name = file_kinds.safe_name(upload.name or "")
    if file_kinds.is_picture_name(name):
        facts, thumbnail = _look_at_picture(upload, file_kinds.extension(name))
    else:
        facts, thumbnail = {"mime": file_kinds.checked_mime(name, _head(upload))}, None
    return _keep(upload, name, actor, thumbnail=thumbnail, **facts)


def keep_file(
    content: File[Any], name: str, *, actor: Employee, mime: str = file_kinds.ANY
) -> StoredFile:
    """Keep a file that the program itself made (an export, a document)."""
    return _keep(content, file_kinds.safe_name(name), actor, thumbnail=None, mime=mime)


def too_large(most: int | None = None) -> TooLarge:
    limit = filesizeformat(most or settings.FILE_MAX_BYTES)
    return TooLarge(_("The file is larger than %(limit)s.") % {"limit": limit})


def _check_size(size: int, most: int) -> None:
    if size > most:
        raise too_large(most)
    if not size:
        raise _refused(_("The file is empty."))


def _check_quota(actor: Employee) -> None:
    """Uploads that nothing uses yet may not fill the disk before the day is over."""
    if unused_bytes(actor) > settings.FILE_UNUSED_MAX_BYTES:
        raise TooLarge(_("Too many files wait to be used. Save the form or try tomorrow."))


def _head(upload: IO[bytes] | File[Any]) -> bytes:
    upload.seek(0)
    return bytes(upload.read(file_kinds.HEAD))


def _look_at_picture(upload: UploadedFile[Any], kind: str) -> tuple[dict[str, Any], bytes]:
    """The picture's facts and thumbnail, found out in a limited child process."""
    with SpooledTemporaryFile(1 << 20) as thumbnail:
        try:
            said = run_limited(
                LOOK,
                {"side": THUMBNAIL_SIDE},
                source=upload.file,
                target=thumbnail,
                cpu_s=10,
                memory_mb=1024,
                wall_s=30,
                output_mb=4,
            )
        except LimitReached:
            raise _refused(_("This picture is too large to be opened.")) from None
        except CallFailed as error:
            raise _not_a_picture(error, kind) from None
        thumbnail.seek(0)
        facts = {"mime": file_kinds.PICTURE_FORMATS[said["format"]]}
        return facts | {key: said[key] for key in ("width", "height")}, thumbnail.read()


def _not_a_picture(error: CallFailed, kind: str) -> Invalid:
    if error.kind == pictures.TooManyPixels.__name__:
        millions = pictures.MAX_PIXELS // 1_000_000
        return _refused(_("The picture has more than %(count)d megapixels.") % {"count": millions})
    return file_kinds.mismatch(kind)


def _keep(
    content: File[Any], name: str, actor: Employee, *, thumbnail: bytes | None, **facts: Any
) -> StoredFile:
    """Write the bytes under random names and the row; no bytes stay when the row fails."""
    stored = StoredFile(name=name, uploaded_by=actor, sha256=_digest(content), **facts)
    stored.size = content.size
    written: list[Any] = []
    try:
        content.seek(0)
        stored.content.save(name, content, save=False)
        written.append(stored.content)
        if thumbnail:
            stored.thumbnail.save("thumbnail", ContentFile(thumbnail), save=False)
            written.append(stored.thumbnail)
        with transaction.atomic():
            stored.save()
    except BaseException:
        _remove(written)
        raise
    return stored


def _digest(content: File[Any]) -> str:
    digest = hashlib.sha256()
    content.seek(0)
    for chunk in content.chunks():
        digest.update(chunk)
    return digest.hexdigest()


def delete_orphans() -> int:
    """Remove files that nothing holds (`selectors.files.orphans`); returns how many went.

    Rows first: a row without bytes would be a broken file, bytes without a row only waste.
    """
    removed = 0
    while batch := _take_orphans():
        for stored in batch:
            _remove([stored.content, stored.thumbnail])
        removed += len(batch)
    return removed


@transaction.atomic
def _take_orphans() -> list[StoredFile]:
    """Delete one batch of rows, if they are orphans still; returns what they were."""
    batch = list(orphans().select_for_update(skip_locked=True)[:CLEANED_AT_ONCE])
    StoredFile.objects.filter(pk__in=[stored.pk for stored in batch]).delete()
    return batch


def _remove(files: Iterable[Any]) -> None:
    for file in files:
        if file:
            file.storage.delete(file.name)


def _refused(message: str) -> Invalid:
    return Invalid({"file": [message]}, message)
