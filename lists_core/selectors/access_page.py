"""What an Access tab shows: the grants of one thing, what comes from above, what may be given."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from lists_core.access import ROLES, Right, Rights, with_implied
from lists_core.access.disk import EDIT
from lists_core.selectors.rights import Grants, grants_on
from lists_core.selectors.secured import KINDS, Level, Secured, held_on, levels
from staff.models import Employee
from staff.selectors_subjects import SubjectView, subject_views
from staff.subjects import Subject

CUSTOM = "custom"
ON_FIELDS: Mapping[str, tuple[str | Promise, Rights]] = {
    "none": ROLES["none"],
    "view": (gettext_lazy("Sees it"), frozenset({Right.VIEW})),
    "change": (gettext_lazy("Sees and changes it"), frozenset({Right.VIEW, Right.CHANGE})),
}
ON_DISK: Mapping[str, tuple[str | Promise, Rights]] = {
    "none": ROLES["none"],
    "view": ROLES["view"],
    "add": (gettext_lazy("View and add"), frozenset({Right.VIEW, Right.ADD})),
    "edit": (ROLES["edit"][0], EDIT),
    "full": ROLES["full"],
}
READY: Mapping[str, Mapping[str, tuple[str | Promise, Rights]]] = {
    "field": ON_FIELDS,
    **dict.fromkeys(["disk", "disk_folder", "disk_file"], ON_DISK),
}
#: Rights that mean nothing there.
MEANINGLESS: Mapping[str, Rights] = {
    "element": frozenset({Right.ADD}),
    "disk": frozenset({Right.RUN}),
    "disk_folder": frozenset({Right.RUN}),
    "disk_file": frozenset({Right.RUN, Right.ADD}),
}


@dataclass(frozen=True)
class Role:
    """A ready set of rights; `allowed` when the actor may give it."""

    slug: str
    label: str
    rights: Rights
    allowed: bool


@dataclass(frozen=True)
class Inherited:
    """One subject's rights that come from above; `url` leads to the tab they are set on."""

    view: SubjectView
    label: str
    origin: str
    url: str


@dataclass(frozen=True)
class AccessPage:
    """`grants` are the thing's own; `held` is the most the actor may give or take.

    `thing` is a Secured, or something of the Disk (`selectors.disk_access.DiskThing`).
    """

    thing: Any
    grants: Grants
    above: Sequence[Inherited]
    cut_by: str
    held: Rights
    roles: Sequence[Role]
    rights: Sequence[Right]

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.thing, self.grants)


def access_page(thing: Secured, *, actor: Employee) -> AccessPage:
    """The Access tab of a thing whose access the actor manages."""
    places = levels(thing, actor=actor)
    held = held_on(actor, thing)
    return AccessPage(
        thing=thing,
        grants=places[0].grants,
        above=_above(thing, places[1:]),
        cut_by=next(
            (origin(place) for place in places[1:] if place.restricted and place.counts), ""
        ),
        held=held,
        roles=roles_for(thing.kind, held),
        rights=rights_for(thing.kind),
    )


def rights_for(kind: str) -> list[Right]:
    """The rights that mean something there, in the order of the page."""
    if kind == "field":
        return []
    return [right for right in Right if right not in MEANINGLESS.get(kind, ())]


def meant(kind: str, rights: Rights) -> Rights:
    """A role's rights as they are kept there: adding means nothing on one element."""
    return rights - MEANINGLESS.get(kind, frozenset())


def roles_for(kind: str, held: Rights) -> list[Role]:
    ready = {
        slug: (label, meant(kind, rights))
        for slug, (label, rights) in READY.get(kind, ROLES).items()
        # To view and add is to view, where nothing is added.
        if not (kind == "disk_file" and slug == "add")
    }
    return [
        Role(slug, str(label), rights, with_implied(rights) <= held)
        for slug, (label, rights) in ready.items()
        if slug == "none" or rights
    ]


def role_named(kind: str, rights: Rights) -> str:
    """The slug of the role that is exactly these rights, "custom" when none is."""
    if kind == "field":
        return "change" if Right.CHANGE in rights else "view" if rights else "none"
    if Right.FULL in rights:
        return "full"
    found = (role.slug for role in roles_for(kind, rights) if role.rights == rights)
    return next(found, CUSTOM)


def role_choices() -> list[tuple[str, str]]:
    """The ready roles of a list, for a form."""
    return [(slug, str(label)) for slug, (label, _rights) in ROLES.items()]


def described(kind: str, rights: Rights) -> str:
    """The role's name, or the rights one by one."""
    slug = role_named(kind, rights)
    if slug == CUSTOM:
        return ", ".join(str(right.label) for right in Right if right in rights)
    return next(role.label for role in roles_for(kind, rights) if role.slug == slug)


def stored_grants(thing: Secured) -> Grants:
    return grants_on(KINDS[thing.kind], thing.pk)


def fingerprint(thing: Any, grants: Grants) -> str:
    """The same for the same rights: tells whether somebody changed them since."""
    marks = [thing.restricted]
    if thing.field:
        marks = [thing.field.view_restricted, thing.field.change_restricted]
    rows = sorted((subject.code, sorted(rights)) for subject, rights in grants.items())
    return sha256(json.dumps([marks, rows]).encode()).hexdigest()[:32]


# --- own steps --------------------------------------------------------------------------


def _above(thing: Secured, places: Sequence[Level]) -> list[Inherited]:
    """What counts from above and means something here; on fields it is full access alone."""
    known = views_of(subject for place in places for subject in place.grants)
    return [
        Inherited(
            known[subject],
            described(place.kind, rights),
            origin(place),
            access_url(thing, place) if place.manages else "",
        )
        for place in places
        if place.counts
        for subject, rights in sorted(place.grants.items())
        if (meant(thing.kind, rights) if thing.kind != "field" else Right.FULL in rights)
    ]


def views_of(subjects: Iterable[Subject]) -> dict[Subject, SubjectView]:
    """How to draw each; what is gone is drawn by its code."""
    asked = set(subjects)
    return {subject: SubjectView(subject, subject.code) for subject in asked} | subject_views(asked)


def origin(place: Level) -> str:
    if place.kind == "list":
        return gettext("list “%(name)s”") % {"name": place.name}
    if place.kind == "field":
        return gettext("field “%(name)s”") % {"name": place.name}
    if place.kind == "element":
        return gettext("element “%(name)s”") % {"name": place.name}
    if not place.name:
        return gettext("a section above")
    return gettext("section “%(name)s”") % {"name": place.name}


def access_url(thing: Secured, place: Level) -> str:
    if place.kind == "list":
        return reverse("list_access", args=[place.pk])
    return reverse(f"{place.kind}_access", args=[thing.list.pk, place.pk])
