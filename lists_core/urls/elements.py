"""An element's page, drawer, history; sections; global search."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
