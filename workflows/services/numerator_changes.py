"""Setting the number from which a numerator goes on."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lists_core.access import Right
from lists_core.models import FieldOption
from lists_core.schema.compile import Schema
from lists_core.selectors.elements import access_element
from lists_core.services.elements import open_list, update_element
from staff.models import Employee
from staff.services import audit
from svod.base.errors import Invalid
from workflows.models import IssuedNumber, NumeratorList
from workflows.numbering import period
from workflows.selectors.numerators import numerator

MAX_NUMBER = 10**15
EVENT = "numerator.set"


def set_next_number(list_id: int, numerator_id: int, number: int, *, actor: Employee) -> None:
    """The next number taken will be this one. Needs the right to change the numerator, and its
    field of the last number.

    A number that was given out in this period does not come again. Raises NotFound, Forbidden,
    Invalid (errors under "number").
    """
    if not 1 <= number <= MAX_NUMBER:
        raise Invalid({"number": [_("Enter a number from 1.")]})
    with transaction.atomic():
        open_list(list_id)  # takers wait until it is set
        before = numerator(actor, list_id, numerator_id, Right.CHANGE)
        _list, schema, row = access_element(actor, Right.CHANGE, list_id, numerator_id)
        here = period(_reset(schema, row), timezone.now())
        _check_new(list_id, numerator_id, here, number)
        values = {NumeratorList.LAST: number - 1, NumeratorList.PERIOD: here or None}
        update_element(list_id, numerator_id, values, version=row.version, actor=actor)
        audit.record(
            EVENT,
            actor=actor,
            subject=f"element:{list_id}:{numerator_id}",
            subject_name=row.name,
            about={"before": before.following, "after": number},
        )


def _reset(schema: Schema, row: Any) -> str:
    field = schema.get(NumeratorList.RESET)
    option: int | None = field.read(row) if field else None
    if option is None:
        return ""
    return FieldOption.objects.filter(pk=option).values_list("code", flat=True).first() or ""


def _check_new(list_id: int, numerator_id: int, here: str, number: int) -> None:
    given = IssuedNumber.objects.filter(
        list=list_id, numerator_id=numerator_id, period=here, value__gte=number
    )
    last = given.order_by("-value").values_list("value", flat=True).first()
    if last is not None:
        text = _("Numbers up to %(last)d were given out: begin with a greater one.")
        raise Invalid({"number": [text % {"last": last}]})
