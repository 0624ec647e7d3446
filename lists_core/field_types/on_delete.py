"""What a link field asks for when a thing that it points to is to be deleted: a designer's
setting of each field that links to elements or sections."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext_lazy as _

from lists_core.field_types.base import FieldSettingsForm

if TYPE_CHECKING:
    from lists_core.models import Field

#: The link stays and shows nothing; it is whole again when its target comes back from the bin.
KEEP = "keep"
REFUSE, EMPTY, ASK = "refuse", "empty", "ask"
RULES = {
    KEEP: _("Keep the link: it comes back with the value from the bin"),
    ASK: _("Ask what to replace it with"),
    EMPTY: _("Empty the field"),
    REFUSE: _("Do not let it be deleted while it is used"),
}
#: With these the designer of the field lets whoever deletes the target write to the field.
WRITES = frozenset({EMPTY, ASK})
#: With these nothing that is in use goes to the bin.
STOPS = frozenset({REFUSE, ASK})


class LinkSettingsForm(FieldSettingsForm):
    """The settings that all links have."""

    on_delete = forms.ChoiceField(
        label=_("When the chosen value is deleted"),
        choices=list(RULES.items()),
        initial=KEEP,
        required=False,
        help_text=_("A required field is not emptied: then the person is asked."),
    )

    def clean_on_delete(self) -> str:
        return self.cleaned_data["on_delete"] or KEEP


def rule_of(field: Field) -> str:
    """One of RULES; what a required field cannot be, it is not."""
    rule = str(field.settings.get("on_delete") or KEEP)
    if rule == EMPTY and field.required:
        return ASK
    return rule if rule in RULES else KEEP
