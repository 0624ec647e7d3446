"""Where the placeholders of a running instance find their values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from workflows.subjects.base import subjects
from workflows.values import resolve

if TYPE_CHECKING:
    from workflows.engine.run import Run


class RunScope:
    """`Document.…`, `Variable.…`, `Parameter.…`, `Constant.…`, `Step.<id>.…`, `Process.…`,
    `Portal.…` (constants of the whole portal)."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self._subject: Any = None
        self._roots: dict[str, Callable[[], Any]] = {
            "Document": self.subject,
            "Variable": lambda: run.state.variables,
            "Parameter": lambda: run.state.parameters,
            "Constant": run.program.constants,
            "Step": lambda: run.state.results,
            "Process": self._process,
            "Portal": lambda: run.portal_constants,
        }

    @property
    def now(self) -> datetime:
        return self.run.now

    def look(self, path: str) -> Any:
        root, *names = path.split(".")
        value = self._roots[root]() if root in self._roots else None
        for name, following in zip_longest(names, names[1:]):
            link = getattr(value, "linked", None)  # to an element, and on to one of its fields
            on = following is not None and not following.isdecimal()
            value = link(name) if on and callable(link) else step_into(value, name)
        return value

    def subject(self) -> Any:
        """The subject's values by code, read once a step as the instance's employee."""
        instance = self.run.instance
        if self._subject is None and instance.subject in subjects:
            self._subject = subjects.get(instance.subject).values(instance)
        return self._subject

    def matches(self, row: Mapping[str, Any]) -> bool:
        """Whether the subject meets a row of a list filter, asked of the database itself."""
        kind = subjects.get(self.run.instance.subject)
        return kind.matches(self.run.instance, {**row, "value": resolve(row.get("value"), self)})

    def forget(self) -> None:
        """What was read may have been changed by the step that has just been made."""
        self._subject = None

    def _process(self) -> dict[str, Any]:
        instance = self.run.instance
        return {
            "id": instance.pk,
            "started_by": instance.started_by_id,
            "started_at": instance.created_at,
            "run_as": instance.run_as_id,
        }


def step_into(value: Any, name: str) -> Any:
    """A part of a value by its name; None when it has no such part."""
    if isinstance(value, Mapping):
        return value.get(name)
    if isinstance(value, list | tuple) and name.isdecimal():
        return value[int(name)] if int(name) < len(value) else None
    part = getattr(value, "part", None)  # values that bring their own: links, employees
    return part(name) if callable(part) else None
