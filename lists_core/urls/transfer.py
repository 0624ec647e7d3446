"""Import, export and the jobs that do them."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
