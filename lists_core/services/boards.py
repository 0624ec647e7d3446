"""Writes of a board: a card moves to another lane, or is added to one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from lists_core.access import Right
from lists_core.selectors.elements import access_element
from lists_core.services.elements import Changed, update_element
from staff.models import Employee
from svod.base.errors import Conflict

ATTEMPTS = 3
NOT_SAID = object()


class MovedAway(Conflict):
    """Another person has moved the card since the page was drawn."""

    code = "card_moved"
    message = _("Someone else has just moved this card.")


def move_card(
    list_id: int,
    element_id: int,
    code: str,
    value: Any,
    *,
    actor: Employee,
    seen: Any = NOT_SAID,
    more: Mapping[str, Any] | None = None,
) -> Any:
    """Give the field of the lanes another value, and `more` values with it.

    What others changed in other fields meanwhile does not matter; `seen` is the value that the
    person saw. Raises NotFound, Forbidden, MovedAway, Invalid (errors by code).
    """
    for attempt in range(ATTEMPTS):
        _list, schema, row = access_element(actor, Right.CHANGE, list_id, element_id)
        if seen is not NOT_SAID and schema[code].read(row) != seen:
            raise MovedAway
        values = {code: value, **(more or {})}
        try:
            return update_element(list_id, element_id, values, version=row.version, actor=actor)
        except Changed:
            if attempt == ATTEMPTS - 1:
                raise
    raise MovedAway
