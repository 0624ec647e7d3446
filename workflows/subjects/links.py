"""Where a process's subject is found in the portal."""

from __future__ import annotations

from workflows.models import Instance
from workflows.subjects.base import subjects


def subject_url(instance: Instance) -> str:
    """The page of the subject; "" for a process that has none."""
    if not instance.subject or instance.subject not in subjects or instance.subject_id is None:
        return ""
    return subjects.get(instance.subject).url(instance)
