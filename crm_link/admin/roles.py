"""Roles in the Django admin: read here, changed on CRM's own page, which keeps the audit."""

from __future__ import annotations

from django.contrib import admin

from crm_link.models import OPERATIONS, Role, RoleMember, RolePermission
from lists_core.admin.base import ReadOnlyAdmin


@admin.register(Role)
class RoleAdmin(ReadOnlyAdmin):
    list_display = ["name", "manages"]


@admin.register(RoleMember)
class RoleMemberAdmin(ReadOnlyAdmin):
    list_display = ["role", "employee", "group"]
    list_filter = ["role"]


@admin.register(RolePermission)
class RolePermissionAdmin(ReadOnlyAdmin):
    list_display = ["role", "list", "section", *OPERATIONS.values()]
    list_filter = ["role", "list"]
