"""What each reading selector gives a person, beside what the oracle says."""

from __future__ import annotations

import json
from typing import Any
from unittest.mock import patch

from lists_core.access import Right, allowed, changeable, rights_on, schema_for, visible_lists
from lists_core.filters import search
from lists_core.filters.tree import parse_filter
from lists_core.grid.by_value import with_value
from lists_core.grid.state import parse_state
from lists_core.models import ListPreference
from lists_core.selectors.across import names_across
from lists_core.selectors.bin import binned
from lists_core.selectors.elements import (
    ElementQuery,
    access_element,
    capped_count,
    elements,
    found,
    rows_by_ids,
)
from lists_core.selectors.files import readable_files
from lists_core.selectors.history import history_of
from lists_core.selectors.lists import lists_for_start
from lists_core.selectors.search import search_everywhere
from lists_core.selectors.section_tree import section_tree
from lists_core.selectors.suggest import match_elements, suggest_elements
from lists_core.selectors.titles import row_titles
from lists_core.services.readers import differing
from svod.base.errors import DomainError, Invalid
from tests.access import oracle
from tests.access.look import Look
from tests.access.worlds import AMOUNT, CODES, FILE, LINK, NOTE, PART, WHO, canary
from tests.access.worlds_crm import BIND, BINDS

NO_CODE = "NEVER_MADE"


def lists(look: Look) -> None:
    names = {list_.pk: number for number, list_ in look.built.lists.items()}
    got = {names.get(pk) for pk in visible_lists(look.actor).values_list("pk", flat=True)} - {None}
    look.same("visible lists", got, set(look.lists()))
    started = {names.get(row.pk) for row in lists_for_start(look.actor)} - {None}
    plain = {list_ for list_ in look.lists() if not look.world.lists[list_].get("crm")}
    look.same("lists of the start page", started, plain)


def rows(look: Look) -> None:
    for list_ in look.world.lists:
        schema, seen = look.schema(list_), look.seen(list_)
        every = [look.built.elements[key] for key in look.of(list_)]
        known = elements(schema, look.actor)
        look.same("elements", look.built.numbers(known.values_list("pk", flat=True)), seen)
        look.same("count", capped_count(known).number, len(seen))
        by_ids = rows_by_ids(schema, every, actor=look.actor)
        look.same("rows by ids", look.built.numbers(row.pk for row in by_ids), seen)
        binned_ids = binned(schema, look.actor).values_list("pk", flat=True)
        gone = {k for k in look.of(list_) if look.world.elements[k]["deleted"]}
        expected = {key for key in gone if look.may("view", key)}
        look.same("bin", look.built.numbers(binned_ids), expected)


def rights(look: Look) -> None:
    for list_ in look.world.lists:
        schema = look.built.schema(list_)
        every = list(schema.model.objects.all())
        held = rights_on(look.actor, schema, every)
        for row in every:
            number = look.built.number(row.pk)
            wanted = oracle.rights(look.world, look.person, "element", number)
            # Adding means nothing on an element.
            got = {right.value for right in held[row.pk]}
            look.same(f"rights on element {number}", got - {"add"}, wanted - {"add"})
        for right in set(Right) - {Right.ADD}:
            ids = schema.model.objects.filter(allowed(look.actor, right, schema))
            wanted = {key for key in look.of(list_) if look.may(right.value, key)}
            got = look.built.numbers(ids.values_list("pk", flat=True))
            look.same(f"elements with {right.value}", got, wanted)
        wanted = {key for key in look.of(list_) if look.may("change", key)}
        look.same("changeable", look.built.numbers(changeable(look.actor, schema, every)), wanted)


def access(look: Look) -> None:
    """One element by its number: NotFound, Forbidden or the row."""
    for number, pk in list(look.built.elements.items())[:5]:
        row = look.world.elements[number]
        for right in (Right.VIEW, Right.CHANGE):
            got = outcome(access_element, look.actor, right, look.built.lists[row["list"]].pk, pk)
            wanted = "ok" if look.may(right.value, number) else "Forbidden"
            wanted = wanted if look.sees(number) else "NotFound"
            look.same(f"{right.value} of element {number}", got, wanted)


def outcome(call: Any, *args: Any, **more: Any) -> str:
    try:
        call(*args, **more)
    except DomainError as error:
        return type(error).__name__
    return "ok"


def fields(look: Look) -> None:
    for list_ in look.world.lists:
        own = look.built.lists[list_]
        schema = schema_for(look.actor, own)
        _same_fields(look, "fields", schema, list_, None)
        _same_fields(look, "fields of a new one", schema_for(look.actor, own, new=True), list_, -1)
        model = look.built.schema(list_).model
        for row in model.objects.all():
            number = look.built.number(row.pk)
            mine = schema_for(look.actor, own, row)
            author = look.world.elements[number]["author"]
            _same_fields(look, f"fields of element {number}", mine, list_, author)


def _same_fields(look: Look, what: str, schema: Any, list_: int, author: int | None) -> None:
    """`author` -1 is the person: of an element that they are making."""
    author = look.person if author == -1 else author
    numbers = look.fields_of(list_)
    seen = {c for c, n in numbers.items() if oracle.sees_field(look.world, look.person, n, author)}
    if not look.world.people[look.person]["active"]:
        return  # has no element to look at; every page is closed to them
    look.same(what, {field.code for field in schema.fields}, seen)
    open_ = {
        c for c, n in numbers.items() if oracle.changes_field(look.world, look.person, n, author)
    }
    got = {field.code for field in schema.changeable} - {"NAME"}
    look.same(f"{what}, to be changed", got, open_)


# --- filter, sort, search ---------------------------------------------------------------


def filters(look: Look) -> None:
    for list_ in look.lists():
        schema, numbers = look.schema(list_), look.fields_of(list_)
        unknown = _refusal(schema, NO_CODE)
        for code, number in numbers.items():
            if not look.sees_field(number):
                look.same(f"filter by hidden {code}", _refusal(schema, code), unknown)
                continue
            for operator, value, test in _questions(look, list_, code):
                text = json.dumps({"and": [{"field": code, "op": operator, "value": value}]})
                query = ElementQuery(filter=parse_filter(text, schema))
                ids = found(schema, query, actor=look.actor).values_list("pk", flat=True)
                wanted = {key for key in look.seen(list_) if test(key)}
                look.same(f"filter {code} {operator} {value}", look.built.numbers(ids), wanted)


def _refusal(schema: Any, code: str) -> str:
    try:
        parse_filter(json.dumps({"and": [{"field": code, "op": "empty", "value": []}]}), schema)
    except Invalid as error:
        return str(error).replace(code, "…")
    return "taken"


def _questions(look: Look, list_: int, code: str) -> list[Any]:
    """(operator, texts, what it means) for a field."""
    known, part = look.world.elements, PART[code]
    asked: list[Any] = [
        ("empty", [], lambda key: not known[key].get(part)),
        ("filled", [], lambda key: bool(known[key].get(part))),
    ]
    if code == AMOUNT:
        asked += [
            ("gte", ["2"], lambda key: (known[key]["amount"] or 0) >= 2),
            ("eq", ["1"], lambda key: known[key]["amount"] == 1),
            ("between", ["2", "3"], lambda key: known[key]["amount"] in (2, 3)),
        ]
    if code == WHO:
        asked.append(("me", [], lambda key: known[key].get(part) == look.person))
    if code == NOTE:
        number = look.fields_of(list_)[NOTE]
        for key in look.of(list_)[:2]:
            text = canary(key, number)
            asked.append(("contains", [text], lambda k, own=key: k == own and known[k]["filled"]))
    operators = look.schema(list_)[code].operators
    return [item for item in asked if item[0] in operators]


def sorting(look: Look) -> None:
    for list_ in look.lists():
        schema = look.schema(list_)
        plain = _sorted(look, schema, NO_CODE, False)
        preference = ListPreference(employee=look.actor, list=look.built.lists[list_])
        untold = parse_state({"sort": NO_CODE, "columns": NO_CODE}, schema, preference).notices
        for code, number in look.fields_of(list_).items():
            if not look.sees_field(number):
                look.same(f"sort by hidden {code}", _sorted(look, schema, code, True), plain)
                state = parse_state({"sort": code, "columns": code}, schema, preference)
                look.same(f"notices of hidden {code}", state.notices, untold)
        if look.sees_field(look.fields_of(list_)[AMOUNT]):
            for down in (False, True):
                wanted = sorted(look.seen(list_), key=lambda key: _order(look, key, down))
                look.same(f"sort {down}", _sorted(look, schema, AMOUNT, down), wanted)


def _sorted(look: Look, schema: Any, code: str, down: bool) -> list[int]:
    ids = found(schema, ElementQuery(sort=[(code, down)]), actor=look.actor)
    return [look.built.number(pk) for pk in ids.values_list("pk", flat=True)]


def _order(look: Look, key: int, down: bool) -> Any:
    """Empty ones last in both directions; ties by id, in the direction of the sort."""
    amount, sign = look.world.elements[key]["amount"], -1 if down else 1
    return (amount is None, sign * (amount or 0), sign * key)


def searching(look: Look) -> None:
    """Every canary of the list typed into the box of the list."""
    for list_ in look.lists():
        schema, seen = look.schema(list_), look.seen(list_)
        numbers = look.fields_of(list_)
        for place, key in enumerate(look.of(list_)[:2]):
            _same_found(look, schema, canary(key), _named_by(look, list_, key))
            for code in (NOTE, FILE)[place : place + 1]:  # one each
                holds = look.world.elements[key]["filled"] and look.sees_field(numbers[code])
                wanted = {key} & seen if holds else set()
                _same_found(look, schema, canary(key, numbers[code]), wanted)
        others = [key for key in look.world.elements if key not in look.of(list_)]
        for target in {*look.items()[:1], *others[:1]} - set(look.of(list_)[:2]):
            wanted = _named_by(look, list_, target)
            _same_found(look, schema, canary(target), wanted)
            with patch.object(search, "FEW", -1):  # as of names that many have
                _same_found(look, schema, canary(target), wanted)


def _named_by(look: Look, list_: int, target: int) -> set[int]:
    """The elements that a name is found by: its own, and those that link or are bound to it as
    far as one may know its name there."""
    own = {target} & look.seen(list_)
    if not look.sees(target):
        return own
    codes = [code for code in (LINK, BIND, BINDS) if look.sees_field(look.fields_of(list_)[code])]
    return own | {
        key for key in look.seen(list_) if any(target in points_to(look, key, c) for c in codes)
    }


def points_to(look: Look, key: int, code: str) -> list[int]:
    """The elements that stand in a field of links or bindings."""
    value = look.world.elements[key].get(PART[code]) or []
    return [value] if isinstance(value, int) else value


def _same_found(look: Look, schema: Any, word: str, wanted: set[int]) -> None:
    ids = found(schema, ElementQuery(search=word), actor=look.actor).values_list("pk", flat=True)
    look.same(f"search {word}", look.built.numbers(ids), wanted)


def search_all(look: Look) -> None:
    for key in list(look.world.elements)[:3]:
        groups = search_everywhere(look.actor, canary(key)).groups
        got = {pk for group in groups for pk, _name in group.elements}
        look.same(
            f"search everywhere {key}", look.built.numbers(got), {key} if look.sees(key) else set()
        )
    for list_ in list(look.world.lists)[:1]:
        shown = len(search_everywhere(look.actor, f"CANARY-L{list_}Z").lists)
        look.same(f"search of list {list_}", shown, int(look.sees_list(list_)))


def by_value(look: Look) -> None:
    for list_ in look.lists():
        schema = look.schema(list_)
        for row in rows_by_ids(
            schema, [look.built.elements[k] for k in look.seen(list_)], actor=look.actor
        )[:3]:
            for field in schema.fields:
                tree = with_value(parse_filter("", schema), schema, field, row, actor=look.actor)
                if tree is not None:
                    ids = found(schema, ElementQuery(filter=tree), actor=look.actor)
                    got = look.built.numbers(ids.values_list("pk", flat=True))
                    look.same(f"by value {field.code} outside", got - look.seen(list_), set())
                    look.same(f"by value {field.code}", look.built.number(row.pk) in got, True)


# --- names in other places --------------------------------------------------------------


def names(look: Look) -> None:
    for list_ in look.world.lists:
        own, seen = look.built.lists[list_], look.seen(list_)
        if look.sees_list(list_):
            got = {pk for pk, _name, _note in suggest_elements(look.actor, own.pk, "CANARY")}
            look.same("suggested", look.built.numbers(got), seen)
        texts = [canary(key) for key in look.of(list_)]
        matched = match_elements(look.actor, own.pk, texts)
        got_all = {pk for ids in matched.values() for pk in ids}
        look.same("matched", look.built.numbers(got_all), seen)
    wanted = {
        own.pk: [look.built.elements[key] for key in look.of(list_)]
        for list_, own in look.built.lists.items()
    }
    named = names_across(look.actor, wanted)
    look.same(
        "names across",
        look.built.numbers(pk for _list, pk in named),
        {key for key in look.world.elements if look.sees(key)},
    )


def links(look: Look) -> None:
    """Titles of linked elements."""
    for list_ in look.lists():
        schema, number = look.schema(list_), look.fields_of(list_)[LINK]
        if not look.sees_field(number):
            continue
        mine = list(elements(schema, look.actor))
        titles = row_titles([schema[LINK]], mine, actor=look.actor).get(schema[LINK].key, {})
        targets = {look.world.elements[key]["link"] for key in look.seen(list_)} - {None}
        wanted = {key for key in targets if look.sees(key)}
        look.same("titles of links", look.built.numbers(titles), wanted)


def sections(look: Look) -> None:
    for list_ in look.world.lists:
        places = {s for s, row in look.world.sections.items() if row["list"] == list_}
        known = {s for s in places if oracle.sees_section(look.world, look.person, s)}
        by_pk = {look.built.sections[s].pk: s for s in places}
        got: dict[int, tuple[int, int]] = {}
        stack = list(section_tree(look.built.lists[list_], actor=look.actor))
        while stack:
            branch = stack.pop()
            got[by_pk[branch.section.pk]] = (branch.own, branch.total)
            stack += branch.children
        wanted = {
            s: (_count(look, {s}, list_), _count(look, _below(look, s), list_)) for s in known
        }
        look.same("sections", got, wanted)


def _below(look: Look, section: int) -> set[int]:
    return {
        key
        for key in look.world.sections
        if section in oracle.above(look.world.sections, key)
        and oracle.sees_section(look.world, look.person, key)
    }


def _count(look: Look, places: set[int], list_: int) -> int:
    return sum(look.world.elements[key]["section"] in places for key in look.seen(list_))


def history(look: Look) -> None:
    """Of six elements, one's own first: authors see more."""
    rows = look.world.elements
    seen = sorted(filter(look.sees, rows), key=lambda key: rows[key]["author"] != look.person)
    for key in seen[:6]:
        row = rows[key]
        own = look.built.lists[row["list"]]
        stored = look.built.schema(row["list"]).model.objects.get(pk=look.built.elements[key])
        schema = schema_for(look.actor, own, stored)
        entries = history_of(schema, stored.pk, actor=look.actor).entries
        text = " ".join(f"{c.name} {c.old} {c.new}" for e in entries for c in e.changes)
        look.no_leaks(f"history of {key}", text, page=key)
        numbers = look.fields_of(row["list"])
        shown = {code for code in CODES if f"CANARY-F{numbers[code]}Z" in text}
        look.same(
            f"fields in the history of {key}",
            shown,
            {code for code in CODES if look.sees_field(numbers[code], key)},
        )


def files(look: Look) -> None:
    ids = {file.pk: place for place, file in look.built.files.items()}
    got = {ids[pk] for pk in readable_files(look.actor, ids)}
    wanted = {
        (key, number)
        for key, number in look.built.files
        if look.sees(key) and look.sees_field(number, key)
    }
    look.same("files", got, wanted)


def readers(look: Look) -> None:
    for list_ in look.built.lists.values():
        look.same("readers that differ from the grants", list(differing(list_.pk)), [])


READING = [
    lists, rows, rights, access, fields, filters, sorting, searching, search_all, by_value,
    names, links, sections, history, files, readers,
]  # fmt: skip
