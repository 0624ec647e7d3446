"""What the limited child process does with templates: `check` and `render`."""

from __future__ import annotations

import io
import json
from typing import IO, Any
from zipfile import ZipFile

from workflows.documents.environment import Environment, Forbidden
from workflows.documents.package import Refused, open_package
from workflows.documents.plain import Picture, read
from workflows.documents.scan import Mistake, scan

MAX_WIDTH_MM = 250


class NoSuchName(Exception):
    """The template names what was not given."""


def check(source: IO[bytes], target: IO[bytes]) -> dict[str, Any]:
    """`{"mistakes": […], "names": {path: place}}` of a template."""
    try:
        package = open_package(source)
    except Refused as error:
        return {"mistakes": [Mistake(str(error)).to_json()], "names": {}}
    mistakes, names = scan(package)
    if not mistakes:
        mistakes = list(_tried(source))
    return {"mistakes": [one.to_json() for one in mistakes[:20]], "names": names}


def _tried(source: IO[bytes]) -> Any:
    """What only shows when docxtpl has made its own text of the template."""
    from docxtpl import DocxTemplate
    from jinja2 import TemplateError

    source.seek(0)
    template = DocxTemplate(io.BytesIO(source.read()))
    environment = Environment()
    template.render_init()
    sources = [template.get_xml()]
    for uri in (template.HEADER_URI, template.FOOTER_URI):
        sources += [template.get_part_xml(part) for _key, part in template.get_headers_footers(uri)]
    for xml in sources:
        try:
            environment.parse(template.patch_xml(xml))
        except Forbidden as error:
            yield Mistake(error.message or "expression")
        except TemplateError as error:
            yield Mistake("layout", detail=str(error)[:200])


def render(
    source: IO[bytes], target: IO[bytes], *, language: str, group: str, point: str
) -> list[str]:
    """Fill a template. `source` is a package: template.docx, data.json and pictures.

    Returns the names of pictures that could not be put in. Raises NoSuchName, Refused.
    """
    from docxtpl import DocxTemplate
    from jinja2 import UndefinedError

    given = ZipFile(source)
    docx = given.read("template.docx")
    open_package(io.BytesIO(docx))
    context = {name: read(raw) for name, raw in json.loads(given.read("data.json")).items()}
    template = DocxTemplate(io.BytesIO(docx))
    environment = Environment(language, (group, point))
    drawn = _Pictures(template, given)
    environment.picture = drawn.put  # type: ignore[attr-defined]
    environment.finalize = drawn.finalize
    try:
        template.render(context, environment, autoescape=True)
    except UndefinedError as error:
        raise NoSuchName(str(error)) from None
    template.save(target)
    return drawn.failed


class _Pictures:
    """Pictures of the given package, put where placeholders stand."""

    def __init__(self, template: Any, given: ZipFile) -> None:
        self.template = template
        self.given = given
        self.failed: list[str] = []

    def put(self, value: Any, width: Any = 50) -> Any:
        """The picture `width` millimetres wide; a list of them one after another."""
        if isinstance(value, list):
            from markupsafe import Markup

            return Markup("").join(self.put(one, width) for one in value)
        if not isinstance(value, Picture):
            return self.finalize(value)
        from docx.shared import Mm
        from docxtpl import InlineImage

        try:
            image = io.BytesIO(_readable(self.given.read(value._place)))
            wide = Mm(min(MAX_WIDTH_MM, max(1, int(width))))
            return InlineImage(self.template, image, width=wide)
        except Exception:  # noqa: BLE001 - whatever is wrong with a picture, the text is written
            self.failed.append(value._text)
            return value._text

    def finalize(self, value: Any) -> Any:
        from workflows.documents.environment import finalize

        if isinstance(value, Picture):
            return self.put(value)
        if isinstance(value, list) and value and all(isinstance(one, Picture) for one in value):
            return self.put(value)
        return finalize(value)


def _readable(content: bytes) -> bytes:
    """The picture in a format that documents know."""
    from PIL import Image

    picture = Image.open(io.BytesIO(content))
    if picture.format in {"PNG", "JPEG", "GIF", "BMP"}:
        return content
    made = io.BytesIO()
    picture.convert("RGBA").save(made, "PNG")
    return made.getvalue()
