"""The grid of a list: filter, cells, columns, bulk changes."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
