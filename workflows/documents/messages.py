"""The child's codes in words, with places as a person counts them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

TEXTS: dict[str, str | Promise] = {
    "damaged": gettext_lazy("The file is damaged: it cannot be opened as a document."),
    "not_docx": gettext_lazy("This is not a Word document (.docx)."),
    "program": gettext_lazy("The document has macros or embedded objects in it."),
    "external": gettext_lazy("The document refers to files outside of itself."),
    "too_large": gettext_lazy("The document unpacks to more than a template may be."),
    "too_complex": gettext_lazy("The template is too complex."),
    "statement": gettext_lazy(
        "“%(detail)s” is not allowed: there are for, if, elif, else, endif and endfor."
    ),
    "expression": gettext_lazy(
        "This expression is not allowed: name a field, compare, or use a filter."
    ),
    "filter": gettext_lazy("There is no filter “%(detail)s”."),
    "loops": gettext_lazy("Loops stand inside one another more than three times."),
    "nested": gettext_lazy("A placeholder holds another one, or is too long."),
    "unclosed": gettext_lazy("“%(detail)s” is not closed in the same paragraph."),
    "attribute": gettext_lazy("A placeholder stands in the description of a picture."),
    "syntax": gettext_lazy("This cannot be understood: %(detail)s"),
    "layout": gettext_lazy("Loops and conditions do not fit to rows and paragraphs: %(detail)s"),
    "name": gettext_lazy("“%(detail)s” is not known."),
}
#: What Jinja says → how a person reads it.
JINJA = (
    (r"unknown tag '(\w+)'", gettext_lazy("there is no “%(what)s”")),
    (r"looking for the following tags: '?(endfor|endif)", gettext_lazy("“%(what)s” is missing")),
    (r"Unexpected end of template", gettext_lazy("an end is missing")),
    (r"[Uu]nexpected '(.+?)'", gettext_lazy("“%(what)s” is unexpected")),
    (r"expected token '(.+?)'", gettext_lazy("“%(what)s” is expected")),
    (r"unexpected char '(.+?)'", gettext_lazy("“%(what)s” is unexpected")),
)
PARTS = {
    "document": gettext_lazy("text"),
    "header": gettext_lazy("header"),
    "footer": gettext_lazy("footer"),
    "footnotes": gettext_lazy("footnotes"),
    "endnotes": gettext_lazy("endnotes"),
    "core": gettext_lazy("properties of the document"),
}
UNDEFINED = re.compile(r"'([^']+)' is undefined|has no attribute '([^']+)'")


def told(mistake: Mapping[str, Any]) -> str:
    """`Таблица 1, строка 2, ячейка 3: нет фильтра «x»`."""
    detail = mistake.get("detail", "")
    if mistake["code"] in {"syntax", "layout"}:
        detail = _jinja(detail)
    text = str(TEXTS.get(mistake["code"], TEXTS["damaged"])) % {"detail": detail}
    where = place(mistake)
    return f"{where}: {text}" if where else text


def place(mistake: Mapping[str, Any]) -> str:
    """The place as a person finds it; "" when the whole file is meant."""
    where = list(mistake.get("where") or ())
    words = []
    part = re.sub(r".*/|\d*\.xml$", "", mistake.get("part", ""))
    if part in PARTS and part != "document":
        words.append(str(PARTS[part]))
    if len(where) == 1:
        words.append(_("paragraph %(number)d") % {"number": where[0]})
    elif where:
        numbers = {"table": where[0], "row": where[1], "cell": where[2]}
        words.append(_("table %(table)d, row %(row)d, cell %(cell)d") % numbers)
    return ", ".join(words)


def _jinja(said: str) -> str:
    for pattern, text in JINJA:
        if found := re.search(pattern, said):
            return str(text) % {"what": found[1] if found.groups() else ""}
    return said


def undefined(said: str) -> str:
    """What the template names and the document's data do not have."""
    found = UNDEFINED.search(said)
    name = (found[1] or found[2]) if found else ""
    return _("The template names “%(name)s”, which there is not.") % {"name": name or said[:100]}
