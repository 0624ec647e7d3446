"""Duplicates and requisites in the Django admin."""

from __future__ import annotations

from django.contrib import admin

from crm_link.models import (
    BankAccount,
    ContactPoint,
    DealParties,
    MergedItem,
    OwnCompany,
    Requisite,
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
