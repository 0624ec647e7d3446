"""What the designer's forms know while they draw one draft: its lists, names, placeholders.

Everything is read as the designer, so nothing is offered that they may not see, and each
thing is asked of the database once a request.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from lists_core.access import Right, schema_for, visible_lists
from lists_core.models import List
from lists_core.schema.compile import Schema
from lists_core.selectors.sections import section_choices
from staff.models import Employee
from workflows.actions.base import Text
from workflows.engine.tree import all_steps
from workflows.models import Template
from workflows.widgets.base import readable


@dataclass
class Scene:
    """One draft before one person; `tree` may have any mistake that a draft may have."""

    template: Template
    tree: Mapping[str, Any]
    actor: Employee
    _schemas: dict[int, Schema | None] = field(default_factory=dict)

    @cached_property
    def _lists(self) -> dict[int, List]:
        return {one.pk: one for one in visible_lists(self.actor).order_by("name")}

    def share(self, other: Scene) -> None:
        """Take over what another scene of the same person has read."""
        if "_lists" in vars(other):
            vars(self)["_lists"] = other._lists
        self._schemas = other._schemas

    @cached_property
    def lists(self) -> dict[int, str]:
        """id → name of the lists that the designer sees."""
        return {pk: one.name for pk, one in self._lists.items()}

    def schema(self, list_id: int | None) -> Schema | None:
        """The list's fields as the designer may see them; None for an unseen list."""
        if list_id is None or list_id not in self._lists:
            return None
        if list_id not in self._schemas:
            self._schemas[list_id] = schema_for(self.actor, self._lists[list_id])
        return self._schemas[list_id]

    def sections(self, list_id: int | None) -> list[tuple[int, str]]:
        if list_id is None or list_id not in self._lists:
            return []
        return section_choices(self._lists[list_id], self.actor, right=Right.VIEW)

    @cached_property
    def processes(self) -> dict[str, str]:
        """code → name of the published processes that a step may call."""
        rows = Template.objects.filter(deleted_at=None).exclude(active_version=None)
        mine = (row for row in rows if row.list_id is None or row.list_id in self._lists)
        return {row.code: row.name for row in mine}

    @property
    def variables(self) -> dict[str, str]:
        """code → caption."""
        return named(self.tree.get("variables"))

    @cached_property
    def steps(self) -> dict[str, Mapping[str, Any]]:
        """The steps by id, in reading order."""
        steps = self.tree.get("steps", ())
        return {str(step.get("id", "")): step for step in all_steps(steps)}

    @cached_property
    def captions(self) -> dict[str, str]:
        """Path of a placeholder → what it is called, for the whole draft."""
        from workflows.designer.placeholders import groups

        return {one.path: one.caption for group in groups(self) for one in group.items}

    @cached_property
    def options(self) -> dict[str, Mapping[str, Text]]:
        """Path of a placeholder → the labels of the codes that its value may be."""
        from workflows.designer.placeholders import groups

        return {one.path: one.options or {} for group in groups(self) for one in group.items}

    def readable(self, text: str) -> str:
        return readable(text, self.captions)


def named(items: Any) -> dict[str, str]:
    """code → caption of the variables, parameters or constants of a draft."""
    known = items if isinstance(items, list) else []
    rows = [one for one in known if isinstance(one, dict) and one.get("code")]
    return {str(one["code"]): str(one.get("label") or one["code"]) for one in rows}
