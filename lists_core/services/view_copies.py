"""Saved views of a copied list: its options and sections have other ids there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from lists_core.field_types.pickers import is_id
from lists_core.grid.look import json_of
from lists_core.models import List, ListView
from lists_core.schema.cache import schema_of
from lists_core.schema.compile import Schema
from lists_core.selectors.views import views_for
from staff.models import Employee

SECTION = "SECTION"


def copy_views(source: List, target: List, sections: Mapping[int, int], *, actor: Employee) -> None:
    """Those views that are for others too, as far as the actor sees them; they become theirs."""
    carrying = _Carrying(schema_of(source), schema_of(target), sections)
    for view in views_for(actor, source):
        if view.kind == ListView.Kind.PERSONAL:
            continue
        own = ListView.objects.create(
            list=target,
            owner=actor,
            name=view.name,
            state=carrying.state(view.state),
            readers=view.readers,
            sort=view.sort,
        )
        if view.is_default:
            target.default_view = own
            target.save(update_fields=["default_view"])


class _Carrying:
    """What of a state names something of the list that is copied."""

    def __init__(self, old: Schema, new: Schema, sections: Mapping[int, int]) -> None:
        self.old, self.new, self.sections = old, new, sections

    def state(self, state: Mapping[str, str]) -> dict[str, str]:
        carried = dict(state)
        if is_id(section := state.get("section", "")):
            carried["section"] = str(self.sections.get(int(section), section))
        for name in ("filter", "colors"):
            if raw := json_of(state.get(name, "")):
                part = self._part(raw)
                carried[name] = json.dumps(part, ensure_ascii=False, separators=(",", ":"))
        return carried

    def _part(self, raw: Any) -> Any:
        """A condition, or whatever holds some: a group, a rule of colours, a list of them."""
        if isinstance(raw, list):
            return [self._part(one) for one in raw]
        if not isinstance(raw, dict):
            return raw
        if "field" in raw and isinstance(raw.get("value"), list):
            return {**raw, "value": [self._text(raw["field"], text) for text in raw["value"]]}
        return {name: self._part(one) for name, one in raw.items()}

    def _text(self, code: str, text: Any) -> Any:
        """The id of an option or a section as it is in the copy; anything else as it is."""
        if not isinstance(text, str) or not is_id(text):
            return text
        number = int(text)
        if code == SECTION:
            return str(self.sections.get(number, number))
        old, new = self.old.get(code), self.new.get(code)
        if old is None or new is None:
            return text
        carried = old.type.carry(old.field, new.field, number)
        return text if carried in (number, None) else str(carried)
