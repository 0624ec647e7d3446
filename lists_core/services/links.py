"""What deletion does with the links to what is deleted, as each link field's designer chose.

Nothing goes to the bin while a field that says "refuse" or "ask" names it (`check_unused`); how
links are replaced is in `link_writes`. Structure work: all rows count, whoever may see them.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lists_core.field_types.on_delete import EMPTY, STOPS
from lists_core.selectors.linking import Pointing, every_pointing, pointing, used_by
from lists_core.services.listeners import Refused
from staff.models import Employee
from svod.base.errors import Conflict

NAMED = 5


class Linked(Conflict):
    """The thing is used, and a field's designer wants it replaced before it goes."""

    code = "linked"
    message = gettext_lazy("This value is used: replace it before it is deleted.")


def stopped(list_id: int, kind: str, ids: Collection[int], *, actor: Employee) -> Refused:
    """Which of the ids may not be deleted now, and why. Two queries, one where no field asks."""
    asking = [one for one in every_pointing(list_id, kind) if one.rule in STOPS]
    used = used_by(asking, ids) if asking else {}
    if not used:
        return {}
    seen = {one.field.key for one in pointing(actor, list_id, kind)}
    return {pk: Linked(_told(fields, seen)) for pk, fields in used.items()}


def check_unused(list_id: int, kind: str, target: int, *, actor: Employee) -> None:
    """Raise Linked when the thing may not be deleted now."""
    refused = stopped(list_id, kind, [target], actor=actor)
    if refused:
        raise refused[target]


def emptied(list_id: int, kind: str, ids: Collection[int]) -> bool:
    """Whether links to any of these are to be emptied once they are gone."""
    asking = [one for one in every_pointing(list_id, kind) if one.rule == EMPTY]
    return bool(asking and used_by(asking, ids))


def _told(fields: Sequence[Pointing], seen: Collection[str]) -> str:
    """Where it is used, in words; of what the person does not see only that it is there."""
    shown = [f"{one.list.name} – {one.field.name}" for one in fields if one.field.key in seen]
    if len(shown) < len(fields):
        shown = [*shown[: NAMED - 1], _("places that you do not see")]
    said = _("It is used: %(places)s. Replace it there before it is deleted.")
    return said % {"places": ", ".join(shown[:NAMED])}
