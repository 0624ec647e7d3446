"""What one person may do in one list: everything but the grants on single elements.

Three queries at most for any number of lists, kept for the length of a request.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import Exists, QuerySet

from lists_core.access.granted import (
    Granted,
    Who,
    codenames,
    granted,
    granted_on_sections,
    memory,
    who,
)
from lists_core.access.more import Lent, Loan, Tree, lent_to, loan_in
from lists_core.access.rights import ALL, NONE, Right, Rights, bringing, with_implied
from lists_core.models import Element, ElementGroupRight, ElementUserRight, List
from lists_core.schema.cache import schema_of

if TYPE_CHECKING:
    from staff.models import Employee

TREES = """
    SELECT list_id, id, parent_id, restricted FROM lists_core_section
    WHERE list_id = ANY(%s::bigint[])
"""


@dataclass(frozen=True)
class Place:
    """What a person may do in some place with what is unrestricted there.

    `own` was granted: on the place itself and on all in it. `author` is added for what the
    person made. Roles (`lists_core.access.more`) lend rights on elements alone: `lent` on all
    of them, `through` on those whose owner is one of these employees.
    """

    own: Rights = NONE
    author: Rights = NONE
    lent: Rights = NONE
    through: Mapping[Right, frozenset[int]] = field(default_factory=dict)

    @property
    def on_all(self) -> Rights:
        """Rights on every element of the place, whoever made and whoever owns it."""
        return self.own | self.lent

    @property
    def on_some(self) -> Rights:
        """Rights on every element, or on those of some owners."""
        return self.on_all.union(self.through)

    def owners(self, right: Right) -> frozenset[int]:
        """Whose elements the right is held on, where it is not held on all."""
        return frozenset() if right in self.on_all else self.through.get(right, frozenset())

    def of(self, *, is_author: bool, owner: int | None = None) -> Rights:
        held = self.own | self.author if is_author else self.own
        return held | self.lent | {r for r, ids in self.through.items() if owner in ids}

    def with_grants(self, more: Granted) -> Place:
        own, author = with_implied(more.own), with_implied(more.author)
        return replace(self, own=self.own | own, author=self.author | author)

    def with_loan(self, loan: Loan) -> Place:
        through: dict[Right, frozenset[int]] = {}
        for right, ids in loan.through.items():
            for brought in with_implied([right]):
                through[brought] = through.get(brought, frozenset()) | ids
        return replace(self, lent=with_implied(loan.all), through=through)


NOWHERE = Place()
EVERYWHERE = Place(ALL, ALL)


@dataclass(frozen=True)
class ListRights:
    """One person's rights in one list.

    `sections` holds the sections that differ from the list itself; `known` are the sections
    whose names the person may see, None for all. `owner` is the code of the field that names
    the owners of `Place.through`. `administrator` stands above all rules, restricted things
    included.
    """

    person: Who
    root: Place = NOWHERE
    sections: Mapping[int, Place] = field(default_factory=dict)
    known: frozenset[int] | None = None
    owner: str = ""
    administrator: bool = False

    def knows(self, section: int) -> bool:
        return self.known is None or section in self.known

    def place(self, section: int | None) -> Place:
        return self.root if section is None else self.sections.get(section, self.root)

    @property
    def places(self) -> Iterable[Place]:
        """The list itself and the sections that differ from it."""
        return (self.root, *self.sections.values())

    @property
    def list(self) -> Rights:
        """Rights granted on the list as a whole."""
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
    lent = lent_to(actor, list_ids)
    return {
        pk: _in_list(person, root, trees.get(pk, {}), on_sections, lent.get(pk, ()))
        for pk, root in roots.items()
    }


def _in_list(
    person: Who, root: Place, tree: Tree, grants: Mapping[int, Granted], lent: Sequence[Lent]
) -> ListRights:
    places = _places(root, tree, grants)
    if lent:
        places = {pk: places.get(pk, root).with_loan(loan_in(pk, lent, tree)) for pk in tree}
        root = root.with_loan(loan_in(None, lent, tree))
        places = {pk: place for pk, place in places.items() if place != root}
    owner = lent[0].owner if lent else ""
    return ListRights(person, root, places, _known(root, tree, places), owner)


def _trees(list_ids: Collection[int]) -> dict[int, Tree]:
    """List id → section id → (the section above, whether it is restricted). By hand, as
    `granted` is: every request asks it."""
    trees: dict[int, dict[int, tuple[int | None, bool]]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(TREES, [list(list_ids)])
        for list_id, pk, above, cut in cursor.fetchall():
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


def may_arrange(actor: Employee, right: Right, list_: List) -> bool:
    """Whether there is a place in the list whose sections the actor may change or delete."""
    return any(right in place.own for place in list_rights(actor, list_.pk).places)


def may_somewhere(actor: Employee, right: Right, list_: List) -> bool:
    """Whether there is a place in the list where the actor holds the right."""
    if not actor.is_active:
        return False
    rights = list_rights(actor, list_.pk)
    if any(right in place.on_some | place.author for place in rights.places):
        return True
    return right != Right.ADD and _on_some_element(rights.person, right, list_)


def _on_some_element(person: Who, right: Right, list_: List) -> bool:
    """One query, and one more where the authors of some elements hold it on them."""
    enough = codenames(Element, bringing(right))
    among = {"list": list_, "permission__codename__in": enough}
    mine = ElementUserRight.objects.filter(user=person.id, **among)
    ours = ElementGroupRight.objects.filter(group__in=person.groups, **among)
    authors = ElementGroupRight.objects.filter(group=person.author, **among)
    asked = List.objects.filter(pk=list_.pk).values_list(
        Exists(mine), Exists(ours), Exists(authors)
    )
    own, through_group, as_author = asked.get()
    return bool(own or through_group) or (
        bool(as_author) and _on_own_element(person, authors, list_)
    )


def _on_own_element(person: Who, granted: QuerySet[Any], list_: List) -> bool:
    """What an element's author holds counts for those who made that very element."""
    ids = granted.values("content_object")
    rows = schema_of(list_).model.objects
    return bool(rows.filter(pk__in=ids, created_by=person.id).exists())
