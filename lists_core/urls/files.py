"""Files, the Disk and the pickers of links."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
