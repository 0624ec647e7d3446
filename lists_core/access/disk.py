"""Rights on the Disk: what one person may do in each folder, and the predicates of its reads.

As in lists: the maximum of what is granted on a thing and above it, up to a restricted one.
Whoever made a folder or a file is its author; the author's rights on a folder reach all in it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import BooleanField, ExpressionWrapper, Q

from lists_core.access.granted import (
    STORES,
    Granted,
    Who,
    codenames,
    granted,
    granted_anywhere,
    memory,
    who,
)
from lists_core.access.profile import EVERYWHERE, NOWHERE, Place
from lists_core.access.rights import ALL, NONE, Right, Rights, bringing
from lists_core.models import DiskFile, DiskFolder, DiskRoot
from staff.subjects import AUTHOR, EVERYONE, Subject

if TYPE_CHECKING:
    from staff.models import Employee

ROOT = 1
EDIT = frozenset({Right.VIEW, Right.ADD, Right.CHANGE, Right.DELETE})
#: What is granted on the Disk itself until somebody changes it.
AT_FIRST: Mapping[Subject, Rights] = {EVERYONE: EDIT, AUTHOR: frozenset({Right.FULL})}
NOTHING = Q(pk__in=[])
EVERYTHING = ~NOTHING  # an empty Q would vanish beside an "or"


class Step(NamedTuple):
    """One folder in the tree."""

    above: int | None
    restricted: bool
    maker: int | None
    binned: bool


Tree = Mapping[int, Step]


@dataclass(frozen=True)
class DiskRights:
    """One person's rights on the Disk.

    `folders` holds the folders that differ from the Disk itself, those in the bin among them;
    `known` are the folders that the person may know of, None for all.
    """

    person: Who
    root: Place = NOWHERE
    folders: Mapping[int, Place] = field(default_factory=dict)
    known: frozenset[int] | None = None
    administrator: bool = False

    def place(self, folder_id: int | None) -> Place:
        return self.root if folder_id is None else self.folders.get(folder_id, self.root)

    def knows(self, folder_id: int) -> bool:
        return self.known is None or folder_id in self.known


def disk_rights(actor: Employee) -> DiskRights:
    """Six queries at most, none for administrators; remembered for the length of a request."""
    if not actor.is_active:
        return DiskRights(Who(0, (), 0), known=frozenset())
    if actor.is_superuser:
        return DiskRights(Who(actor.pk, (), 0), EVERYWHERE, administrator=True)
    known = memory().more
    if ("disk", actor.pk) not in known:
        known["disk", actor.pk] = _read(who(actor))
    found: DiskRights = known["disk", actor.pk]
    return found


def _read(person: Who) -> DiskRights:
    root = _root(person)
    grants = granted_anywhere(DiskFolder, person)
    tree = _tree()
    found: dict[int | None, Place] = {None: root}
    for pk in tree:
        _settle(pk, tree, grants, found, person.id)
    places = {pk: place for pk, place in found.items() if pk is not None and place != root}
    return DiskRights(person, root, places, _known(root, tree, places, person))


def _root(person: Who) -> Place:
    if DiskRoot.objects.filter(pk=ROOT).exists():
        return NOWHERE.with_grants(granted(DiskRoot, [ROOT], person).get(ROOT, Granted()))
    return NOWHERE.with_grants(Granted(AT_FIRST[EVERYONE], AT_FIRST[AUTHOR]))


def _tree() -> Tree:
    binned = ExpressionWrapper(~Q(deleted_at=None), output_field=BooleanField())
    rows = DiskFolder.objects.order_by().annotate(binned=binned)
    columns = rows.values_list("pk", "parent", "restricted", "created_by", "binned")
    return {pk: Step(*step) for pk, *step in columns}


def _settle(
    pk: int,
    tree: Tree,
    grants: Mapping[int, Granted],
    found: dict[int | None, Place],
    person: int,
) -> None:
    """Fill `found` for a folder, after all those above it."""
    path: list[int] = []
    place: int | None = pk
    while place is not None and place not in found:
        path.append(place)
        place = tree[place].above
    for folder in reversed(path):
        step = tree[folder]
        here = NOWHERE if step.restricted else found[step.above]
        here = here.with_grants(grants[folder]) if folder in grants else here
        found[folder] = _as_author(here) if step.maker == person else here


def _as_author(place: Place) -> Place:
    """Who made a folder holds there, and on all in it, what authors were given."""
    return place if place.author <= place.own else replace(place, own=place.own | place.author)


def _known(
    root: Place, tree: Tree, places: Mapping[int, Place], person: Who
) -> frozenset[int] | None:
    """Folders outside the bin with any right in them and, for the way to these and to granted
    files, those above."""
    if root.own and all(place.own for place in places.values()):
        return None
    own = [pk for pk, step in tree.items() if places.get(pk, root).own and not step.binned]
    known: set[int] = set()
    for folder in [*own, *_holding_granted_files(person)]:
        above: int | None = folder
        while above is not None and above not in known:
            known.add(above)
            above = tree[above].above
    return frozenset(known)


def _holding_granted_files(person: Who) -> list[int]:
    granted_files = _granted(DiskFile, person, bringing(Right.VIEW))
    files = DiskFile.objects.filter(granted_files, deleted_at=None)
    return list(files.exclude(folder=None).order_by().values_list("folder", flat=True).distinct())


# --- predicates ---------------------------------------------------------------------------


def known_folders(actor: Employee) -> Q:
    """Over folders outside the bin: those that the actor may know of."""
    known = disk_rights(actor).known
    return Q() if known is None else Q(pk__among=known)


def allowed_folders(actor: Employee, right: Right) -> Q:
    """Over folders, in the bin or not: those on which the actor has the right."""
    inside, outside = _places(disk_rights(actor), right, author=False)
    return ~Q(pk__among=outside) if inside is None else Q(pk__among=inside)


def allowed_files(actor: Employee, right: Right) -> Q:
    """Over files, in the bin or not: those on which the actor has the right."""
    if not actor.is_active:
        return NOTHING
    rights = disk_rights(actor)
    if rights.administrator:
        return Q()
    enough = bringing(right)
    inherited = _in_places(rights, right, author=False)
    authored = _in_places(rights, right, author=True)
    return (
        (Q(restricted=False) & (inherited | (Q(created_by=actor.pk) & authored)))
        | _granted(DiskFile, rights.person, enough)
        | (Q(created_by=actor.pk) & _granted_to_author(rights.person, enough))
    )


def visible_files(actor: Employee) -> Q:
    """Over files: those outside the bin that the actor may read."""
    return Q(deleted_at=None) & allowed_files(actor, Right.VIEW)


def _in_places(rights: DiskRights, right: Right, *, author: bool) -> Q:
    inside, outside = _places(rights, right, author=author)
    if inside is None:
        return Q(folder=None) | ~Q(folder__pk__among=outside) if outside else EVERYTHING
    return Q(folder__pk__among=inside) if inside else NOTHING


def _places(
    rights: DiskRights, right: Right, *, author: bool
) -> tuple[Collection[int] | None, Collection[int]]:
    """Either the folders where the right is held, or None and those where it is not: where it
    is held on the Disk itself."""
    at_root = right in (rights.root.author if author else rights.root.own)
    differing = [
        pk
        for pk, place in rights.folders.items()
        if (right in (place.author if author else place.own)) != at_root
    ]
    return (None, differing) if at_root else (differing, ())


def _granted(model: type[DiskFile], person: Who, enough: Rights) -> Q:
    users, groups = STORES[model]
    names = codenames(model, enough)
    mine = users.objects.filter(user=person.id, permission__codename__in=names)
    ours = groups.objects.filter(group__in=person.groups, permission__codename__in=names)
    return Q(pk__in=mine.values("content_object")) | Q(pk__in=ours.values("content_object"))


def _granted_to_author(person: Who, enough: Rights) -> Q:
    groups = STORES[DiskFile][1].objects
    names = codenames(DiskFile, enough)
    rows = groups.filter(group=person.author, permission__codename__in=names)
    return Q(pk__in=rows.values("content_object"))


# --- things at hand -----------------------------------------------------------------------


def rights_on_files(actor: Employee, files: Collection[DiskFile]) -> dict[int, Rights]:
    """File id → all that the actor may do with it. One query beside those of the rights."""
    rights = disk_rights(actor)
    if rights.administrator or not actor.is_active:
        return {file.pk: ALL if rights.administrator else NONE for file in files}
    grants = granted(DiskFile, [file.pk for file in files], rights.person)
    return {file.pk: _on_file(rights, file, grants.get(file.pk, Granted())) for file in files}


def _on_file(rights: DiskRights, file: DiskFile, grants: Granted) -> Rights:
    place = NOWHERE if file.restricted else rights.place(file.folder_id)
    place = place.with_grants(grants)
    return place.of(is_author=file.created_by_id == rights.person.id)


def rights_on_item(actor: Employee, item: DiskFolder | DiskFile | None) -> Rights:
    """The same for a folder (None is the Disk itself) or one file."""
    if isinstance(item, DiskFile):
        return rights_on_files(actor, [item])[item.pk]
    return disk_rights(actor).place(item.pk if item else None).own


def rights_within(actor: Employee, item: DiskFolder | DiskFile) -> dict[tuple[str, int], Rights]:
    """("folder" or "file", id) → the actor's rights on the item, the folders below it and the
    actor's own files there. On others' files they hold what they hold on the folder, besides
    what is granted on the file itself."""
    if isinstance(item, DiskFile):
        return {("file", item.pk): rights_on_item(actor, item)}
    rights = disk_rights(actor)
    below = list(item.descendants(include_self=True).values_list("pk", flat=True))
    own = DiskFile.objects.filter(folder__in=below, created_by=actor)
    files = {("file", pk): held for pk, held in rights_on_files(actor, own).items()}
    return {("folder", pk): rights.place(pk).own for pk in below} | files
