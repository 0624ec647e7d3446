"""The portal's side of the limited child: checking a template and filling one."""

from __future__ import annotations

import io
import json
from tempfile import TemporaryFile
from typing import IO, Any
from zipfile import ZIP_STORED, ZipFile

from django.utils.formats import get_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from svod.base.errors import DomainError
from svod.base.sandbox import CallFailed, LimitReached, run_limited
from workflows.documents.data import Gathered
from workflows.documents.messages import TEXTS, undefined

CHECK = "workflows.documents.child:check"
RENDER = "workflows.documents.child:render"
LIMITS: dict[str, Any] = {"cpu_s": 10, "memory_mb": 1024, "wall_s": 40, "output_mb": 100}
MAX_BYTES = 10 * 1024 * 1024


class NotFilled(DomainError):
    """The document cannot be made of this template and these values."""

    code = "not_filled"


def checked(content: IO[bytes]) -> dict[str, Any]:
    """`{"mistakes": […], "names": {…}}` as the child found them; a file that is too much for
    its limits is a mistake, too."""
    try:
        found: dict[str, Any] = run_limited(CHECK, source=content, **LIMITS)
    except LimitReached:
        return {"mistakes": [{"code": "too_complex"}], "names": {}}
    except CallFailed:
        return {"mistakes": [{"code": "damaged"}], "names": {}}
    return found


def filled(template: IO[bytes], gathered: Gathered) -> tuple[bytes, list[str]]:
    """The document, and the names of pictures that could not be put in. Raises NotFilled."""
    made = io.BytesIO()
    language = "ru" if (get_language() or "").startswith("ru") else "en"
    args = {
        "language": language,
        "group": str(get_format("THOUSAND_SEPARATOR")),
        "point": str(get_format("DECIMAL_SEPARATOR")),
    }
    with TemporaryFile() as package:
        _pack(package, template, gathered)
        try:
            left_out: list[str] = run_limited(RENDER, args, source=package, target=made, **LIMITS)
        except LimitReached:
            raise NotFilled(TEXTS["too_complex"]) from None
        except CallFailed as error:
            raise NotFilled(_why(error)) from None
    return made.getvalue(), left_out


def _pack(package: IO[bytes], template: IO[bytes], gathered: Gathered) -> None:
    """Everything the child needs in one file, for it can read nothing else."""
    with ZipFile(package, "w", ZIP_STORED) as out:
        out.writestr("template.docx", template.read())
        out.writestr("data.json", json.dumps(gathered.values, ensure_ascii=False))
        for place, stored in gathered.pictures.items():
            with stored.content.open("rb") as picture:
                out.writestr(place, picture.read())


def _why(error: CallFailed) -> str:
    if error.kind == "NoSuchName":
        return undefined(str(error))
    if error.kind == "SecurityError":
        return _("The template computes with something that is not a number.")
    if error.kind == "Refused":
        return str(TEXTS.get(str(error), TEXTS["damaged"]))
    return _("The template cannot be filled with these values: %(error)s") % {
        "error": str(error)[:200]
    }
