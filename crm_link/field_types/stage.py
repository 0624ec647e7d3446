"""Stage: a choice whose options are kept on the page of stages."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from lists_core.field_types.base import FieldSettingsForm, field_types
from lists_core.field_types.choice import ChoiceType


@field_types.register
class StageType(ChoiceType):
    slug = "crm_stage"
    label = gettext_lazy("Stage")
    icon = "route"
    SettingsForm = FieldSettingsForm  # type: ignore[assignment]  # no options are edited here
    multiple_allowed = False
