"""Secrets of elements."""

from django.urls import URLPattern, path

from lists_core.views import secrets

ELEMENT = "lists/<int:list_id>/elements/<int:element_id>"

urlpatterns: list[URLPattern] = [
    path(f"{ELEMENT}/secrets/<int:field_id>/reveal/", secrets.secret_reveal, name="secret_reveal"),
    path(f"{ELEMENT}/secrets/", secrets.element_secrets, name="element_secrets"),
]
