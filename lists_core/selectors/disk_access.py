"""The Access page of the Disk, a folder or a file: who was granted what there and above."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext as _

from lists_core.access import Right, Rights
from lists_core.access.disk import AT_FIRST, ROOT, disk_rights, rights_on_item
from lists_core.models import DiskFile, DiskFolder, DiskRoot
from lists_core.selectors.access_page import (
    AccessPage,
    Inherited,
    described,
    rights_for,
    roles_for,
    views_of,
)
from lists_core.selectors.disk import access_folder, access_item
from lists_core.selectors.rights import Grants, grants_on_many
from lists_core.selectors.secured import Level
from staff.models import Employee

MODELS: dict[str, type[Model]] = {
    "disk": DiskRoot,
    "disk_folder": DiskFolder,
    "disk_file": DiskFile,
}


@dataclass(frozen=True)
class DiskThing:
    """What rights are granted on: the Disk itself, a folder, a file. Read by the Access page as
    the things of lists are (`selectors.secured.Secured`)."""

    thing: Any
    kind: str
    field: None = None

    @property
    def pk(self) -> int:
        return int(self.thing.pk)

    @property
    def name(self) -> str:
        return str(self.thing)

    @property
    def item(self) -> DiskFolder | DiskFile | None:
        return None if self.kind == "disk" else self.thing

    @property
    def restricted(self) -> bool:
        return self.item is not None and self.item.restricted


def disk_thing(actor: Employee, kind: str, pk: int) -> DiskThing:
    """A thing whose access the actor manages. Raises NotFound, Forbidden."""
    if kind == "disk":
        access_folder(actor, None, Right.ACCESS)
        return DiskThing(DiskRoot(pk=ROOT), kind)
    return DiskThing(access_item(actor, kind.removeprefix("disk_"), pk, Right.ACCESS), kind)


def granted_there(thing: DiskThing) -> Grants:
    """The thing's own grants; the Disk has those of the beginning until they are changed."""
    return levels(thing, None)[0].grants


def disk_access_page(thing: DiskThing, *, actor: Employee) -> AccessPage:
    """The Access page of a thing whose access the actor manages."""
    places = levels(thing, actor)
    held = rights_on_item(actor, thing.item)
    cut = (place for place in places[1:] if place.restricted and place.counts)
    return AccessPage(
        thing=thing,
        grants=places[0].grants,
        above=_above(thing, places[1:]),
        cut_by=next((origin(place) for place in cut), ""),
        held=held,
        roles=roles_for(thing.kind, held),
        rights=rights_for(thing.kind),
    )


def levels(thing: DiskThing, actor: Employee | None) -> list[Level]:
    """The thing, the folders above it and the Disk, with their grants; names and grants as far
    as the actor knows the places (None: who asks for the thing's own alone)."""
    places = list(_way(thing)) if actor else [next(_way(thing))]
    grants = _grants(places)
    found, counts = [], True
    for place in places:
        known, manages = _known(place, actor)
        given = grants[place.kind, place.pk] if counts or known else {}
        name = place.name if known else ""
        found.append(replace(place, grants=given, counts=counts, manages=manages, name=name))
        counts = counts and not place.restricted
    return found


def _way(thing: DiskThing) -> Iterator[Level]:
    yield Level(thing.kind, thing.pk, thing.name, thing.restricted)
    item = thing.item
    if item is None:
        return
    place = item.folder if isinstance(item, DiskFile) else item.parent
    above = place.ancestors(include_self=True).reverse() if place else ()
    for folder in above:
        yield Level("disk_folder", folder.pk, folder.name, folder.restricted)
    yield Level("disk", ROOT, _("Disk"))


def _grants(places: Sequence[Level]) -> dict[tuple[str, int], Grants]:
    """Two queries for each kind of place."""
    found: dict[tuple[str, int], Grants] = {}
    for kind in {place.kind for place in places}:
        ids = [place.pk for place in places if place.kind == kind]
        stored = grants_on_many(MODELS[kind], ids)
        found |= {(kind, pk): stored.get(pk, {}) for pk in ids}
    if ("disk", ROOT) in found and not DiskRoot.objects.filter(pk=ROOT).exists():
        found["disk", ROOT] = AT_FIRST
    return found


def _known(place: Level, actor: Employee | None) -> tuple[bool, bool]:
    """Whether the actor may know the place's name, and manages access there."""
    if actor is None or place.kind == "disk_file":
        return True, True
    rights = disk_rights(actor)
    folder = place.pk if place.kind == "disk_folder" else None
    own: Rights = rights.place(folder).own
    return folder is None or rights.knows(folder), Right.ACCESS in own


def _above(thing: DiskThing, places: Sequence[Level]) -> list[Inherited]:
    known = views_of(subject for place in places for subject in place.grants)
    return [
        Inherited(
            known[subject],
            described(place.kind, rights),
            origin(place),
            access_url(place) if place.manages else "",
        )
        for place in places
        if place.counts
        for subject, rights in sorted(place.grants.items())
    ]


def origin(place: Level) -> str:
    if place.kind == "disk":
        return _("the Disk")
    if place.kind == "disk_file":
        return _("file “%(name)s”") % {"name": place.name}
    if not place.name:
        return _("a folder above")
    return _("folder “%(name)s”") % {"name": place.name}


def access_url(place: Level) -> str:
    if place.kind == "disk":
        return reverse("disk_access")
    return reverse("disk_item_access", args=[place.kind.removeprefix("disk_"), place.pk])
