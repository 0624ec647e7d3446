"""No item of a menu is dead: something in its template or in its script answers the press."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ELEMENTS = ROOT / "static/src/elements"
#: The menus whose items are told apart by `data-act`, and what presses them.
SCRIPTS = {
    "templates/lists/grid/row_menu.html": ELEMENTS / "grid/menu.ts",
    "templates/lists/board/menu.html": ELEMENTS / "board/menu.ts",
}
ITEM = re.compile(r"<(?:a|button)\b[^<>]*\bsv-pop-link\b(?:[^<>]|(?<=%)>)*>")
ACT = re.compile(r'\bdata-act="(\w+)"')
#: Attributes that do something by themselves, wherever they stand.
ALIVE = re.compile(r'\bhref="[^#"]|\bhx-(?:get|post)=|\bdata-(?:url|copy)=')
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


def items(text: str) -> list[str]:
    return ITEM.findall(text)


def handled(act: str, item: str, script: str) -> bool:
    """The script compares the name, or gives the item the address that its panel opens."""
    pressed = re.search(rf'(?:name|dataset\.act) === "{act}"', script)
    addressed = re.search(rf"""\[data-act="{act}"\]'\)""", script)
    opens = "data-drawer" in item or "data-dialog" in item
    return bool(pressed or (addressed and opens))


def test_every_named_item_is_handled() -> None:
    named = {str(path.relative_to(ROOT)) for path in TEMPLATES if ACT.search(path.read_text())}
    assert named == SCRIPTS.keys(), "a menu of a new kind: name its script here"
    for name, script in SCRIPTS.items():
        for item in items((ROOT / name).read_text()):
            (act,) = ACT.findall(item)
            assert handled(act, item, script.read_text()), f"{name}: {act} does nothing"


def test_the_other_items_are_links_forms_or_htmx() -> None:
    """A button without an address of its own sends the form around it."""
    for path in TEMPLATES:
        text = path.read_text()
        for found in ITEM.finditer(text):
            item = found.group()
            before = text[: found.start()]
            in_form = 'type="button"' not in item and before.rfind("<form") > before.rfind("</form")
            assert ACT.search(item) or ALIVE.search(item) or in_form, f"{path.name}: {item}"
