"""What the engine writes: instances, their wakes and journal, tasks, messages, numbers."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from lists_core.admin.base import ReadOnlyAdmin
from workflows.models import (
    Heartbeat,
    Instance,
    IssuedNumber,
    Outgoing,
    StepLog,
    Task,
    TaskPerson,
    Wake,
)


class Large(ReadOnlyAdmin):
    """A table of millions of rows: no second count of all of them on each page."""

    show_full_result_count = False


class WakeInline(admin.TabularInline):
    model = Wake
    extra = 0
    fields = ["kind", "key", "due_at", "parked", "alone"]
    readonly_fields = ("kind", "key", "due_at", "parked", "alone")
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(Instance)
class InstanceAdmin(Large):
    list_display = ["pk", "version", "status", "list", "subject_id", "started_by", "created_at",
                    "finished_at"]  # fmt: skip
    list_filter = ["status", "created_at", "version__template"]
    list_select_related = ["version__template", "list", "started_by"]
    search_fields = ["=pk", "=subject_id", "version__template__name", "error"]
    raw_id_fields = ("parent",)
    inlines = [WakeInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Instance]:
        rows: QuerySet[Instance] = super().get_queryset(request)
        return rows.defer("version__tree", "version__template__draft")


@admin.register(StepLog)
class StepLogAdmin(Large):
    list_display = ["instance_id", "at", "step", "visit", "event", "actor"]
    list_filter = ["event", "at"]
    list_select_related = ["actor"]
    search_fields = ["=instance__pk", "step"]


@admin.register(Wake)
class WakeAdmin(Large):
    list_display = ["instance_id", "kind", "key", "due_at", "parked"]
    list_filter = ["kind", "parked", "due_at"]
    search_fields = ["=instance__pk", "key"]


class PersonInline(admin.TabularInline):
    model = TaskPerson
    extra = 0
    fields = ["employee", "role", "answer", "answered_at", "answered_by", "is_open"]
    readonly_fields = ("employee", "role", "answer", "answered_at", "answered_by", "is_open")
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(Task)
class TaskAdmin(Large):
    list_display = ["title", "kind", "state", "created_at", "deadline", "finished_at"]
    list_filter = ["state", "kind", "deadline"]
    search_fields = ["title", "=instance__pk"]
    inlines = [PersonInline]


@admin.register(Outgoing)
class OutgoingAdmin(Large):
    list_display = ["key", "channel", "state", "attempts", "next_at", "done_at"]
    list_filter = ["state", "channel", "created_at"]
    search_fields = ["key", "error", "=instance__pk"]


@admin.register(IssuedNumber)
class IssuedNumberAdmin(Large):
    list_display = ["text", "list", "numerator_id", "period", "value", "at"]
    list_filter = ["list", "at"]
    list_select_related = ["list"]
    search_fields = ["text", "=instance__pk"]


@admin.register(Heartbeat)
class HeartbeatAdmin(ReadOnlyAdmin):
    list_display = ["name", "started_at", "seen_at"]
    search_fields = ["name"]
