"""Texts in files that spreadsheets open: none of them may become a formula."""

from __future__ import annotations

import re

# Spreadsheets run a cell that begins so; the apostrophes are those of an earlier export.
FORMULA = re.compile(r"'*\s*[=+\-@＝＋－＠]|[\t\r\n]")


def is_formula(text: str) -> bool:
    """A spreadsheet would take the text for a formula."""
    return FORMULA.match(text) is not None


def neutralised(text: str) -> str:
    """The text with an apostrophe in front when it would be a formula; import takes it off."""
    return f"'{text}" if is_formula(text) else text
