"""Photos of people: checked, decoded and written anew, so that nothing of the file survives."""

from __future__ import annotations

import warnings
from io import BytesIO
from typing import IO

from django.core.files.base import ContentFile
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

from svod.base.errors import Invalid, Message

MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 40_000_000
FORMATS = ("JPEG", "PNG", "WEBP")
SIDE, SMALL_SIDE = 480, 160


def read_photo(upload: IO[bytes], size: int) -> tuple[ContentFile[bytes], ContentFile[bytes]]:
    """A square photo and its thumbnail as JPEG files; Invalid when it is no usable picture."""
    if size > MAX_BYTES:
        raise _refused(_("The photo is larger than 10 MB."))
    try:
        with warnings.catch_warnings(action="error", category=Image.DecompressionBombWarning):
            photo = _decode(upload)
    except Invalid:
        raise
    except Exception as error:
        # Pillow's decoders raise nearly anything on a damaged file; all of it means this.
        raise _refused(_("This is not a JPEG, PNG or WebP picture.")) from error
    return _encode(photo, SIDE), _encode(photo, SMALL_SIDE)


def _decode(upload: IO[bytes]) -> Image.Image:
    """The picture upright and without transparency; its size is checked before decoding."""
    image = Image.open(upload, formats=FORMATS)
    if image.width * image.height > MAX_PIXELS:
        raise _refused(_("The photo has more than 40 megapixels."))
    image.draft("RGB", (SIDE * 2, SIDE * 2))
    upright = ImageOps.exif_transpose(image).convert("RGBA")
    white = Image.new("RGBA", upright.size, "white")
    return Image.alpha_composite(white, upright).convert("RGB")


def _encode(photo: Image.Image, side: int) -> ContentFile[bytes]:
    buffer = BytesIO()
    square = ImageOps.fit(photo, (side, side), Image.Resampling.LANCZOS)
    square.save(buffer, "JPEG", quality=85, optimize=True)
    return ContentFile(buffer.getvalue(), name="photo.jpg")


def _refused(message: Message) -> Invalid:
    return Invalid({"photo": [message]})
