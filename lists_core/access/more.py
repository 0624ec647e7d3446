"""Rights on elements that come from elsewhere than grants: the roles of an upper app.

A grantor says what one person holds on the elements of some lists by its own rules: on all
elements of a place, or on those whose *owner field* (an employee field of the list, such as
"responsible") names one of given people. Grants and grantors add up, the maximum wins. What a
grantor lends is about elements alone: nobody changes sections, settings or rights by it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from lists_core.access.granted import Who, who
from lists_core.access.rights import ALL, NONE, Right, Rights
from lists_core.schema.cache import schema_of
from svod.base.registry import Registry

if TYPE_CHECKING:
    from lists_core.models import List
    from lists_core.schema.compile import Schema
    from staff.models import Employee

#: What may be lent at all: work with elements.
LENDABLE: Rights = ALL - {Right.ACCESS, Right.FULL}


@dataclass(frozen=True)
class Loan:
    """What is lent in one place: `all` on every element there, `through` on elements whose
    owner is one of these employees. To add through owners is to make elements of theirs: the
    grantor's app sees to it in a listener (`lists_core.services.listeners`).
    """

    all: Rights = NONE
    through: Mapping[Right, frozenset[int]] = field(default_factory=dict)

    def __or__(self, other: Loan) -> Loan:
        through = {
            right: self.through.get(right, frozenset()) | other.through.get(right, frozenset())
            for right in {*self.through, *other.through}
        }
        return Loan(self.all | other.all, through)


NO_LOAN = Loan()


@dataclass(frozen=True)
class Lent:
    """The loans of one role in one list: by section, None for the list itself.

    A section takes the loan from above unless it has one of its own, which stands in the place
    of that one, even when it is less; a restricted section takes none. `owner` is the code of
    the owner field; where there is no such field nothing is lent through it.
    """

    places: Mapping[int | None, Loan]
    owner: str = ""


@dataclass(frozen=True)
class Reason:
    """One entry for "why may this person …": by what, and the rights that it gives here; in a
    place at large those are also there that hang on the owner of each element."""

    title: str
    rights: Rights
    details: Sequence[str] = ()
    url: str = ""


class Grantor:
    """What an upper app registers; every answer is for this moment."""

    slug = ""

    def lent(
        self, actor: Employee, person: Who, list_ids: Collection[int]
    ) -> Mapping[int, Sequence[Lent]]:
        """List id → the loans of each of the person's roles, which add up; all with one owner
        field. Lists without loans are left out. The actor is active and no administrator. No
        query when it knows none of the lists."""
        raise NotImplementedError

    def lists(self, person: Who) -> Q | None:
        """Over List: where it lends this person anything; None when it lends nowhere."""
        raise NotImplementedError

    def audience(self, list_: List, places: Sequence[int | None], owner: int | None) -> Q | None:
        """Over Employee: who may view an element by its loans. `places` are those from which
        loans reach it, the nearest first; None when it knows nothing of the list."""
        raise NotImplementedError

    def owner_code(self, list_: List) -> str:
        """The code of the owner field; "" for a list that it does not know."""
        raise NotImplementedError

    def reasons(
        self,
        list_: List,
        person: Employee,
        places: Sequence[int | None],
        owner: int | None,
        *,
        one: bool,
    ) -> Iterable[Reason]:
        """Why the person holds what it lends: on one element with this owner, or (not `one`)
        in a place at large. Worked out apart from `lent`; the two check each other."""
        raise NotImplementedError


grantors: Registry[Grantor] = Registry("grantor of rights")


#: Section → (the section above, whether it is restricted).
Tree = Mapping[int, tuple[int | None, bool]]


def lent_to(actor: Employee, list_ids: Collection[int]) -> dict[int, Sequence[Lent]]:
    """List id → what is lent there; lists without loans are left out."""
    found: dict[int, Sequence[Lent]] = {}
    for grantor in grantors:
        more = grantor.lent(actor, who(actor), list_ids)
        if more.keys() & found.keys():  # two owner fields of one list would make no predicate
            raise ValueError(f"two grantors for the lists {more.keys() & found.keys()}")
        found |= more
    return found


def loan_in(place: int | None, lents: Iterable[Lent], tree: Tree) -> Loan:
    """What all of them together lend in a section, or (None) in the list itself."""
    return reduce(Loan.__or__, (_reaching(place, lent, tree) for lent in lents), NO_LOAN)


def _reaching(place: int | None, lent: Lent, tree: Tree) -> Loan:
    while place is not None and place not in lent.places:
        above, restricted = tree[place]
        if restricted:
            return NO_LOAN
        place = above if above in tree else None
    return _kept(lent.places.get(place, NO_LOAN))


def _kept(loan: Loan) -> Loan:
    kept = {right: ids for right, ids in loan.through.items() if right in LENDABLE and ids}
    return Loan(loan.all & LENDABLE, kept)


def lists_lent(person: Who) -> list[Q]:
    return [found for grantor in grantors if (found := grantor.lists(person)) is not None]


def readers_lent(list_: List, places: Sequence[int | None], row: Any) -> Q:
    """Over Employee: who may read the row by a loan in one of the places."""
    asked = [grantor.audience(list_, places, _owner(grantor, list_, row)) for grantor in grantors]
    return reduce(Q.__or__, (found for found in asked if found is not None), Q(pk__in=[]))


def reasons_for(
    list_: List, person: Employee, places: Sequence[int | None], row: Any = None
) -> list[Reason]:
    """Why the person holds what is lent: on the row, or in the place at large."""
    return [
        reason
        for grantor in grantors
        for reason in grantor.reasons(
            list_, person, places, _owner(grantor, list_, row), one=row is not None
        )
    ]


def _owner(grantor: Grantor, list_: List, row: Any) -> int | None:
    column = owner_column(schema_of(list_), grantor.owner_code(list_)) if row is not None else ""
    return getattr(row, column) if column else None


def owner_column(schema: Schema, code: str) -> str:
    """The column of the owner field, whoever may read it; "" when it cannot be one."""
    field = (schema.whole or schema).get(code) if code else None
    usable = field is not None and field.type.slug == "employee" and not field.multiple
    return field.main_column if usable and field else ""
