"""Names on the Disk: one of a kind in a folder, whatever their case."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import PurePosixPath
from typing import Any

from django.utils.translation import gettext as _

from lists_core.models import DiskFile, DiskFolder
from lists_core.selectors.disk import Item
from svod.base.errors import Invalid

COPIES = 1000


def place_of(item: Item) -> DiskFolder | None:
    return item.parent if isinstance(item, DiskFolder) else item.folder


def put_into(item: Item, folder: DiskFolder | None) -> str:
    """Change the place, unsaved; gives the name of the changed column."""
    if isinstance(item, DiskFolder):
        item.parent = folder
        return "parent"
    item.folder = folder
    return "folder"


def check_name(item: Item) -> None:
    """Raises Invalid (errors under "name") for a name that the folder has already."""
    if namesakes(type(item), place_of(item), item.name).exclude(pk=item.pk).exists():
        raise Invalid({"name": [_("The folder has something of this name already.")]})


def namesakes(model: type[Item], folder: DiskFolder | None, name: str) -> Any:
    """What is called so in the folder, whoever may see it."""
    place = "parent" if model is DiskFolder else "folder"
    return model._default_manager.filter(**{place: folder}, name__iexact=name, deleted_at=None)


def free_name(model: type[Item], folder: DiskFolder | None, name: str) -> str:
    """The name, or the first of "name (2).ext", "name (3).ext", … that nobody has."""
    suffix = PurePosixPath(name).suffix if model is DiskFile else ""
    stem = name.removesuffix(suffix)
    names = [name, *(f"{stem} ({number}){suffix}" for number in range(2, COPIES))]
    taken = _taken(model, folder, stem)
    return next((free for free in names if free.casefold() not in taken), name)


def _taken(model: type[Item], folder: DiskFolder | None, stem: str) -> Collection[str]:
    place = {"parent" if model is DiskFolder else "folder": folder}
    rows = model._default_manager.filter(**place, deleted_at=None, name__istartswith=stem)
    return {name.casefold() for name in rows.values_list("name", flat=True)}
