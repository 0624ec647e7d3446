"""Why a person may do something, step by step.

Worked out from the stored grants alone, not by the predicate: the two check each other
(tests/lists_core/test_explain.py compares them on random worlds).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.contrib.auth.models import Group
from django.utils.translation import gettext as _

from lists_core.access import ALL, Right, Rights, visible_lists, with_implied
from lists_core.access.more import LENDABLE, Reason, reasons_for
from lists_core.models import Field
from lists_core.selectors.access_page import access_url, described, meant, origin
from lists_core.selectors.rights import Grants, grants_on_many
from lists_core.selectors.secured import Level, Secured, lending, levels
from staff.models import Employee
from staff.subjects import AUTHOR, EVERYONE, Subject, names_of, subjects_of_groups

NONE: Rights = frozenset()
KINDS = ("U", "D", "DR", "G", "AU", "CR")


@dataclass(frozen=True)
class Step:
    """One line of an explanation. `mood`: "given", "cut" (stops what is above), "none", "note".

    `lines` are its details, `url` the page where it can be changed ("" for nowhere).
    """

    mood: str
    title: str
    lines: Sequence[str] = ()
    url: str = ""


@dataclass(frozen=True)
class Explanation:
    """`rights` on the thing; `hidden` and `fixed` are names of fields kept from the person."""

    person: Employee
    steps: Sequence[Step]
    rights: Rights
    hidden: Sequence[str] = ()
    fixed: Sequence[str] = ()

    @property
    def labels(self) -> list[str]:
        return [str(right.label) for right in Right if right in self.rights]


def explain(thing: Secured, person: Employee, *, actor: Employee) -> Explanation:
    """What `person` may do with a thing whose access `actor` manages, and by what."""
    if not person.is_active:
        told = Step("none", _("Deactivated: has no rights at all"))
        return Explanation(person, [told], NONE)
    if person.is_superuser:
        told = Step("given", _("An administrator of the portal: holds every right everywhere"))
        return Explanation(person, [told], _all(thing))
    counts = counts_as(person, thing)
    places = levels(thing, actor=actor)
    if thing.field:
        return _of_field(thing, person, counts, places)
    reasons = reasons_for(thing.list, person, lending(places), thing.row)
    lent = _lent(reasons)
    rights = meant(thing.kind, _sum(places, counts) | (NONE if thing.row is None else lent))
    steps = [who_step(counts), *_levels(thing, places, counts), *_by_roles(thing, reasons)]
    hidden, fixed = _fields(thing, counts, places, rights | lent)
    steps += [*_by_the_way(thing, person, places, rights | lent), *_about_fields(hidden, fixed)]
    return Explanation(person, steps, rights, hidden, fixed)


def counts_as(person: Employee, thing: Secured) -> set[Subject]:
    """Everything a right may be given to that this person is."""
    ids = Group.objects.filter(user=person.pk).values_list("pk", flat=True)
    found = {Subject("U", person.pk), EVERYONE, *subjects_of_groups(list(ids)).values()} - {AUTHOR}
    made = thing.row is not None and thing.row.created_by == person.pk
    return found | {AUTHOR} if made else found


# --- sums -------------------------------------------------------------------------------


def _all(thing: Secured) -> Rights:
    return frozenset({Right.VIEW, Right.CHANGE}) if thing.field else meant(thing.kind, ALL)


def matched(grants: Grants, counts: Collection[Subject]) -> dict[Subject, Rights]:
    return {subject: rights for subject, rights in grants.items() if subject in counts}


def _sum(places: Sequence[Level], counts: Collection[Subject]) -> Rights:
    """The union of all that counts on the way up."""
    found = [matched(place.grants, counts).values() for place in places if place.counts]
    return with_implied(right for held in found for rights in held for right in rights)


def _lent(reasons: Iterable[Reason]) -> Rights:
    held = (right for reason in reasons for right in reason.rights)
    return with_implied(LENDABLE.intersection(held))


def _has_full(places: Sequence[Level], counts: Collection[Subject]) -> bool:
    """Full access to the list itself: field rights do not bind those who have it."""
    own = counts - {AUTHOR} if isinstance(counts, set) else counts
    return any(Right.FULL in rights for rights in matched(places[-1].grants, own).values())


# --- steps ------------------------------------------------------------------------------


def who_step(counts: Collection[Subject]) -> Step:
    names = names_of(counts)
    order = sorted(names, key=lambda subject: (KINDS.index(subject.kind), names[subject]))
    return Step("note", _("Counts as"), [names[subject] for subject in order])


def _levels(thing: Secured, places: Sequence[Level], counts: Collection[Subject]) -> Iterator[Step]:
    """From the list down to the thing."""
    names = names_of(subject for place in places for subject in place.grants)
    for place in reversed(places):
        title = sentence(origin(place))
        url = access_url(thing, place) if place.manages or place is places[0] else ""
        if place.restricted:
            cut = [_("Nothing from above counts here.")]
            yield Step("cut", _("%(place)s is restricted") % {"place": title}, cut)
        yield level_step(place, title, matched(place.grants, counts), names, url)


def level_step(
    place: Level,
    title: str,
    found: Mapping[Subject, Rights],
    names: Mapping[Subject, str],
    url: str,
) -> Step:
    lines = [
        _("%(subject)s: %(rights)s")
        % {"subject": names.get(subject, subject.code), "rights": described(place.kind, rights)}
        for subject, rights in sorted(found.items())
    ]
    if not lines:
        return Step("none", title, [_("Nothing granted to them.")], url)
    if not place.counts:
        return Step("none", title, [*lines, _("It does not count: cut off below.")], url)
    return Step("given", title, lines, url)


def _by_roles(thing: Secured, reasons: Iterable[Reason]) -> Iterator[Step]:
    """What roles lend: on this element, or on elements of this place in general."""
    for reason in reasons:
        mood = "given" if reason.rights and thing.row is not None else "note"
        yield Step(mood, reason.title, reason.details, reason.url)


def sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _by_the_way(
    thing: Secured, person: Employee, places: Sequence[Level], rights: Rights
) -> Iterator[Step]:
    """What hangs on single elements: those that the person made, or was given one by one."""
    if thing.row is not None:
        return
    authors = _sum(places, {AUTHOR})
    if authors:
        told = [str(right.label) for right in Right if right in authors]
        yield Step("note", _("And on the elements that they made themselves"), told)
    if thing.kind == "list" and not rights and _sees(person, thing):
        told = [_("For a right on something in it, or for an element of their own.")]
        yield Step("note", _("Sees that the list exists"), told)


def _sees(person: Employee, thing: Secured) -> bool:
    return visible_lists(person).filter(pk=thing.list.pk).exists()


# --- fields -----------------------------------------------------------------------------


def _fields(
    thing: Secured, counts: set[Subject], places: Sequence[Level], rights: Rights
) -> tuple[list[str], list[str]]:
    """Names of the fields that the person does not see, and of those they only read."""
    if not rights or _has_full(places, counts):
        return [], []
    fields = [field for field in thing.list.fields.filter(deleted_at=None) if _bound(field)]
    grants = grants_on_many(Field, [field.pk for field in fields])
    held = {field.pk: _held(grants.get(field.pk, {}), counts) for field in fields}
    hidden = [field for field in fields if field.view_restricted and not held[field.pk]]
    fixed = [
        field
        for field in fields
        if field.change_restricted and Right.CHANGE not in held[field.pk] and field not in hidden
    ]
    return [field.name for field in hidden], [field.name for field in fixed]


def _bound(field: Field) -> bool:
    return field.view_restricted or field.change_restricted


def _held(grants: Grants, counts: Collection[Subject]) -> Rights:
    return frozenset().union(*matched(grants, counts).values())


def _about_fields(hidden: Sequence[str], fixed: Sequence[str]) -> Iterator[Step]:
    if hidden:
        yield Step("cut", _("Does not see these fields"), hidden)
    if fixed:
        yield Step("cut", _("Reads these fields, but does not change them"), fixed)


def _of_field(
    thing: Secured, person: Employee, counts: set[Subject], places: Sequence[Level]
) -> Explanation:
    """What the field allows to somebody who may see, or change, the element."""
    field = thing.thing
    held = _held(places[0].grants, counts)
    rights = _all(thing)
    full = _has_full(places, counts)
    if not full and field.view_restricted and not held:
        rights = NONE
    elif not full and field.change_restricted and Right.CHANGE not in held:
        rights = frozenset({Right.VIEW})
    return Explanation(person, [*_field_steps(thing, counts, places, full=full)], rights)


def _field_steps(
    thing: Secured, counts: Collection[Subject], places: Sequence[Level], *, full: bool
) -> Iterator[Step]:
    field = thing.thing
    yield who_step(counts)
    if full:
        yield Step("given", _("Has full access to the list: field rights do not bind them"))
        return
    if field.view_restricted:
        yield Step("cut", _("Viewing restricted: only those named here see the field"))
    if field.change_restricted:
        yield Step("cut", _("Changing restricted: only those named here change the field"))
    if not _bound(field):
        yield Step("given", _("The field is open: whoever sees the element sees it"))
        return
    names = names_of(places[0].grants)
    title = sentence(origin(places[0]))
    yield level_step(places[0], title, matched(places[0].grants, counts), names, "")
    yield Step("note", _("A right on the element is needed as well"))
