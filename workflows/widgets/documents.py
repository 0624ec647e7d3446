"""Templates of documents, as far as the designer may see them."""

from __future__ import annotations

from django import forms

from workflows.selectors.documents import visible_templates
from workflows.widgets.base import Asked, Widget, widgets
from workflows.widgets.lists import NumberOf


@widgets.register
class DocumentTemplateWidget(Widget):
    slug = "document_template"

    def control(self, asked: Asked) -> forms.Field:
        return NumberOf(choices=[("", "—"), *choices(asked).items()], required=False)

    def text(self, asked: Asked, value: object) -> str:
        return choices(asked).get(value, f"#{value}") if isinstance(value, int) else str(value)


def choices(asked: Asked) -> dict[int, str]:
    return {one.pk: one.name for one in visible_templates(asked.scene.actor)}
