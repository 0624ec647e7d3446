"""The registry of elements, their history, jobs and the outbox: read-only."""

from __future__ import annotations

from django.contrib import admin

from lists_core.admin.base import ReadOnlyAdmin
from lists_core.models import (
    BulkLine,
    Element,
    ElementDraft,
    ElementVersion,
    Job,
    ListWatch,
    OutboxEvent,
    TypeChange,
)


@admin.register(Element)
class ElementAdmin(ReadOnlyAdmin):
    list_display = ["id", "list"]
    list_filter = ["list"]
    list_select_related = ["list"]
    search_fields = ["=id"]
    show_full_result_count = False


@admin.register(ElementVersion)
class ElementVersionAdmin(ReadOnlyAdmin):
    list_display = ["at", "element", "version", "kind", "actor"]
    list_filter = ["kind", "at"]
    list_select_related = ["element", "actor"]
    search_fields = ["=element__id"]
    show_full_result_count = False


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    list_display = ["created_at", "kind", "state", "actor", "list", "done", "total"]
    list_filter = ["state", "kind"]
    list_select_related = ["actor", "list"]
    search_fields = ["id", "error"]


@admin.register(BulkLine)
class BulkLineAdmin(ReadOnlyAdmin):
    list_display = ["job", "element_id", "outcome", "version"]
    list_filter = ["outcome"]
    list_select_related = ["job"]
    search_fields = ["=element_id"]
    show_full_result_count = False


@admin.register(OutboxEvent)
class OutboxEventAdmin(ReadOnlyAdmin):
    list_display = ["at", "topic", "list"]
    list_filter = ["topic"]
    list_select_related = ["list"]
    search_fields = ["topic"]
    show_full_result_count = False


@admin.register(TypeChange)
class TypeChangeAdmin(ReadOnlyAdmin):
    list_display = ["at", "field", "type", "misfits", "actor"]
    list_select_related = ["field", "actor"]
    search_fields = ["field__name"]


@admin.register(ListWatch)
class ListWatchAdmin(ReadOnlyAdmin):
    list_display = ["list", "employee", "until"]
    list_select_related = ["list", "employee"]
    search_fields = ["list__name"]


@admin.register(ElementDraft)
class ElementDraftAdmin(ReadOnlyAdmin):
    """Whose drafts there are; what was typed is its writer's alone."""

    list_display = ["saved_at", "list", "element", "employee"]
    list_select_related = ["list", "element", "employee"]
    search_fields = ["list__name"]
    exclude = ["values"]
