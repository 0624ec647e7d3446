"""Letters of processes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.files.storage import default_storage

from svod.base.letters import Attachment, Letter, LetterRefused, send_letter
from workflows.services.outgoing import Refused, channels


@channels.register
class MailChannel:
    """`files` hold their text, or the name under which the storage keeps their content."""

    slug = "mail"

    def send(self, key: str, payload: Mapping[str, Any]) -> Mapping[str, Any]:
        letter = Letter(
            key=f"process:{key}",
            to=payload["to"],
            subject=payload["subject"],
            text=payload.get("text", ""),
            html=payload.get("html", ""),
            attachments=[_attachment(file) for file in payload.get("files", ())],
        )
        try:
            send_letter(letter)
        except LetterRefused as error:
            raise Refused(str(error)) from error
        return {"to": list(payload["to"])}


def _attachment(file: Mapping[str, Any]) -> Attachment:
    if "text" in file:
        return Attachment(file["name"], str(file["text"]).encode(), file["mime"])
    with default_storage.open(file["content"]) as content:
        return Attachment(file["name"], content.read(), file["mime"])
