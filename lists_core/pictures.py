"""What happens to a picture in the limited child process: `look` is called by `run_limited`.

The module is imported by that child, so it knows neither Django nor the database.
"""

from __future__ import annotations

from typing import IO, Any

from PIL import Image, ImageOps

FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF")
MAX_PIXELS = 60_000_000


class TooManyPixels(Exception):
    """The picture would take more memory than any use of it is worth."""


def look(source: IO[bytes], target: IO[bytes], *, side: int) -> dict[str, Any]:
    """Decode a picture, write its thumbnail as WebP and tell {format, width, height}.

    The thumbnail fits a square of `side` pixels; a smaller picture is not enlarged. Width and
    height are those of the picture held upright.
    """
    Image.MAX_IMAGE_PIXELS = None  # our own limit is checked below, before any decoding
    with Image.open(source, formats=FORMATS) as image:
        if image.width * image.height > MAX_PIXELS:
            raise TooManyPixels
        found = image.format
        width, height = _upright_size(image)
        image.draft("RGB", (side * 2, side * 2))
        small = _thumbnail(image, side)
    small.save(target, "WEBP", quality=82, method=3)
    return {"format": found, "width": width, "height": height}


def _upright_size(image: Image.Image) -> tuple[int, int]:
    turned = image.getexif().get(0x0112) in {5, 6, 7, 8}
    return (image.height, image.width) if turned else image.size


def _thumbnail(image: Image.Image, side: int) -> Image.Image:
    small = image if image.mode in {"RGB", "L"} else image.convert("RGBA")
    small.thumbnail((side, side), Image.Resampling.LANCZOS)
    upright = ImageOps.exif_transpose(small)
    return upright.convert("RGBA" if upright.mode == "RGBA" else "RGB")
