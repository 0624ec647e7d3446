"""Finding mistakes of a template with their places, by one pass over its text.

docxtpl's own patterns backtrack (a 37 KB file kept it for 20 s), so what they would choke on is
refused here first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any
from zipfile import ZipFile

from jinja2 import TemplateSyntaxError, nodes
from lxml import etree

from workflows.documents.environment import Environment, forbidden
from workflows.documents.package import TEXT_PART

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
TAG = re.compile(r"\{[{%#]")
PREFIX = re.compile(r"(\{[{%#])(-?)(?:tr|tc|p|r)\s")
STATEMENT = re.compile(r"\{%-?\s*(\S*)")
STATEMENTS = {"for", "endfor", "if", "elif", "else", "endif"}
QUOTES = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'"})
MAX_TAGS = 3_000
MAX_TAG = 500
MAX_TEXT = 2_000_000
PARSER = etree.XMLParser(
    resolve_entities=False, no_network=True, huge_tree=False, remove_comments=True
)


@dataclass(frozen=True)
class Mistake:
    """`code` says what, `part` and `where` (numbers) say the place, `text` is what stands there."""

    code: str
    part: str = ""
    where: tuple[int, ...] = ()
    text: str = ""
    detail: str = ""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Place:
    """A paragraph: its number, or table, row, cell."""

    where: tuple[int, ...]
    text: str


def scan(package: ZipFile) -> tuple[list[Mistake], dict[str, Any]]:
    """The mistakes, and the paths that placeholders name with what they stand in."""
    mistakes: list[Mistake] = []
    names: dict[str, Any] = {}
    for part in package.namelist():
        if TEXT_PART.fullmatch(part):
            for found in _scan_part(part, package.read(part)):
                if isinstance(found, Mistake):
                    mistakes.append(found)
                else:
                    names.setdefault(*found)
    return mistakes, names


def _scan_part(part: str, xml: bytes) -> Iterator[Mistake | tuple[str, Any]]:
    try:
        root = etree.fromstring(xml, PARSER)
    except etree.XMLSyntaxError:
        yield Mistake("damaged", part)
        return
    places = list(_places(root))
    yield from _rough(part, root, places)
    lines = [PREFIX.sub(r"\1\2 ", one.text).translate(QUOTES) for one in places]
    environment = Environment()
    for place in _unclosed(part, places):
        yield place
        return
    try:
        # Not `_parse`: all that is forbidden is to be told, not the first of it.
        tree = super(Environment, environment)._parse("\n".join(lines), None, None)
    except TemplateSyntaxError as error:
        yield _placed("syntax", part, places, error.lineno, error.message or "")
        return
    except RecursionError:
        yield Mistake("too_complex", part)
        return
    for code, node in forbidden(tree, environment):
        detail = node.name if isinstance(node, nodes.Filter) else ""
        yield _placed(code, part, places, node.lineno, detail)
    for path, line in paths_of(tree):
        found = _placed("name", part, places, line, path)
        yield path, found.to_json()


def _places(root: Any) -> Iterator[Place]:
    """Paragraphs in reading order; a part without them (properties) is read tag by tag."""
    paragraphs = list(root.iter(f"{W}p"))
    if not paragraphs:
        yield from (Place((), _line(one.text)) for one in root.iter() if one.text)
        return
    tables = {table: number for number, table in enumerate(root.iter(f"{W}tbl"), 1)}
    number = 0
    for paragraph in paragraphs:
        cell = next(paragraph.iterancestors(f"{W}tc"), None)
        if cell is None:
            number += 1
            yield Place((number,), _line(_text(paragraph)))
        else:
            yield Place(_cell(cell, tables), _line(_text(paragraph)))


def _text(paragraph: Any) -> str:
    """All text of a paragraph, that of fields and of hidden parts too, without boxes in it."""
    return "".join(
        one.text
        for one in paragraph.iter()
        if isinstance(one.tag, str)
        and one.text
        and next(one.iterancestors(f"{W}p"), None) is paragraph
    )


def _cell(cell: Any, tables: dict[Any, int]) -> tuple[int, ...]:
    row, table = cell.getparent(), next(cell.iterancestors(f"{W}tbl"))
    rows = list(table.iterchildren(f"{W}tr"))
    cells = list(row.iterchildren(f"{W}tc"))
    at = rows.index(row) + 1 if row in rows else 0
    return tables[table], at, cells.index(cell) + 1 if cell in cells else 0


def _line(text: str) -> str:
    return " ".join(text.split("\n"))


def _rough(part: str, root: Any, places: list[Place]) -> Iterator[Mistake]:
    """What must not reach docxtpl at all."""
    if sum(len(one.text) for one in places) > MAX_TEXT:
        yield Mistake("too_complex", part)
    if sum(len(TAG.findall(one.text)) for one in places) > MAX_TAGS:
        yield Mistake("too_complex", part)
    for one in root.iter():
        if any(TAG.search(value) for value in one.attrib.values()):
            yield Mistake("attribute", part, (), max(one.attrib.values(), key=len)[:80])
            break
    for place in places:
        for statement in STATEMENT.findall(PREFIX.sub(r"\1\2 ", place.text)):
            if statement.rstrip("%}-") not in STATEMENTS:
                yield Mistake("statement", part, place.where, place.text[:120], statement[:40])


def _unclosed(part: str, places: list[Place]) -> Iterator[Mistake]:
    """A tag that does not end in its own paragraph, or holds another."""
    for place in places:
        text = place.text
        at = 0
        while found := TAG.search(text, at):
            end = {"{{": "}}", "{%": "%}", "{#": "#}"}[found[0]]
            stop = text.find(end, found.end())
            if stop < 0:
                yield Mistake("unclosed", part, place.where, text[:120], text[found.start() :][:40])
                return
            if stop - found.start() > MAX_TAG or TAG.search(text, found.end(), stop):
                yield Mistake("nested", part, place.where, text[:120], text[found.start() :][:40])
                return
            at = stop + 2


def _placed(code: str, part: str, places: list[Place], line: int | None, detail: str) -> Mistake:
    number = min(max((line or 1) - 1, 0), len(places) - 1) if places else 0
    place = places[number] if places else Place((), "")
    return Mistake(code, part, place.where, place.text.strip()[:120], detail[:200])


def paths_of(tree: nodes.Node) -> Iterator[tuple[str, int]]:
    """(path, line) of every name that is not a loop's own: `Поставщик.Город`.

    What is read of a loop's variable is a path of what it loops over: `rows.PRICE`.
    """
    yield from _paths(tree, {"loop": ""})


def _paths(node: nodes.Node, own: dict[str, str]) -> Iterator[tuple[str, int]]:
    path = _path(node, own)
    if path is not None:
        if path:
            yield path, node.lineno
        return
    if isinstance(node, nodes.For) and isinstance(node.target, nodes.Name):
        yield from _paths(node.iter, own)
        inner = {**own, node.target.name: _path(node.iter, own) or ""}
        for one in [*node.body, *([node.test] if node.test else [])]:
            yield from _paths(one, inner)
        for one in node.else_:
            yield from _paths(one, own)
        return
    if (
        isinstance(node, nodes.Filter)
        and node.name in {"total", "сумма"}
        and node.node
        and node.args
    ):
        base, name = _path(node.node, own), node.args[0]
        if base and isinstance(name, nodes.Const):
            yield f"{base}.{name.value}", node.lineno
    for one in node.iter_child_nodes():
        yield from _paths(one, own)


def _path(node: nodes.Node, own: dict[str, str]) -> str | None:
    """The dotted path of a name or of a part of one; "" for what belongs to a loop alone."""
    if isinstance(node, nodes.Name):
        return own.get(node.name, node.name)
    if isinstance(node, nodes.Getattr):
        base = _path(node.node, own)
        return None if base is None else f"{base}.{node.attr}" if base else ""
    return None
