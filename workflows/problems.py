"""What checking says of a draft."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["error", "warning"]


@dataclass(frozen=True)
class Problem:
    """A mistake; `step` is "" for the process as a whole, `param` "" for the whole step.

    An error keeps the draft from being published; a warning is for the designer to weigh.
    """

    step: str
    text: str
    param: str = ""
    level: Level = "error"


def warning(step: str, text: str, param: str = "") -> Problem:
    return Problem(step, text, param, "warning")
