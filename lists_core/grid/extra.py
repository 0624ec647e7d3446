"""What upper apps add to grids: columns that no field holds, and deeds for many elements.

    extra_columns.register(ProcessColumn())
    extra_actions.register(ExtraAction("start", _("Start a process"), "player-play", shown))

An extra column is chosen, moved and sized as others are. It is not sorted, filtered, exported.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise

from lists_core.models import List
from lists_core.schema.compile import Schema
from staff.models import Employee
from svod.base.registry import Registry

if TYPE_CHECKING:
    from lists_core.schema.fields import SchemaField


class ExtraColumn:
    """`slug` stands among the codes of fields: small letters, which no code of a field has."""

    slug: str = ""
    label: str | Promise = ""
    #: CSS pixels.
    width: int = 220

    def shown(self, actor: Employee, list_: List) -> bool:
        """Whether this list has the column for this person; may ask one query."""
        return True

    def cells(self, actor: Employee, list_: List, rows: Sequence[Any]) -> Mapping[int, str]:
        """Element id → HTML (escaped) for the rows of a page, all visible to the actor.

        Asks as many queries for a hundred rows as for one.
        """
        raise NotImplementedError(f"{type(self).__name__} shows nothing")

    # What headers and the dialog of columns read, as of a field.

    @property
    def code(self) -> str:
        return self.slug

    @property
    def name(self) -> str:
        return str(self.label)

    sortable = False


@dataclass(frozen=True)
class ExtraAction:
    """A button of the bar for selected elements. Its dialog is `lists/<id>/bulk/<slug>/`, which
    reads its address by `lists_core.grid.target.target_of`."""

    slug: str
    label: str | Promise
    icon: str
    shown: Callable[[Employee, List], bool]


extra_columns: Registry[ExtraColumn] = Registry("extra column")
extra_actions: Registry[ExtraAction] = Registry("extra action")


def is_column(schema: Schema, code: str) -> bool:
    """Whether a grid of the list may be asked for this column."""
    return schema.get(code) is not None or code in extra_columns


def column_of(schema: Schema, code: str) -> SchemaField | ExtraColumn | None:
    field = schema.get(code)
    if field is None and code in extra_columns:
        return extra_columns.get(code)
    return field


def shown_actions(actor: Employee, list_: List) -> list[ExtraAction]:
    return [action for action in extra_actions if action.shown(actor, list_)]
