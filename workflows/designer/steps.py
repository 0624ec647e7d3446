"""Names of steps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workflows.actions.base import actions


def step_name(step: Mapping[str, Any]) -> str:
    """What the step is called: its own name, else its action's."""
    if name := str(step.get("name") or ""):
        return name
    slug = str(step.get("type", ""))
    return str(actions.get(slug).label) if slug in actions else slug
