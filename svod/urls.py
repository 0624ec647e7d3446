"""Every address of the portal; each app keeps its own."""

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("admin/", admin.site.urls),
    path("", include("staff.urls")),
    path("", include("lists_core.urls")),
    path("", include("workflows.urls")),
    path("", include("crm_link.urls")),
    path("", include("openlines.urls")),
]
if settings.DEBUG:
    urlpatterns.append(path("_styleguide/", include("svod.styleguide")))
handler500 = "svod.errors.server_error"
