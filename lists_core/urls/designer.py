"""The start page, list settings, fields and the bin."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
