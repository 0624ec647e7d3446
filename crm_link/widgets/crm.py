"""Controls of CRM's actions: a stage, a kind of items."""

from __future__ import annotations

from typing import Any

from django import forms

from crm_link.kinds import kind_of
from crm_link.models import Stage
from crm_link.triggers.stage import stage_names
from lists_core.models import List
from workflows.widgets.base import Asked, Widget, widgets
from workflows.widgets.lists import ListWidget, NumberOf


@widgets.register
class StageWidget(Widget):
    """The stages of the list that the step speaks of; of all lists, where it has none."""

    slug = "crm_stage"

    def control(self, asked: Asked) -> forms.Field:
        return NumberOf(choices=[("", "—"), *_stages(asked).items()], required=False)

    def text(self, asked: Asked, value: Any) -> str:
        return _stages(asked).get(value) or str(Stage.objects.filter(pk=value).first() or value)


def _stages(asked: Asked) -> dict[int, str]:
    list_ = List.objects.filter(pk=asked.list_id).first() if asked.list_id else None
    kind = kind_of(list_.system) if list_ else None
    return stage_names(list_) if kind and kind.staged else {}


@widgets.register
class CrmListWidget(ListWidget):
    """Leads, deals, contacts or companies, by their lists."""

    slug = "crm_list"

    def control(self, asked: Asked) -> forms.Field:
        known = List.objects.filter(pk__in=asked.scene.lists, system__startswith="crm.")
        return NumberOf(choices=[("", "—"), *known.values_list("pk", "name")], required=False)
