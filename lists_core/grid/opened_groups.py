"""Which groups of a table are open, in its address: `open={"v12":{"e":{}},"v13":{}}`.

Keys are the steps of `reports/levels.py`, what is inside of a group is open below it. Whether
there is such a group shows when it is drawn; here it is only kept small.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from lists_core.grid.grouped import Grouped

NAME = "open"
#: As it stands in an address; as in static/src/elements/grid/opened.ts.
LONGEST, MOST = 1_500, 50
Tree = dict[str, Any]


def opened_groups(text: str, grouped: Grouped) -> tuple[tuple[str, str], ...]:
    """What can be used of it, as a parameter that links lead on."""
    if not text or not grouped.levels or len(quote(text, safe="")) > LONGEST:
        return ()
    try:
        tree = json.loads(text)
        told = json.dumps(tree, ensure_ascii=False, separators=(",", ":"))
        told.encode()  # half of a character is none
    except (ValueError, RecursionError):
        return ()
    if not _fits(tree, len(grouped.levels)) or not 0 < _size(tree) <= MOST:
        return ()
    return ((NAME, told),)


def _fits(tree: Any, levels: int) -> bool:
    """No deeper than the table is grouped."""
    if not isinstance(tree, dict) or (tree and not levels):
        return False
    return all(_fits(inner, levels - 1) for inner in tree.values())


def _size(tree: Tree) -> int:
    return sum(1 + _size(inner) for inner in tree.values())
