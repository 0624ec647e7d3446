"""Addresses of lists, elements, files and jobs; one module for each group of pages."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("lists_core.urls.designer")),
    path("", include("lists_core.urls.access")),
    path("", include("lists_core.urls.grid")),
    path("", include("lists_core.urls.views")),
    path("", include("lists_core.urls.shapes")),
    path("", include("lists_core.urls.elements")),
    path("", include("lists_core.urls.directories")),
    path("", include("lists_core.urls.comments")),
    path("", include("lists_core.urls.secrets")),
    path("", include("lists_core.urls.transfer")),
    path("", include("lists_core.urls.reports")),
    path("", include("lists_core.urls.files")),
]
