"""Bookings in the Django admin."""

from __future__ import annotations

from django.contrib import admin

from crm_link.models import Booking, BookingRule
from lists_core.admin.base import ReadOnlyAdmin


@admin.register(BookingRule)
class BookingRuleAdmin(ReadOnlyAdmin):
    list_display = ["name", "link", "target", "days", "is_active"]
    search_fields = ["name"]


@admin.register(Booking)
class BookingAdmin(ReadOnlyAdmin):
    list_display = ["element", "deal", "rule", "sold", "booked_by", "booked_at", "until"]
    list_filter = ["sold", "rule"]
    search_fields = ["=element__pk", "=deal__pk"]
