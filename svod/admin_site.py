"""The Django admin, for administrators of the portal only.

It shows the rows of every list, whoever may read them, so the mark of a list designer
(`is_staff`), which opens Django's own site, is not enough: designers work in the portal.
"""

from __future__ import annotations

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.http import HttpRequest


class PortalAdminConfig(AdminConfig):
    default_site = "svod.admin_site.PortalAdminSite"


class PortalAdminSite(AdminSite):
    def has_permission(self, request: HttpRequest) -> bool:
        return request.user.is_active and request.user.is_superuser
