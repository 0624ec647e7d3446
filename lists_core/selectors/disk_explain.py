"""Why a person may do something with a folder or a file of the Disk, step by step.

Worked out from the stored grants alone, not by `access.disk`: the two check each other
(tests/access/test_disk_oracle.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.contrib.auth.models import Group
from django.utils.translation import gettext as _

from lists_core.access import ALL, Rights, with_implied
from lists_core.models import DiskFile, DiskFolder
from lists_core.selectors.access_page import meant
from lists_core.selectors.disk_access import DiskThing, access_url, levels, origin
from lists_core.selectors.explain import Explanation, Step, level_step, matched, sentence, who_step
from lists_core.selectors.secured import Level
from staff.models import Employee
from staff.subjects import AUTHOR, EVERYONE, Subject, names_of, subjects_of_groups


def explain_disk(thing: DiskThing, person: Employee, *, actor: Employee) -> Explanation:
    """What `person` may do with a thing whose access `actor` manages, and by what."""
    if not person.is_active:
        told = Step("none", _("Deactivated: has no rights at all"))
        return Explanation(person, [told], frozenset())
    if person.is_superuser:
        told = Step("given", _("An administrator of the portal: holds every right everywhere"))
        return Explanation(person, [told], meant(thing.kind, ALL))
    places = levels(thing, actor)
    counts = _counts_as(person)
    authored = _authored(thing, person)
    rights = meant(thing.kind, _sum(places, counts, authored))
    steps = [who_step(counts), *_steps(places, counts, authored)]
    return Explanation(person, steps, rights)


def _counts_as(person: Employee) -> set[Subject]:
    ids = Group.objects.filter(user=person.pk).values_list("pk", flat=True)
    found = subjects_of_groups(list(ids)).values()
    return {Subject("U", person.pk), EVERYONE, *found} - {AUTHOR}


def _authored(thing: DiskThing, person: Employee) -> list[bool]:
    """Of the thing and each place above it, whether the person made that one or one below it on
    the way: what authors hold in the place is then theirs."""
    item = thing.item
    made = [item is not None and item.created_by_id == person.pk]
    place: DiskFolder | None = None
    if item is not None:
        place = item.folder if isinstance(item, DiskFile) else item.parent
    above = place.ancestors(include_self=True).reverse() if place else ()
    for folder in above:
        made.append(made[-1] or folder.created_by_id == person.pk)
    return [*made, made[-1]] if item is not None else made


def _sum(places: Sequence[Level], counts: set[Subject], authored: Sequence[bool]) -> Rights:
    found = [
        matched(place.grants, counts | ({AUTHOR} if made else set())).values()
        for place, made in _counting(places, authored)
    ]
    return with_implied(right for held in found for rights in held for right in rights)


def _counting(places: Sequence[Level], authored: Sequence[bool]) -> Iterator[tuple[Level, bool]]:
    return (pair for pair in zip(places, authored, strict=True) if pair[0].counts)


def _steps(
    places: Sequence[Level], counts: set[Subject], authored: Sequence[bool]
) -> Iterator[Step]:
    """From the Disk down to the thing."""
    names = names_of(subject for place in places for subject in place.grants)
    for place, made in reversed(list(zip(places, authored, strict=True))):
        title = sentence(origin(place))
        if place.restricted:
            cut = [_("Nothing from above counts here.")]
            yield Step("cut", _("%(place)s is restricted") % {"place": title}, cut)
        found = matched(place.grants, counts | ({AUTHOR} if made else set()))
        yield level_step(place, title, found, names, access_url(place) if place.manages else "")
