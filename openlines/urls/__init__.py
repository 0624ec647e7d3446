"""Addresses of the chat desk, of lines, and those that customers' programs call."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("chat/w/", include("openlines.urls.window")),
    path("chat/", include("openlines.urls.hooks")),
    path("chat/lines/", include("openlines.urls.lines")),
    path("chat/", include("openlines.urls.replies")),
    path("chat/", include("openlines.urls.desk")),
]
