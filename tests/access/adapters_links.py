"""Where the values of a list are used, beside what the oracle says."""

from __future__ import annotations

from lists_core.selectors.by_title import by_title
from lists_core.selectors.elements import ElementQuery, found
from lists_core.selectors.linking import linked_from, more_links, uses_of_list
from tests.access import oracle
from tests.access.adapters import points_to
from tests.access.look import Look
from tests.access.worlds import LINK, LISTS, WHO, canary
from tests.access.worlds_crm import BIND

SECTION = "SECTION"


def used_in(look: Look) -> None:
    """The fields that link to each list, with numbers, and the pages of what links to one."""
    for number, own in look.built.lists.items():
        got = {
            use.pointing.field.field.pk: use.count and use.count.number
            for use in uses_of_list(look.actor, own.pk)
        }
        source = (number - 2) % LISTS + 1  # whose LINK points here
        if source not in look.world.lists:
            continue
        wanted = {}
        field = look.built.fields[look.fields_of(source)[LINK]]
        if look.sees_list(source) and look.sees_field(look.fields_of(source)[LINK]):
            linking = {k for k in look.seen(source) if look.world.elements[k]["link"]}
            wanted = {field.pk: len(linking)}
        look.same(f"used in, of list {number}", got, wanted)
        for target in look.of(number)[:2]:
            more = more_links(
                look.actor, own.pk, look.built.elements[target],
                kind="element", field_id=field.pk, before=10**15,
            )  # fmt: skip
            pages = [pk for pk, _name in more.elements] if more else []
            first = linked_from(look.actor, own.pk, look.built.elements[target])
            shown = [pk for use in first for pk, _name in use.elements]
            look.same(f"pages of links to {target}", pages, shown)


def linking(look: Look) -> None:
    """Who links to an element."""
    linked = {row["link"] for row in look.world.elements.values()} - {None}
    for target in sorted(linked)[:4]:
        row = look.world.elements[target]
        uses = linked_from(
            look.actor, look.built.lists[row["list"]].pk, look.built.elements[target]
        )
        got = {look.built.number(pk) for use in uses for pk, _name in use.elements}
        wanted = {
            key
            for key, other in look.world.elements.items()
            if other["link"] == target
            and look.sees(key)
            and look.sees_field(look.fields_of(other["list"])[LINK])
        }
        look.same(f"links to {target}", got, wanted)


def sorted_by_links(look: Look) -> None:
    """By the names of what elements point to, in each of the ways such a page is read: what one
    may not see is as an empty value."""
    for list_ in look.lists():
        schema, numbers = look.schema(list_), look.fields_of(list_)
        for code in (LINK, BIND, WHO, SECTION):
            if code != SECTION and not look.sees_field(numbers[code]):
                continue
            for down in (False, True):
                keys = {key: _title(look, key, code) for key in look.seen(list_)}
                named = sorted((k for k in keys if keys[k]), key=lambda k: (keys[k], k))
                rest = sorted(k for k in keys if not keys[k])
                wanted = [*named[::-1], *rest[::-1]] if down else [*named, *rest]
                rows = found(schema, ElementQuery(sort=[(code, down)]), actor=look.actor)
                ids = [look.built.number(pk) for pk in rows.values_list("pk", flat=True)]
                look.same(f"sort by {code} {down}", ids, wanted)
                quick = by_title(rows)
                if quick:
                    ids = [look.built.number(pk) for pk in quick.sorted(0, 99)]
                    look.same(f"sort at once by {code} {down}", ids, wanted)
                    ids = [look.built.number(pk) for pk in quick.walked(0, 99)]
                    look.same(f"walk by {code} {down}", ids, wanted[: len(named)])


def _title(look: Look, key: int, code: str) -> tuple[str, int] | None:
    """What the element sorts by: the name and the id of the thing, if one may see it."""
    if code == WHO:
        person = look.built.people.get(look.responsible(key) or 0)
        return (str(person).lower(), person.pk) if person else None
    if code == SECTION:
        number = look.world.elements[key]["section"]
        if not number or not oracle.sees_section(look.world, look.person, number):
            return None
        section = look.built.sections[number]
        return (section.name.lower(), section.pk)
    targets = [target for target in points_to(look, key, code) if look.sees(target)]
    return (canary(targets[0]).lower(), look.built.elements[targets[0]]) if targets else None


LINKS = [used_in, linking, sorted_by_links]
