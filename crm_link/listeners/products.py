"""The amount of an item with product rows is their total, whoever writes it and however."""

from __future__ import annotations

from django.utils.translation import gettext as _

from crm_link.kinds import kind_of
from crm_link.products import totals_of
from lists_core.schema.compile import Schema
from lists_core.services.listeners import ElementListener, Write, listeners
from svod.base.errors import Invalid


@listeners.register
class Amount(ElementListener):
    """Asks for rows only where the amount of an item that was there before is written."""

    slug = "crm.amount"

    def hears(self, schema: Schema) -> bool:
        kind = kind_of(schema.list_system)
        return bool(kind and kind.staged)

    def before(self, write: Write) -> None:
        if write.is_new or not write.touches("AMOUNT"):
            return
        totals = write.once("totals", lambda writes: totals_of([one.row.pk for one in writes]))
        amount, total = write.get("AMOUNT"), totals.get(write.row.pk)
        if total is not None and (amount is None or amount.amount != total):
            raise Invalid({"AMOUNT": [_("The amount follows the products: change these.")]})
