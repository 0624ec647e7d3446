"""A lead becomes a contact and a deal: its customer follows, where nobody linked another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from crm_link.kinds import DEAL, LEAD, kind_of
from lists_core.schema.compile import Schema
from lists_core.services.listeners import ElementListener, Write, listeners
from openlines.models import Customer


@listeners.register
class Converted(ElementListener):
    slug = "chat.converted"

    def hears(self, schema: Schema) -> bool:
        return kind_of(schema.list_system) in {LEAD, DEAL}

    def after(self, writes: Sequence[Write]) -> None:
        if kind_of(writes[0].schema.list_system) == DEAL:
            leads = {one.get("LEAD"): one.row.pk for one in writes if one.is_new}
            _follow("deal", leads)
        elif writes[0].schema.get("CONTACT"):
            _follow("contact", {one.row.pk: one.get("CONTACT") for one in writes
                                if one.touches("CONTACT")})  # fmt: skip


def _follow(link: Literal["deal", "contact"], made: Mapping[int | None, int | None]) -> None:
    """`made` is what became of leads: one query, and one statement where a customer follows."""
    leads = [lead for lead, target in made.items() if lead and target]
    if not leads:
        return
    free = Customer.objects.filter(lead__in=leads).filter(**{link: None})
    customers = list(free.select_for_update().order_by("pk"))
    for one in customers:
        setattr(one, f"{link}_id", made[one.lead_id])
    if customers:
        Customer.objects.bulk_update(customers, [link])
