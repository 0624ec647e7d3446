"""A line with operators, and customers who write to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from openlines.chat_channels.base import Inbound
from openlines.models import Channel, Conversation, Line, Message
from openlines.services.inbox import take_in
from openlines.services.lines import create_channel, create_line, set_members
from staff.models import Employee


@dataclass
class Chat:
    """`boss` supervises, `anna` and `petr` answer in this order, `other` is no member."""

    boss: Employee
    anna: Employee
    petr: Employee
    other: Employee
    line: Line
    channel: Channel
    sent: int = field(default=0)

    def write(self, text: str, customer: str = "c1", **more: Any) -> Message:
        self.sent += 1
        given = {"external_id": f"m{self.sent}", **more}
        return take_in(self.channel, Inbound(customer, text=text, **given))

    def conversation(self, customer: str = "c1") -> Conversation:
        rows = Conversation.objects.filter(customer__external_id=customer)
        return rows.select_related("line", "operator").latest("pk")


def person(name: str, **more: Any) -> Employee:
    return Employee.objects.create_user(name, f"{name}@svod.example", "x", **more)


def chat(**settings: Any) -> Chat:
    """`settings` are those of the line."""
    boss = person("boss", is_superuser=True, is_staff=True)
    return chat_of(boss, **settings)


def chat_of(boss: Employee, **settings: Any) -> Chat:
    """The same with an administrator who is there already, the one who set CRM up."""
    anna, petr, other = person("anna"), person("petr"), person("other")
    line = create_line(actor=boss, name="Продажи", **settings)
    set_members(line, [anna, petr], [boss], actor=boss)
    channel = create_channel(line, "web", "Сайт", actor=boss)
    return Chat(boss, anna, petr, other, line, channel)
