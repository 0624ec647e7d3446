"""Settings of the tabs of cards in the Django admin."""

from __future__ import annotations

from django.contrib import admin

from crm_link.models import CardTabSetting, TabFigure
from lists_core.admin.base import ReadOnlyAdmin


@admin.register(CardTabSetting)
class CardTabSettingAdmin(ReadOnlyAdmin):
    list_display = ["kind", "tab", "place", "hidden"]
    list_filter = ["kind", "hidden"]


@admin.register(TabFigure)
class TabFigureAdmin(ReadOnlyAdmin):
    list_display = ["list", "kind", "measure", "field", "label"]
    list_filter = ["kind", "measure"]
    search_fields = ["list__name", "label"]
