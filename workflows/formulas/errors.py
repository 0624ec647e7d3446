"""What is wrong with a formula, and where."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from svod.base.errors import DomainError, Message


class FormulaError(DomainError):
    """`position` is the character (from 0) that the message speaks of; None for the whole."""

    code = "formula"
    message = _("The formula cannot be computed.")

    def __init__(self, message: Message, position: int | None = None) -> None:
        super().__init__(message, position=position)
        self.position = position

    def at(self, position: int) -> FormulaError:
        """The same error with its place, unless it has one already."""
        if self.position is None:
            self.position = self.details["position"] = position
        return self

    def __str__(self) -> str:
        text = str(self.message)
        if self.position is None:
            return text
        return str(_("%(text)s (character %(place)d)")) % {
            "text": text,
            "place": self.position + 1,
        }
