"""Buttons as a designer describes them, for the steps that show some."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field

from svod.base.looks import TONES
from workflows.models import Command
from workflows.people import people_of

if TYPE_CHECKING:
    from workflows.engine.context import Context


class Button(BaseModel):
    """`{"code", "label", "color", "people": ["starter"], "comment": "required"}`.

    Without `people` whoever may run processes on the element may press it.
    """

    model_config = ConfigDict(extra="forbid")

    code: str = Field(min_length=1, max_length=40)
    label: str = Field(min_length=1, max_length=100)
    color: str = ""
    people: list[str] = []
    comment: Literal["none", "optional", "required"] = "none"


def commands_of(buttons: Sequence[Button], context: Context) -> list[Command]:
    """The buttons with those who may press them. Raises Fatal when one is for nobody."""
    return [
        Command(
            code=one.code,
            label=one.label,
            color=one.color,
            comment=one.comment,
            people=[person.pk for person in people_of(one.people, context)] if one.people else [],
        )
        for one in buttons
    ]


def mistakes_of(raw: Any) -> Iterator[str]:
    """What is wrong with stored buttons beyond their shape."""
    rows = [one for one in raw or () if isinstance(one, Mapping)]
    for code, count in Counter(one.get("code") for one in rows).items():
        if count > 1:
            yield _("Two buttons have the code “%(code)s”.") % {"code": code}
    if any(one.get("color") and one["color"] not in TONES for one in rows):
        yield _("There is no such colour.")
