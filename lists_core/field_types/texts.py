"""Texts that can be kept: what PostgreSQL or UTF-8 has no place for is refused, not crashed on."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


def storable(text: str, *, longest: int) -> str:
    """The same text; ValidationError when it is too long, or has NUL or half a character."""
    if len(text) > longest or "\x00" in text or (not text.isascii() and _has_half(text)):
        raise ValidationError(_("The text is too long or has signs that cannot be kept."))
    return text


def _has_half(text: str) -> bool:
    """A lone surrogate, as JSON's `"\\ud800"` gives: UTF-8 cannot write it."""
    return any("\ud800" <= letter <= "\udfff" for letter in text)


class TextField(forms.CharField):
    """A text that the database takes as it is."""

    def __init__(self, *, longest: int, **kwargs: Any) -> None:
        self.longest = longest
        super().__init__(max_length=longest, **kwargs)

    def to_python(self, value: Any) -> str:
        return storable(super().to_python(value) or "", longest=self.longest)
