"""RESULTS.md in parts: each benchmark writes its own and leaves the others alone."""

from __future__ import annotations

import os
import re
from pathlib import Path

RESULTS = Path(__file__).parent / "RESULTS.md"


def parts() -> list[str]:
    """The parts of the file; each but the first begins with its `## ` line."""
    text = RESULTS.read_text() if RESULTS.exists() else ""
    return [part.strip() for part in re.split(r"(?m)^(?=## )", text) if part.strip()]


def put(text: str) -> None:
    """Write a part in place of the one with the same first line, or at the end;
    a trial run (`BENCH_QUICK`) leaves no trace."""
    if os.environ.get("BENCH_QUICK"):
        return
    head, found = text.strip().splitlines()[0], False
    written = []
    for part in parts():
        same = title(part) == title(head)
        found = found or same
        written.append(text.strip() if same else part)
    RESULTS.write_text("\n\n".join(written if found else [*written, text.strip()]) + "\n")


def title(part: str) -> str:
    """What a part is known by: `Rights` of "## Rights at 1,000,000 elements"."""
    return part.split("\n", 1)[0].lstrip("# ").split(" ")[0]
