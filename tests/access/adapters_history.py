"""The feed of a list and versions side by side, beside what the oracle says."""

from __future__ import annotations

from lists_core.access import Right
from lists_core.element_tabs import open_target
from lists_core.selectors.feed import Asked, feed_of
from lists_core.selectors.versions import compare
from tests.access.look import Look
from tests.access.worlds import CODES, canary


def feeds(look: Look) -> None:
    """What was made and said: of elements that the person may know of, and of no others."""
    for list_ in look.lists():
        found = feed_of(look.built.lists[list_], Asked(), actor=look.actor, size=1000)
        text = " ".join(
            f"{one.name} {one.said} {' '.join(f'{c.name} {c.old} {c.new}' for c in one.changes)}"
            for one in found.entries
        )
        seen = set(map(canary, look.seen(list_)))
        binned = {canary(k) for k in look.of(list_) if look.world.elements[k]["deleted"]}
        readable = {canary(key) for key in look.of(list_) if look.may("view", key)}
        look.no_leaks(f"feed of {list_}", text, bin_=True)
        for kind in ("created", "comment"):
            asked = Asked(kinds=frozenset({kind}))
            part = feed_of(look.built.lists[list_], asked, actor=look.actor, size=1000)
            told = [one.name for one in part.entries]
            look.same(f"{kind} twice in the feed of {list_}", len(told), len(set(told)))
            look.same(f"{kind} in the feed of {list_}", set(told) - binned, seen)
            # Of those in the bin, at most what they might read; nothing who may not look into it.
            look.same(f"{kind} of the bin in {list_}", set(told) & binned - readable, set())


def comparing(look: Look) -> None:
    """The fields in a comparison are those that the person sees on the element's page."""
    for key in [key for key in look.world.elements if look.sees(key)][:4]:
        list_ = look.world.elements[key]["list"]
        place = (look.built.lists[list_].pk, look.built.elements[key])
        told = compare(open_target(look.actor, Right.VIEW, *place), 1, 1)
        numbers = look.fields_of(list_)
        shown = {pair.field.code for pair in told.pairs} & set(CODES)
        seen = {code for code in CODES if code in numbers and look.sees_field(numbers[code], key)}
        look.same(f"fields compared of {key}", shown, seen)
        text = " ".join(f"{pair.old} {pair.new}" for pair in told.pairs)
        look.no_leaks(f"versions of {key}", text, page=key)


HISTORY = [feeds, comparing]
