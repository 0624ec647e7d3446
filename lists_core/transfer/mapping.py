"""The first choice of where columns go: by headings, and for a new list by what they hold."""

from __future__ import annotations

import re
from typing import Any

from django.utils.translation import gettext as _

from lists_core.access import schema_for
from lists_core.captions import caption
from lists_core.models import ImportMapping, List
from lists_core.transfer.draft import Draft
from lists_core.transfer.spec import ColumnSpec, ImportSpec
from staff.models import Employee
from svod.base.errors import Invalid

NAMES = ("name", "название", "наименование", "имя", "title", "заголовок", "фио")
PATTERN_PARTS = 3


def first_choice(draft: Draft, list_: List | None, actor: Employee) -> dict[str, Any]:
    """Initial values of the mapping form."""
    targets = _by_heading(draft, list_, actor) if list_ else _all_new(draft)
    chosen: dict[str, Any] = {f"target_{index}": target for index, target in targets.items()}
    chosen |= {"mode": "add", "list_name": draft.file.name.rsplit(".", 1)[0][:200]}
    if "field:NAME" not in targets.values():
        chosen["name_pattern"] = " ".join(f"{{{name}}}" for name in draft.headings[:PATTERN_PARTS])
    return chosen


def _by_heading(draft: Draft, list_: List, actor: Employee) -> dict[int, str]:
    """Columns whose heading is a field's name or code; each field is taken once."""
    known: dict[str, str] = {}
    for entry in schema_for(actor, list_, new=True).all_fields:
        if entry.type.importable and (entry.code in {"NAME", "ID", "SECTION"} or entry.field.pk):
            known.update({_plain(entry.code): entry.code, _plain(entry.name): entry.code})
    if "SECTION" in known.values():
        known.setdefault(_plain(caption(list_, "section_name")), "SECTION")
    found: dict[int, str] = {}
    for index, heading in enumerate(draft.headings):
        code = known.get(_plain(heading))
        if code and code != "ID" and f"field:{code}" not in found.values():
            found[index] = f"field:{code}"
    named = _called_name(draft)
    if named is not None and named not in found and "field:NAME" not in found.values():
        found[named] = "field:NAME"
    return found


def _all_new(draft: Draft) -> dict[int, str]:
    targets = {index: f"new:{guess.type}" for index, guess in enumerate(draft.guesses)}
    name = _name_column(draft)
    return targets if name is None else {**targets, name: "field:NAME"}


def _name_column(draft: Draft) -> int | None:
    """A column called "name", or the first text that never repeats."""
    if (named := _called_name(draft)) is not None:
        return named
    for index, guess in enumerate(draft.guesses):
        texts = draft.filled(index)
        if guess.type == "string" and texts and len(set(texts)) == len(texts) == len(draft.rows):
            return index
    return None


def _called_name(draft: Draft) -> int | None:
    places = draft.places()
    return next((places[word] for word in NAMES if word in places), None)


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold())


def choice_of(spec: ImportSpec) -> dict[str, Any]:
    """Initial values of the mapping form that repeat an earlier import."""
    chosen: dict[str, Any] = {f"target_{index}": "" for index, _name in enumerate(spec.headings)}
    for column in spec.columns:
        chosen[f"target_{column.index}"] = _target(column)
        chosen[f"key_{column.index}"] = column.key
        chosen[f"lenient_{column.index}"] = column.lenient
    own = ("mode", "keep_empty", "name_pattern")
    return chosen | {name: getattr(spec, name) for name in own}


def _target(column: ColumnSpec) -> str:
    if column.new is None:
        return f"field:{column.code}"
    linked = column.new.settings.get("list")
    return f"new:{column.new.type}:{linked}" if linked else f"new:{column.new.type}"


def spec_of(mapping: ImportMapping, draft: Draft) -> ImportSpec:
    """The import of this file by a saved mapping. Raises Invalid when its headings differ.

    The file is read as it was found to be written; only the sheet and the row of the headings
    are the mapping's business, and those the draft has already.
    """
    if list(draft.headings) != mapping.headings:
        raise Invalid({}, _("The headings of the file are not those of the mapping."))
    own = {"file_id": draft.file.pk, "headings": draft.headings, "layout": draft.layout.to_json()}
    return ImportSpec.from_json({**mapping.choices, **own})
