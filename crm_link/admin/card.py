"""Cards, timelines, activities and products in the Django admin."""

from __future__ import annotations

from django.contrib import admin

from crm_link.models import Activity, CardSection, Catalogue, ProductRow, TimelineNote
from lists_core.admin.base import ReadOnlyAdmin


@admin.register(CardSection)
class CardSectionAdmin(ReadOnlyAdmin):
    list_display = ["kind", "name", "sort", "is_hidden"]
    list_filter = ["kind"]


@admin.register(TimelineNote)
class TimelineNoteAdmin(ReadOnlyAdmin):
    list_display = ["element", "kind", "actor", "at"]
    list_filter = ["kind"]
    search_fields = ["=element__pk"]


@admin.register(Activity)
class ActivityAdmin(ReadOnlyAdmin):
    list_display = ["subject", "kind", "element", "responsible", "deadline", "done_at"]
    list_filter = ["kind", "priority"]
    search_fields = ["subject", "=element__pk"]


@admin.register(ProductRow)
class ProductRowAdmin(ReadOnlyAdmin):
    list_display = ["name", "element", "quantity", "price"]
    search_fields = ["name", "=element__pk"]


@admin.register(Catalogue)
class CatalogueAdmin(ReadOnlyAdmin):
    list_display = ["list", "price", "unit"]
