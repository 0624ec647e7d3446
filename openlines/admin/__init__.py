"""Open lines in the Django admin, to look at: they are changed on their own pages, by services.

What customers wrote is shown with its conversation alone, to administrators as on the desk.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from lists_core.admin.base import ReadOnlyAdmin
from openlines.models import (
    Attachment,
    Channel,
    Conversation,
    ConversationItem,
    Customer,
    Line,
    LineMember,
    Message,
    Participant,
    Recognition,
    ReplyRank,
    ReplyText,
    ReplyUse,
    ReplyWord,
)


class ReadOnlyInline(admin.TabularInline):
    """Rows below their owner, never edited."""

    extra = 0
    can_delete = False
    show_change_link = True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class Members(ReadOnlyInline):
    model = LineMember
    fields = ["employee", "role", "sort", "is_paused", "seen_at", "given_at"]


class Channels(ReadOnlyInline):
    model = Channel
    fields = ["name", "kind", "is_active", "read_at", "error", "deleted_at"]
    readonly_fields = ["read_at", "error", "deleted_at"]


class People(ReadOnlyInline):
    model = Participant
    fields = ["employee", "joined_at", "left_at", "read_seq"]


class Messages(ReadOnlyInline):
    model = Message
    fields = ["seq", "kind", "author", "text", "at", "state", "error"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Message]:
        return super().get_queryset(request).select_related("author")


class Files(ReadOnlyInline):
    model = Attachment
    fields = ["file"]


@admin.register(Line)
class LineAdmin(ReadOnlyAdmin):
    list_display = ["name", "is_active", "queue", "service_employee", "created_at", "deleted_at"]
    list_filter = ["is_active", "queue"]
    list_select_related = ["service_employee"]
    search_fields = ["name"]
    inlines = [Members, Channels]


@admin.register(LineMember)
class LineMemberAdmin(ReadOnlyAdmin):
    list_display = ["employee", "line", "role", "sort", "is_paused", "seen_at", "given_at"]
    list_filter = ["role", "is_paused", "line"]
    list_select_related = ["employee", "line"]
    search_fields = ["employee__last_name", "employee__email", "line__name"]


@admin.register(Channel)
class ChannelAdmin(ReadOnlyAdmin):
    """Neither the secret nor the public address."""

    list_display = ["name", "line", "kind", "is_active", "read_at", "error", "deleted_at"]
    list_filter = ["kind", "is_active", "line"]
    list_select_related = ["line"]
    search_fields = ["name"]
    exclude = ["sealed", "token"]


@admin.register(Customer)
class CustomerAdmin(ReadOnlyAdmin):
    """The id that a channel knows them by opens their talk in some channels: it is left out."""

    list_display = ["name", "phone", "email", "channel", "created_at"]
    list_filter = ["channel__kind", "channel__line"]
    list_select_related = ["channel"]
    search_fields = ["name", "phone", "email"]
    exclude = ["external_id"]


@admin.register(Conversation)
class ConversationAdmin(ReadOnlyAdmin):
    list_display = [
        "pk", "line", "channel", "customer", "state", "operator", "opened_at", "closed_at", "vote",
    ]  # fmt: skip
    list_filter = ["state", "line", "channel__kind", "vote"]
    list_select_related = ["line", "channel", "customer", "operator"]
    search_fields = ["=pk", "customer__name", "customer__phone"]
    date_hierarchy = "opened_at"
    inlines = [People, Messages]


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin):
    list_display = ["pk", "conversation_id", "seq", "kind", "author", "at", "state", "error"]
    list_filter = ["kind", "state"]
    list_select_related = ["author"]
    search_fields = ["=conversation__pk", "text"]
    inlines = [Files]


@admin.register(Participant)
class ParticipantAdmin(ReadOnlyAdmin):
    list_display = ["employee", "conversation_id", "joined_at", "left_at", "read_seq"]
    list_select_related = ["employee"]
    search_fields = ["=conversation__pk", "employee__last_name"]


@admin.register(Attachment)
class AttachmentAdmin(ReadOnlyAdmin):
    list_display = ["pk", "file", "message_id"]
    list_select_related = ["file"]
    search_fields = ["file__name", "=message__conversation__pk"]


for model in (ConversationItem, Recognition, ReplyRank, ReplyText, ReplyUse, ReplyWord):
    admin.site.register(model, ReadOnlyAdmin)
