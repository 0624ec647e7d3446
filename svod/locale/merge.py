"""`python svod/locale/merge.py`: parts/*.po of each language → its catalogue, .po and .mo.

`--missing [PATH_PREFIX…]` lists instead, with their places, the texts in the code and the
templates that have no Russian; the exit code is 1 when there are any.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

LOCALE = Path(__file__).resolve().parent
ROOT = LOCALE.parents[1]
LANGUAGE = "ru"
SKIPPED = {".venv", "node_modules", "var", "tests", "benchmarks", "migrations", "static", ".git"}
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
    "gettext_noop": None,
}
Key = tuple[str | None, str]


class PartError(Exception):
    """A part file breaks a rule; the message names the file and the text."""


def merge(language: Path) -> Catalog:
    """All parts of one language as one catalogue; PartError when two parts disagree."""
    merged = Catalog(locale=language.name, project="Svod", charset="utf-8")
    for path in sorted((language / "parts").glob("*.po")):
        for message in read(path, language.name):
            add(merged, message, path)
    return merged


def read(path: Path, locale: str) -> Iterator[Message]:
    with path.open("rb") as lines:
        for message in read_po(lines, locale=locale, abort_invalid=True):
            if message.id and translated(message) and not message.fuzzy:
                yield message


def translated(message: Message) -> bool:
    texts = message.string if isinstance(message.string, list | tuple) else [message.string]
    return all(texts)


def add(merged: Catalog, message: Message, path: Path) -> None:
    known = merged.get(message.id, message.context)
    if known is not None and known.string != message.string:
        raise PartError(f"{path.name}: {message.id!r} is already {known.string!r} in another part")
    for error in message.check(merged):
        raise PartError(f"{path.name}: {message.id!r}: {error}")
    merged.add(message.id, message.string, flags=message.flags, context=message.context)


def write(language: Path) -> None:
    """The merged catalogue in the two forms that Django and people read."""
    catalog = merge(language)
    target = language / "LC_MESSAGES"
    target.mkdir(exist_ok=True)
    with (target / "django.po").open("wb") as lines:
        write_po(lines, catalog, sort_output=True, width=100)
    # A running process may be reading the old one: replace, never rewrite.
    draft = target / f"django.mo.{os.getpid()}"
    with draft.open("wb") as data:
        write_mo(data, catalog)
    draft.replace(target / "django.mo")


def used_texts(prefixes: Iterable[str] = ()) -> Iterator[tuple[Key, str]]:
    """((context, msgid), "file:line") of every text that the code or a template marks."""
    wanted = tuple(prefixes)
    for path in sorted([*ROOT.rglob("*.py"), *ROOT.rglob("*.html"), *ROOT.rglob("*.txt")]):
        name = path.relative_to(ROOT).as_posix()
        if SKIPPED.isdisjoint(path.relative_to(ROOT).parts) and name.startswith(wanted or ""):
            for line, key in texts_of(path):
                yield key, f"{name}:{line}"


def texts_of(path: Path) -> Iterator[tuple[int, Key]]:
    source = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        if "{% " not in source:
            return
        source = as_python(source, path)
    found = extract("python", io.BytesIO(source.encode()), keywords=KEYWORDS)
    for line, texts, _comments, context in found:
        first = texts[0] if isinstance(texts, tuple) else texts
        if first:
            yield line, (context, first)


def as_python(source: str, path: Path) -> str:
    """Django's own rewriting of a template into calls of gettext."""
    from django.utils.translation.template import templatize

    rewritten = templatize(source, origin=str(path))
    # What is no text has become filler: its indentation must not be taken for Python's.
    return "\n".join(line.lstrip() for line in rewritten.splitlines())


def missing(prefixes: Iterable[str] = ()) -> dict[Key, list[str]]:
    """The texts without Russian and the places where each is used."""
    catalog = merge(LOCALE / LANGUAGE)
    places: dict[Key, list[str]] = {}
    for (context, text), place in used_texts(prefixes):
        if catalog.get(text, context) is None and not in_django(text, context):
            places.setdefault((context, text), []).append(place)
    return places


def in_django(text: str, context: str | None) -> bool:
    """Django's own catalogue covers the words of its forms and its admin."""
    return (context, text) in django_texts()


def django_texts() -> set[Key]:
    if not DJANGO_TEXTS:
        import django

        for path in Path(django.__file__).parent.rglob(f"locale/{LANGUAGE}/LC_MESSAGES/django.po"):
            for message in read(path, LANGUAGE):
                first = message.id if isinstance(message.id, str) else message.id[0]
                DJANGO_TEXTS.add((message.context, first))
    return DJANGO_TEXTS


DJANGO_TEXTS: set[Key] = set()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--missing", nargs="*", metavar="PATH_PREFIX")
    prefixes = parser.parse_args().missing
    if prefixes is None:
        for parts in sorted(LOCALE.glob("*/parts")):
            write(parts.parent)
        return 0
    found = missing(prefixes)
    for (_context, text), places in found.items():
        print(f"{text!r}  {', '.join(places)}")
    return 1 if found else 0


if __name__ == "__main__":
    # Run as a script, this folder would come first and hide nothing: the root must be there.
    sys.path.insert(0, str(ROOT))
    try:
        sys.exit(main())
    except PartError as error:
        sys.exit(f"svod: {error}")
