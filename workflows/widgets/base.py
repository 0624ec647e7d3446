"""What a widget of the designer is: a Django form field over the stored form of a parameter.

`control` gives a form field whose `clean` returns what stands in the tree (JSON) and whose
`prepare_value` takes it; None means "not filled in". A parameter whose widget nobody registered
is asked for by a line of text, so an action never waits for its widget.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _

from svod.base.registry import Registry
from workflows.actions.base import Action, Shown
from workflows.actions.params import shown
from workflows.values import PLACEHOLDER, is_dynamic

if TYPE_CHECKING:
    from lists_core.schema.compile import Schema
    from workflows.designer.scene import Scene

TEXT = "text"


@dataclass(frozen=True)
class Asked:
    """One parameter of one step, as the form asks for it."""

    name: str
    shown: Shown
    scene: Scene
    action: Action | None = None
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def list_id(self) -> int | None:
        """The list that the step speaks of: the one chosen in it, else the process's own."""
        for name, one in self.action.Params.model_fields.items() if self.action else ():
            if widget_of(shown(one)).names_list:
                chosen = self.params.get(name)
                return chosen if isinstance(chosen, int) else None
        return self.scene.template.list_id

    @property
    def schema(self) -> Schema | None:
        """The fields of that list as the designer may see them; None when there is no list."""
        return self.scene.schema(self.list_id)


class Widget:
    """One way to ask for a value."""

    slug: str = ""
    #: A placeholder or a formula may be given instead of a value.
    dynamic = True
    #: Its value is the list that the step speaks of.
    names_list = False
    #: Other parameters look different when this one changes.
    redraws = False

    def control(self, asked: Asked) -> forms.Field:
        """The form field of a plain value."""
        raise NotImplementedError(f"{type(self).__name__} has no control")

    def text(self, asked: Asked, value: Any) -> str:
        """The stored value in plain words."""
        return plain(value)


widgets: Registry[Widget] = Registry("widget")


def widget_of(mark: Shown) -> Widget:
    return widgets.get(mark.widget if mark.widget in widgets else TEXT)


def form_field(asked: Asked) -> forms.Field:
    """The control of a parameter; a draft may lack anything, so nothing is required here."""
    from workflows.widgets.dynamic import DynamicField

    widget = widget_of(asked.shown)
    control = widget.control(asked)
    if widget.dynamic:
        control = DynamicField(control)
    control.required = False
    control.label, control.help_text = str(asked.shown.label), str(asked.shown.help)
    if widget.redraws:
        control.widget.attrs["data-redraw"] = "1"
    return control


def text_of(asked: Asked, value: Any) -> str:
    """The value of a parameter in words, its placeholders by their captions."""
    if value in (None, "", [], {}):
        return ""
    if is_dynamic(value):
        return asked.scene.readable(value)
    return widget_of(asked.shown).text(asked, value)


def plain(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(plain(item) for item in value)
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {plain(item)}" for name, item in value.items())
    return str(value)


def readable(text: str, captions: Mapping[str, str]) -> str:
    """A text with «captions» in the place of placeholders."""

    def caption(found: re.Match[str]) -> str:
        return f"«{captions.get(found[1], found[1])}»"

    return PLACEHOLDER.sub(caption, text)
