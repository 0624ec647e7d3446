"""The outer shape of a draft: whatever comes in, the rest of the program may rely on it.

A draft may have any mistake of meaning (unknown actions, missing values), but it is a tree of
steps with ids, its parts are lists, and it is not larger than a process may be.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from svod.base.errors import Invalid

STEP_ID = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")
PARTS = ("variables", "parameters", "constants", "triggers")
MAX_STEPS = 1_000
MAX_NESTING = 20
MAX_BYTES = 1_000_000
STEP_TEXTS = ("type", "name")


def shaped(raw: Any) -> dict[str, Any]:
    """The draft as plain JSON with all its parts. Raises Invalid."""
    if not isinstance(raw, Mapping) or len(json.dumps(raw, default=str)) > MAX_BYTES:
        raise _damaged()
    tree = dict(raw)
    tree["steps"] = _steps(tree.get("steps", []), depth=1, ids=set())
    for part in PARTS:
        tree[part] = _rows(tree.get(part, []))
    return tree


def _steps(raw: Any, *, depth: int, ids: set[str]) -> list[dict[str, Any]]:
    if not isinstance(raw, list) or depth > MAX_NESTING:
        raise _damaged()
    return [_step(one, depth=depth, ids=ids) for one in raw]


def _step(raw: Any, *, depth: int, ids: set[str]) -> dict[str, Any]:
    if not isinstance(raw, Mapping) or not isinstance(raw.get("params", {}), Mapping):
        raise _damaged()
    step_id = raw.get("id")
    if not isinstance(step_id, str) or not STEP_ID.fullmatch(step_id) or step_id in ids:
        raise _damaged()
    ids.add(step_id)
    if len(ids) > MAX_STEPS or not all(isinstance(raw.get(one, ""), str) for one in STEP_TEXTS):
        raise _damaged()
    step = dict(raw)
    if "branches" in step:
        branches = _rows(step["branches"])
        step["branches"] = [
            {**one, "steps": _steps(one.get("steps", []), depth=depth + 1, ids=ids)}
            for one in branches
        ]
    return step


def _rows(raw: Any) -> list[dict[str, Any]]:
    if not isinstance(raw, list) or not all(isinstance(one, Mapping) for one in raw):
        raise _damaged()
    return [dict(one) for one in raw]


def _damaged() -> Invalid:
    return Invalid({"": [_("The draft is damaged and was not saved.")]})
