"""Templates: their name, pause and rights are changed through the services; trees are not."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import admin
from django.http import HttpRequest

from lists_core.admin.base import ReadOnlyAdmin
from staff.models import Employee
from workflows.models import Template, Trigger, Version
from workflows.services import template_changes, templates


class TriggerInline(admin.TabularInline):
    model = Trigger
    extra = 0
    fields = ["event", "settings", "next_at"]
    readonly_fields = ("event", "settings", "next_at")
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Template)
class TemplateAdmin(admin.ModelAdmin):
    """Processes are made and drawn in the portal's designer; here they are found and settled."""

    list_display = ["name", "code", "list", "active_version", "is_paused", "run_as", "deleted_at"]
    list_filter = ["is_paused", "run_as", "subject", ("deleted_at", admin.EmptyFieldListFilter),
                   "list"]  # fmt: skip
    list_select_related = ["list", "active_version__template"]
    search_fields = ["name", "code", "description", "list__name"]
    fields = ["name", "description", "is_paused", "pause_reason", "service_employee", "code",
              "list", "active_version", "run_as", "created_by", "created_at"]  # fmt: skip
    readonly_fields = ("code", "list", "active_version", "run_as", "created_by", "created_at")
    autocomplete_fields = ("service_employee",)
    inlines = [TriggerInline]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # One in the bin is brought back in the portal first.
        open_one = obj is None or obj.deleted_at is None
        return open_one and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        form = super().get_form(request, *args, **kwargs)
        if "service_employee" in form.base_fields:
            form.base_fields["service_employee"].required = False
        if "pause_reason" in form.base_fields:
            form.base_fields["pause_reason"].required = False
        return form

    def save_model(self, request: HttpRequest, obj: Template, form: Any, change: bool) -> None:
        actor, given = cast(Employee, request.user), form.cleaned_data
        template_changes.rename_template(
            obj.pk, actor=actor, name=given["name"], description=given["description"]
        )
        if {"is_paused", "pause_reason"} & set(form.changed_data):
            templates.pause(
                obj.pk, given["is_paused"], actor=actor, reason=given["pause_reason"] or ""
            )
        if "service_employee" in form.changed_data:
            templates.set_run_as(obj.pk, given["service_employee"], actor=actor)


@admin.register(Version)
class VersionAdmin(ReadOnlyAdmin):
    list_display = ["template", "number", "note", "published_by", "published_at"]
    list_filter = ["published_at", "template"]
    list_select_related = ["template", "published_by"]
    search_fields = ["template__name", "template__code", "note"]


@admin.register(Trigger)
class TriggerAdmin(ReadOnlyAdmin):
    list_display = ["template", "event", "next_at"]
    list_filter = ["event"]
    list_select_related = ["template"]
    search_fields = ["template__name", "template__code"]
    exclude = ["secret_hash"]
