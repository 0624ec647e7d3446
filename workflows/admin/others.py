"""Every other model of the app: found by what it has, read and never edited here."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.db import models

from lists_core.admin.base import ReadOnlyAdmin

SHOWN = 6
#: Whatever has such a name is nobody's to read, not even hashed.
CLOSED = ("secret", "token", "password")


def register_rest() -> None:
    for model in apps.get_app_config("workflows").get_models():
        if not admin.site.is_registered(model):
            admin.site.register(model, _admin_of(model))


def _admin_of(model: type[models.Model]) -> type[ReadOnlyAdmin]:
    fields = [one for one in model._meta.concrete_fields if not _closed(one.name)]
    plain = [one for one in fields if not isinstance(one, models.JSONField | models.TextField)]
    texts = [one.name for one in fields if type(one) in {models.CharField, models.SlugField}]
    chosen = [one.name for one in plain if one.choices or isinstance(one, models.BooleanField)]
    body: dict[str, Any] = {
        "list_display": [one.name for one in plain[:SHOWN]],
        "list_filter": chosen,
        "search_fields": texts or ["=pk"],
        "exclude": [one.name for one in model._meta.concrete_fields if _closed(one.name)],
        "show_full_result_count": False,
    }
    return type(f"{model.__name__}Admin", (ReadOnlyAdmin,), body)


def _closed(name: str) -> bool:
    return any(word in name for word in CLOSED)
