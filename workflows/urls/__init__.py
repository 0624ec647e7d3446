"""Addresses of processes, tasks and documents; one module for each group of pages."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("workflows.urls.constants")),
    path("", include("workflows.urls.designer")),
    path("", include("workflows.urls.documents")),
    path("", include("workflows.urls.hooks")),
    path("", include("workflows.urls.instances")),
    path("", include("workflows.urls.numerators")),
    path("", include("workflows.urls.tasks")),
]
