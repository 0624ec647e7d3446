"""Customers and their conversations go along when items of CRM are merged."""

from __future__ import annotations

from crm_link.merge_movers import MergeMover, merge_movers
from openlines.models import ConversationItem, Customer, Recognition
from staff.models import Employee


@merge_movers.register
class Customers(MergeMover):
    slug = "chat_customers"

    def move(self, loser: int, winner: int, *, actor: Employee) -> None:
        for link in ("lead", "contact", "deal"):
            Customer.objects.filter(**{link: loser}).update(**{link: winner})
        Recognition.objects.filter(lead=loser).update(lead=winner)
        kept = ConversationItem.objects.filter(element=winner).values("conversation")
        moved = ConversationItem.objects.filter(element=loser).exclude(conversation__in=kept)
        moved.update(element=winner)
