"""Keeping what was typed in a form of an element until it is saved or thrown away."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lists_core.access import Right, schema_for
from lists_core.models import ElementDraft, List
from lists_core.schema.compile import Schema
from lists_core.selectors.elements import access_element
from lists_core.selectors.lists import access_list
from staff.models import Employee
from svod.base.errors import Invalid

MAX_LETTERS = 200_000
MOST = 100
JUST_NOW = timedelta(seconds=5)
DRAWN = "controls"
"""The hidden control in which a form names the controls that it was drawn with."""
OTHER_CONTROLS = ("SECTION", "version", "readers", DRAWN)
"""Controls of the form that belong to no field of the list."""


def keep_draft(
    list_id: int, element_id: int | None, typed: Mapping[str, Sequence[str]], *, actor: Employee
) -> bool:
    """Keep what a browser sent of the form (control → texts) in the place of an older draft.

    Secrets, files and what belongs to no field that the actor may change are left out. Returns
    whether it is kept: an answer that comes after the actor's own save is late. Raises NotFound,
    Forbidden, Invalid (too long).
    """
    schema, row = _opened(actor, list_id, element_id)
    if row is not None and _just_saved(row, actor):
        return False
    values = {
        _storable(name): [_storable(text) for text in typed[name]] for name in _kept(schema, typed)
    }
    if sum(len(text) for texts in values.values() for text in texts) > MAX_LETTERS:
        raise Invalid({"": [_("This is too long to be kept as a draft.")]})
    with transaction.atomic():
        mine = ElementDraft.objects.filter(employee=actor, list=list_id, element=element_id)
        if not mine.update(values=values, saved_at=timezone.now()):
            _add(actor, list_id, element_id, values)
        _forget_more_than(MOST, actor)
    return True


def drop_draft(list_id: int, element_id: int | None, *, actor: Employee) -> None:
    """The form was saved, or the person throws the draft away."""
    ElementDraft.objects.filter(employee=actor, list=list_id, element=element_id).delete()


def forget_old_drafts() -> None:
    oldest = timezone.now() - timedelta(days=settings.DRAFT_DAYS)
    ElementDraft.objects.filter(saved_at__lt=oldest).delete()


def draft_codes(schema: Schema, values: Mapping[str, Sequence[str]]) -> set[str]:
    """Codes of the controls of which a draft knows what was typed, if only that it was nothing.

    A control that the form got after it was left is not among them.
    """
    drawn, known = " ".join(values.get(DRAWN, ())).split(), _known(schema)
    return _may_keep(schema).intersection([*drawn, *(_owner(name, known) for name in values)])


# --- own steps --------------------------------------------------------------------------


def _opened(actor: Employee, list_id: int, element_id: int | None) -> tuple[Schema, object]:
    if element_id is None:
        list_: List = access_list(actor, Right.ADD, list_id)
        return schema_for(actor, list_, new=True), None
    return access_element(actor, Right.CHANGE, list_id, element_id)[1:]


def _add(
    actor: Employee, list_id: int, element_id: int | None, values: dict[str, list[str]]
) -> None:
    """A draft that two tabs begin at once is one of theirs."""
    row = ElementDraft(
        employee=actor,
        list_id=list_id,
        element_id=element_id,
        values=values,
        saved_at=timezone.now(),
    )
    ElementDraft.objects.bulk_create([row], ignore_conflicts=True)


def _just_saved(row: object, actor: Employee) -> bool:
    by, at = getattr(row, "modified_by", None), getattr(row, "modified_at", None)
    return by == actor.pk and at is not None and timezone.now() - at < JUST_NOW


def _kept(schema: Schema, names: Iterable[str]) -> list[str]:
    """Those of the controls' names that belong to a field which may be kept."""
    known, kept = _known(schema), _may_keep(schema)
    return [name for name in names if _owner(name, known) in kept]


def _known(schema: Schema) -> set[str]:
    return {*(field.code for field in schema.editable), *OTHER_CONTROLS}


def _may_keep(schema: Schema) -> set[str]:
    open_ = (field.code for field in schema.changeable if not field.type.concealed)
    return {*open_, *OTHER_CONTROLS}


def _storable(text: str) -> str:
    """What the database can keep: no zero bytes, no halves of letters."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def _owner(name: str, codes: set[str]) -> str:
    """The code of the field to which a control belongs: PRICE, PRICE_0 and PRICE-clear are
    PRICE's, unless there is a field PRICE_0."""
    parts = [name[:place] for place, letter in enumerate(name) if letter in "_-"]
    return next((part for part in [name, *reversed(parts)] if part in codes), "")


def _forget_more_than(most: int, actor: Employee) -> None:
    mine = ElementDraft.objects.filter(employee=actor).order_by("-saved_at")
    ElementDraft.objects.filter(pk__in=list(mine.values_list("pk", flat=True)[most:])).delete()
