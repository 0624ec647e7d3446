"""Numerators: ordinary elements of a list that give out numbers without gaps.

The element's row is locked, so takers take turns, and the number is part of the taker's
transaction: what is undone gives its number back.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lists_core.access import Right, remembering
from lists_core.models import FieldOption, List
from lists_core.schema.cache import schema_of
from lists_core.schema.ddl import lock_for_write
from lists_core.selectors.elements import access_element
from lists_core.services.fields import create_field
from lists_core.services.lists import create_list
from staff.models import Employee
from svod.base.errors import Invalid
from workflows.models import Instance, IssuedNumber, NumeratorList
from workflows.numbering import check_format, format_number, period

RESET_LABELS = {
    "year": gettext_lazy("Every year"),
    "quarter": gettext_lazy("Every quarter"),
    "month": gettext_lazy("Every month"),
    "day": gettext_lazy("Every day"),
}
DEFAULT_FORMAT = "{number}"


@transaction.atomic
def create_numerator_list(*, actor: Employee) -> List:
    """The list "Numerators" with its fields; whoever may create lists may make one."""
    list_ = create_list(actor=actor, name=_("Numerators"), icon="list-numbers")
    own = NumeratorList
    create_field(list_.pk, "number", actor=actor, name=_("Last number"), code=own.LAST)
    create_field(list_.pk, "string", actor=actor, name=_("Format"), code=own.FORMAT)
    options = [{"id": None, "name": str(label)} for label in RESET_LABELS.values()]
    reset = create_field(
        list_.pk, "list", actor=actor, name=_("Begins anew"), code=own.RESET,
        settings={"options": options},
    )  # fmt: skip
    for option, code in zip(reset.options.order_by("pk"), RESET_LABELS, strict=True):
        FieldOption.objects.filter(pk=option.pk).update(code=code)
    create_field(list_.pk, "string", actor=actor, name=_("Period"), code=own.PERIOD)
    NumeratorList.objects.create(list=list_)
    return list_


def take_number(
    list_id: int,
    numerator_id: int,
    *,
    actor: Employee,
    instance: Instance | None = None,
    step: str = "",
    now: datetime | None = None,
) -> IssuedNumber:
    """The numerator's next number. Needs the right to run processes on it.

    Raises NotFound, Forbidden, Invalid for a format that cannot be used.
    """
    now = now or timezone.now()
    with transaction.atomic():
        lock_for_write(list_id)
        with remembering():
            list_, _schema, _row = access_element(actor, Right.RUN, list_id, numerator_id)
        # From here on other takers wait, so little is left to be done.
        numerator = _Numerator(list_, numerator_id)
        value = numerator.advance(now)
        _check_new(list_id, numerator_id, numerator.period, value, numerator.format, now)
        return IssuedNumber.objects.create(
            list_id=list_id,
            numerator_id=numerator_id,
            period=numerator.period,
            value=value,
            text=format_number(numerator.format, value, now),
            instance=instance,
            step=step,
            at=now,
        )


def _check_new(
    list_id: int, numerator_id: int, period_: str, value: int, form: str, now: datetime
) -> None:
    """Somebody may have put the last number back by hand."""
    given = IssuedNumber.objects.filter(
        list=list_id, numerator_id=numerator_id, period=period_, value=value
    )
    if given.exists():
        text = _("The number %(number)s was given out already: set the numerator's next number.")
        number = format_number(form, value, now)
        raise Invalid({NumeratorList.LAST: [text % {"number": number}]})


class _Numerator:
    """The locked row of a numerator, read and written past the history of elements: the
    issued numbers are its history."""

    def __init__(self, list_: List, numerator_id: int) -> None:
        self.schema = schema_of(list_)
        rows = self.schema.model.objects.select_for_update()
        self.row: Any = rows.get(pk=numerator_id)
        self.period = ""
        self.format = self._format()

    def advance(self, now: datetime) -> int:
        """Count on by one, from 1 in a new period."""
        self.period = period(self._reset(), now)
        last = self._read(NumeratorList.LAST) or 0
        begun = self._read(NumeratorList.PERIOD) or ""
        value = 1 if self.period and begun != self.period else int(last) + 1
        columns = self._columns(NumeratorList.LAST, value)
        columns |= self._columns(NumeratorList.PERIOD, self.period or None)
        self.schema.model.objects.filter(pk=self.row.pk).update(
            **columns, version=self.row.version + 1
        )
        return value

    def _format(self) -> str:
        text = str(self._read(NumeratorList.FORMAT) or DEFAULT_FORMAT)
        try:
            return check_format(text)
        except ValidationError as error:
            raise Invalid({NumeratorList.FORMAT: error.messages}) from None

    def _reset(self) -> str:
        chosen = self._read(NumeratorList.RESET)
        options = self.schema[NumeratorList.RESET].field.options.all()
        return next((str(one.code) for one in options if one.pk == chosen), "")

    def _read(self, code: str) -> Any:
        field = self.schema.get(code)
        if field is None:
            text = _("The numerator has lost its field “%(code)s”.")
            raise Invalid({code: [text % {"code": code}]})
        return field.read(self.row)

    def _columns(self, code: str, value: Any) -> dict[str, Any]:
        return dict(self.schema[code].to_columns(value))
