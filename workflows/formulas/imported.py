"""References as they are written: `[Сумма]`, `{{Document.PRICE}}`, and Bitrix24's
`{=Document:PRICE}`, `{=Variable:X}`, `{=A123_1:Result}`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

ROOTS = {"Document", "Variable", "Parameter", "Constant", "Step", "Process"}
#: Bitrix24's name of a root → ours.
FOREIGN = {
    "document": "Document",
    "variable": "Variable",
    "template": "Parameter",
    "parameter": "Parameter",
    "constant": "Constant",
    "globalconst": "Constant",
    "globalvar": "Variable",
    "workflow": "Process",
}
KNOWN = {"Process": {"id": "id", "startedby": "started_by"}}
FOREIGN_REFERENCE = re.compile(r"\{=\s*([\w]+)\s*:\s*([\w.\-]+)\s*(?:>[^{}]*)?\}")
FOREIGN_FORMULA = re.compile(r"\{\{=((?:[^{}]|\{=[^{}]*\})*)\}\}")


def path_of(reference: str) -> str:
    """The path that a reference means; a bare name in brackets is a field of the document."""
    if found := FOREIGN_REFERENCE.fullmatch(reference):
        return _path(found)
    path = reference.strip("{}[]= \t\n")
    root = path.partition(".")[0]
    return path if root in ROOTS and "." in path else f"Document.{path}"


def rewritten(raw: Any) -> Any:
    """A parameter of an imported process with its references spelled our way, all the way down.

    `{{=DateAdd({=Document:CREATED}, '5d')}}` alone becomes a formula, inside a text it stays
    a formula within it.
    """
    if isinstance(raw, Mapping):
        return {name: rewritten(value) for name, value in raw.items()}
    if isinstance(raw, list):
        return [rewritten(value) for value in raw]
    return _text(raw) if isinstance(raw, str) else raw


def _text(text: str) -> str:
    if whole := FOREIGN_FORMULA.fullmatch(text.strip()):
        return "=" + _bracketed(whole[1])
    text = FOREIGN_FORMULA.sub(lambda found: "{{=" + _bracketed(found[1]) + "}}", text)
    if text.startswith("="):
        return _bracketed(text)
    return FOREIGN_REFERENCE.sub(lambda found: "{{" + _path(found) + "}}", text)


def _bracketed(text: str) -> str:
    return FOREIGN_REFERENCE.sub(lambda found: f"[{_path(found)}]", text)


def _path(found: re.Match[str]) -> str:
    root, name = found[1], found[2]
    ours = FOREIGN.get(root.casefold())
    if ours is None:
        return f"Step.{root}.{name}"
    name = name.removeprefix("PROPERTY_") if ours == "Document" else name
    return f"{ours}.{KNOWN.get(ours, {}).get(name.casefold(), name)}"
