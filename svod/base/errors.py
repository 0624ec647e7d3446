"""Domain errors: services raise them, only the web edge turns them into HTTP answers.

`str(error)` is a message for a person in the active language, `error.code` is stable for
programs, `error.details` holds what a page or the API may show besides the message.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Message = str | Promise


class DomainError(Exception):
    """An operation was refused for a reason that a person can understand."""

    code = "refused"
    message: Message = _("This cannot be done.")

    def __init__(
        self, message: Message | None = None, *, code: str | None = None, **details: Any
    ) -> None:
        self.message = message or self.message
        self.code = code or self.code
        self.details = details
        super().__init__(self.message)

    def __str__(self) -> str:
        return str(self.message)


class NotFound(DomainError):
    """The thing does not exist, or the person may not know that it does."""

    code = "not_found"
    message = _("Not found.")


class Forbidden(DomainError):
    """The person sees the thing but lacks the right to do this with it."""

    code = "forbidden"
    message = _("You have no right to do this.")


class Conflict(DomainError):
    """Somebody else changed the thing first; `details` may tell who and what."""

    code = "conflict"
    message = _("Someone else has changed this in the meantime.")


class Invalid(DomainError):
    """Some values do not fit; `errors` maps a field's name to its messages.

    The key "" holds messages that belong to no single field.
    """

    code = "invalid"
    message = _("Please correct the highlighted fields.")

    def __init__(
        self,
        errors: Mapping[str, Sequence[Message]],
        message: Message | None = None,
        **details: Any,
    ) -> None:
        super().__init__(message, **details)
        self.errors = {name: [str(text) for text in texts] for name, texts in errors.items()}
