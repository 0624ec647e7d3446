"""The table of functions in the docs is the registry's own."""

from __future__ import annotations

from pathlib import Path

from django.utils import translation

from workflows.formulas import functions
from workflows.formulas.registry import GROUPS

PAGE = Path(__file__).resolve().parents[2] / "docs/how-to/formulas.md"


def table() -> str:
    lines = []
    for group, label in GROUPS.items():
        lines += [f"### {label}", "", "| names | what it gives | example |", "|---|---|---|"]
        for one in functions:
            if one.group == group:
                names = ", ".join(f"`{name}`" for name in one.names)
                lines.append(f"| {names} | {one.help} | `{one.example}` |")
        lines.append("")
    return "\n".join(lines)


def test_the_page_lists_the_functions_that_there_are() -> None:
    with translation.override("en"):
        assert table() in PAGE.read_text()
