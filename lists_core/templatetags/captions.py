"""`{% load captions %}`: `{{ list|caption:"element_add" }}`."""

from __future__ import annotations

from django import template

from lists_core import captions
from lists_core.models import List

register = template.Library()


@register.filter
def caption(list_: List, key: str) -> str:
    """The list's wording for a button or a title."""
    return captions.caption(list_, key)
