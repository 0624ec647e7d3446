"""Duplicates, requisites, web forms and calls in the Django admin."""

from __future__ import annotations

from django.contrib import admin

from crm_link.models import (
    BankAccount,
    ContactPoint,
    DealParties,
    MergedItem,
    OwnCompany,
    PhoneCall,
    Requisite,
    Submission,
    Telephony,
    Visit,
    WebForm,
)
from lists_core.admin.base import ReadOnlyAdmin


@admin.register(ContactPoint)
class ContactPointAdmin(ReadOnlyAdmin):
    list_display = ["value", "type", "kind", "element"]
    list_filter = ["type", "kind"]
    search_fields = ["=value", "=element__pk"]


@admin.register(MergedItem)
class MergedItemAdmin(ReadOnlyAdmin):
    list_display = ["loser", "winner", "actor", "at"]
    search_fields = ["=loser__pk", "=winner__pk"]


@admin.register(Requisite)
class RequisiteAdmin(ReadOnlyAdmin):
    list_display = ["__str__", "payer", "inn", "owner", "is_main"]
    list_filter = ["payer"]
    search_fields = ["=inn", "name", "last_name"]


@admin.register(BankAccount)
class BankAccountAdmin(ReadOnlyAdmin):
    list_display = ["account", "bank", "bik", "requisite"]
    search_fields = ["=account", "=bik"]


@admin.register(OwnCompany)
class OwnCompanyAdmin(ReadOnlyAdmin):
    list_display = ["element", "is_main"]


@admin.register(DealParties)
class DealPartiesAdmin(ReadOnlyAdmin):
    list_display = ["deal", "payer", "seller"]
    search_fields = ["=deal__pk"]


@admin.register(WebForm)
class WebFormAdmin(ReadOnlyAdmin):
    list_display = ["name", "is_on", "owner"]


@admin.register(Submission)
class SubmissionAdmin(ReadOnlyAdmin):
    list_display = ["form", "lead", "at", "page"]
    list_filter = ["form"]


@admin.register(Visit)
class VisitAdmin(ReadOnlyAdmin):
    list_display = ["url", "visitor", "at", "form"]
    list_filter = ["form"]


@admin.register(Telephony)
class TelephonyAdmin(ReadOnlyAdmin):
    list_display = ["owner", "make_leads", "responsible"]
    exclude = ["token_hash"]


@admin.register(PhoneCall)
class PhoneCallAdmin(ReadOnlyAdmin):
    list_display = ["number", "direction", "result", "at", "element"]
    list_filter = ["direction", "result"]
    search_fields = ["number", "=external_id"]
