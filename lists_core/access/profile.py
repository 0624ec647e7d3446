"""What one person may do in one list: everything but the grants on single elements.

Three queries at most for any number of lists, kept for the length of a request.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lists_core.access.granted import (
    Granted,
    Who,
    codenames,
    granted,
    granted_on_sections,
    memory,
    who,
)
from lists_core.access.rights import ALL, NONE, Right, Rights, bringing, with_implied
from lists_core.models import Element, ElementGroupRight, ElementUserRight, List, Section
from lists_core.schema.cache import schema_of

if TYPE_CHECKING:
    from staff.models import Employee


@dataclass(frozen=True)
class Place:
    """What a person may do with an unrestricted element of some place, and as its author."""

    own: Rights = NONE
    author: Rights = NONE

    def of(self, *, is_author: bool) -> Rights:
        return self.own | self.author if is_author else self.own

    def with_grants(self, more: Granted) -> Place:
        return Place(self.own | with_implied(more.own), self.author | with_implied(more.author))


NOWHERE = Place()
EVERYWHERE = Place(ALL, ALL)


@dataclass(frozen=True)
class ListRights:
    """One person's rights in one list.

    `sections` holds the sections that differ from the list itself; `known` are the sections
    whose names the person may see, None for all. `administrator` stands above all rules,
    restricted things included.
    """

    person: Who
    root: Place = NOWHERE
    sections: Mapping[int, Place] = field(default_factory=dict)
    known: frozenset[int] | None = None
    administrator: bool = False

    def knows(self, section: int) -> bool:
        return self.known is None or section in self.known

    def place(self, section: int | None) -> Place:
        return self.root if section is None else self.sections.get(section, self.root)

    @property
    def list(self) -> Rights:
        """Rights on the list as a whole."""
        return self.root.own


def list_rights(actor: Employee, list_id: int) -> ListRights:
    return rights_in(actor, [list_id])[list_id]


def rights_in(actor: Employee, list_ids: Collection[int]) -> dict[int, ListRights]:
    """List id → the actor's rights in it."""
    if not actor.is_active:
        return dict.fromkeys(list_ids, ListRights(Who(0, (), 0), known=frozenset()))
    if actor.is_superuser:
        everything = ListRights(Who(actor.pk, (), 0), EVERYWHERE, administrator=True)
        return dict.fromkeys(list_ids, everything)
    known = memory().rights
    missing = {pk for pk in list_ids if (actor.pk, pk) not in known}
    known |= {(actor.pk, pk): rights for pk, rights in _read(actor, missing).items()}
    return {pk: known[actor.pk, pk] for pk in list_ids}


def _read(actor: Employee, list_ids: Collection[int]) -> dict[int, ListRights]:
    if not list_ids:
        return {}
    person = who(actor)
    on_lists = granted(List, list_ids, person)
    roots = {pk: NOWHERE.with_grants(on_lists.get(pk, Granted())) for pk in list_ids}
    trees = _trees(list_ids)
    on_sections = granted_on_sections(trees, person) if trees else {}
    found = {}
    for pk, root in roots.items():
        tree = trees.get(pk, {})
        places = _places(root, tree, on_sections)
        found[pk] = ListRights(person, root, places, _known(root, tree, places))
    return found


Tree = Mapping[int, tuple[int | None, bool]]


def _trees(list_ids: Collection[int]) -> dict[int, Tree]:
    """List id → section id → (the section above, whether it is restricted)."""
    rows = Section.objects.filter(list__pk__among=list_ids).order_by()
    trees: dict[int, dict[int, tuple[int | None, bool]]] = defaultdict(dict)
    for list_id, pk, above, cut in rows.values_list("list", "pk", "parent", "restricted"):
        trees[list_id][pk] = (above, cut)
    return dict(trees)


def _places(root: Place, tree: Tree, grants: Mapping[int, Granted]) -> dict[int, Place]:
    """The sections whose rights differ from the list's: those below a grant or a cut."""
    special = (grants.keys() & tree.keys()) | {pk for pk, (_above, cut) in tree.items() if cut}
    if not special:
        return {}
    found: dict[int | None, Place] = {None: root}
    for pk in tree:
        _settle(pk, tree, grants, found)
    return {pk: place for pk, place in found.items() if pk is not None and place != root}


def _known(root: Place, tree: Tree, places: Mapping[int, Place]) -> frozenset[int] | None:
    """Sections with any right in them and, for the way there, those above."""
    if not places:
        return None if root != NOWHERE else frozenset()
    known = {pk for pk in tree if places.get(pk, root) != NOWHERE}
    for section in list(known):
        above = tree[section][0]
        while above is not None and above not in known:
            known.add(above)
            above = tree[above][0]
    return frozenset(known)


def _settle(
    pk: int, tree: Tree, grants: Mapping[int, Granted], found: dict[int | None, Place]
) -> None:
    """Fill `found` for a section, after all those above it."""
    path: list[int] = []
    place: Any = pk
    while place not in found:
        path.append(place)
        place = tree[place][0] if tree[place][0] in tree else None
    for section in reversed(path):
        above, cut = tree[section]
        inherited = NOWHERE if cut else found[above if above in tree else None]
        given = grants.get(section)
        found[section] = inherited.with_grants(given) if given else inherited


def may(actor: Employee, right: Right, list_: List) -> bool:
    """Whether the actor holds the right on the whole list."""
    return right in list_rights(actor, list_.pk).list


def may_somewhere(actor: Employee, right: Right, list_: List) -> bool:
    """Whether there is a place in the list where the actor holds the right."""
    if not actor.is_active:
        return False
    rights = list_rights(actor, list_.pk)
    places = [rights.root, *rights.sections.values()]
    if any(right in place.own | place.author for place in places):
        return True
    return right != Right.ADD and _on_some_element(rights.person, right, list_)


def _on_some_element(person: Who, right: Right, list_: List) -> bool:
    enough = codenames(Element, bringing(right))
    among = {"list": list_, "permission__codename__in": enough}
    mine = ElementUserRight.objects.filter(user=person.id, **among)
    ours = ElementGroupRight.objects.filter(group__in=person.groups, **among)
    return mine.exists() or ours.exists() or _on_own_element(person, among, list_)


def _on_own_element(person: Who, among: Mapping[str, Any], list_: List) -> bool:
    """What an element's author holds counts for those who made that very element."""
    granted = ElementGroupRight.objects.filter(group=person.author, **among)
    ids = granted.values("content_object")
    if not granted.exists():
        return False
    rows = schema_of(list_).model.objects
    return bool(rows.filter(pk__in=ids, created_by=person.id).exists())
