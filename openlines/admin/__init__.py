"""Open lines in the Django admin, to look at."""

from __future__ import annotations

from django.contrib import admin

from lists_core.admin.base import ReadOnlyAdmin
from openlines.models import (
    Attachment,
    Channel,
    Conversation,
    Customer,
    Line,
    LineMember,
    Message,
    Participant,
)


@admin.register(Line)
class LineAdmin(ReadOnlyAdmin):
    list_display = ["name", "is_active", "queue"]
    search_fields = ["name"]


@admin.register(Channel)
class ChannelAdmin(ReadOnlyAdmin):
    list_display = ["name", "line", "kind", "is_active", "read_at"]
    list_filter = ["kind", "is_active"]
    search_fields = ["name"]
    exclude = ["sealed", "token"]


@admin.register(Conversation)
class ConversationAdmin(ReadOnlyAdmin):
    list_display = ["pk", "line", "customer", "state", "operator", "opened_at", "vote"]
    list_filter = ["state", "line"]
    search_fields = ["=pk", "customer__name"]


@admin.register(Customer)
class CustomerAdmin(ReadOnlyAdmin):
    list_display = ["name", "channel", "created_at"]
    search_fields = ["name", "phone", "email"]


for model in (Attachment, LineMember, Message, Participant):
    admin.site.register(model, ReadOnlyAdmin)
