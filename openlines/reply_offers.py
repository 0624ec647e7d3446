"""Quick replies made ready for a chat: places filled, files named."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from lists_core.selectors.files import files_by_id
from openlines.models import Conversation
from openlines.placeholders.base import Scene, fill
from openlines.selectors.replies import Reply
from staff.models import Employee


@dataclass(frozen=True)
class Offer:
    """A reply as it would stand in the answer. `files` are (id, name) pairs; `left` are the
    places that nothing was found for."""

    reply: Reply
    text: str
    left: Sequence[str]
    files: Sequence[tuple[int, str]]

    @property
    def files_json(self) -> str:
        return json.dumps([{"id": pk, "name": name} for pk, name in self.files])


def offers_of(found: Sequence[Reply], conversation: Conversation, actor: Employee) -> list[Offer]:
    """The replies as they would be inserted now; what they read is read once for all."""
    scene = Scene(conversation, actor)
    wanted = {pk for reply in found for pk in reply.files}
    files = files_by_id(actor, wanted) if wanted else {}
    offers = []
    for reply in found:
        filled = fill(reply.text, scene)
        own = [(pk, files[pk].name) for pk in reply.files if pk in files]
        offers.append(Offer(reply, filled.text, filled.left, own))
    return offers


def language_of(conversation: Conversation) -> str:
    """The customer's language as the channel tells it: `ru` of `ru-RU`."""
    told = conversation.customer.facts.get("language")
    return told[:2].lower() if isinstance(told, str) else ""
