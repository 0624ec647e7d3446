"""A questionnaire of the process's list."""

from __future__ import annotations

from typing import Any

from django import forms

from crm_link.models import Questionnaire
from workflows.widgets.base import Asked, Widget, widgets
from workflows.widgets.lists import NumberOf


@widgets.register
class QuestionnaireWidget(Widget):
    slug = "questionnaire"
    dynamic = False

    def control(self, asked: Asked) -> forms.Field:
        return NumberOf(choices=[("", "—"), *_names(asked).items()], required=False)

    def text(self, asked: Asked, value: Any) -> str:
        return _names(asked).get(value, f"#{value}")


def _names(asked: Asked) -> dict[int, str]:
    rows = Questionnaire.objects.filter(list=asked.scene.template.list_id)
    return dict(rows.values_list("pk", "name"))
