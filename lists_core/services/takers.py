"""What upper apps do with the events of lists, in the transaction that marks them as handled.

    event_takers.register(EventTaker("crm.feeds", take))

A taker writes down that there is work and does it elsewhere: one that fails holds up all others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lists_core.models import OutboxEvent
from svod.base.registry import Registry


@dataclass(frozen=True)
class EventTaker:
    """`take` gets each event once, in the order of their ids within a batch."""

    slug: str
    take: Callable[[Sequence[OutboxEvent]], None]


event_takers: Registry[EventTaker] = Registry("event taker")


def hand_out(events: Sequence[OutboxEvent]) -> None:
    for taker in event_takers if events else ():
        taker.take(events)
