"""Lists in the cards of CRM items, and who points to an item, beside what the oracle says."""

from __future__ import annotations

from collections import Counter
from typing import Any

from crm_link.kinds import Kind, kinds
from crm_link.refs import CrmRef
from crm_link.scopes.bound import scope_text
from crm_link.selectors.figures import summaries
from crm_link.selectors.items import open_item
from crm_link.selectors.items_found import suggest_items
from crm_link.selectors.linked import linking_items
from crm_link.selectors.tabs import bound_list
from crm_link.tabs.lists import ListTabs, tab_slug
from lists_core.access import Right
from lists_core.element_tabs import Target
from lists_core.grid.page import Grid, open_grid
from lists_core.selectors.elements import elements
from lists_core.selectors.titles import row_titles
from tests.access.adapters import outcome, points_to
from tests.access.look import Look
from tests.access.worlds import AMOUNT, LINK, canary
from tests.access.worlds_crm import BIND, BINDS, ref_of


def kind_of_item(look: Look, item: int) -> Kind:
    return kinds.get(look.world.lists[look.world.elements[item]["list"]]["crm"])


def wanted_tabs(look: Look, item: int) -> dict[int, set[int]]:
    """List → the elements in its tab, of the lists that are tabs in the item's card."""
    found = {list_: look.tab(item, list_) for list_ in look.world.lists}
    return {list_: rows for list_, rows in found.items() if rows is not None}


def looked_at(look: Look, most: int) -> list[int]:
    """The items that most elements are bound to or link to, hidden ones too."""
    rows = look.world.elements.values()
    parts = ("bind", "binds")
    bound = Counter(one for row in rows for part in parts for one in row.get(part, ()))
    bound.update(row["link"] for row in rows)
    return sorted(look.items(), key=lambda item: -bound[item])[:most]


def tabs(look: Look) -> None:
    """In the cards of items: which lists are tabs, their numbers, the rows in them."""
    for item in looked_at(look, 3):
        kind, pk = kind_of_item(look, item), look.built.elements[item]
        told = outcome(open_item, look.actor, Right.VIEW, kind, pk)
        look.same(f"card of {item}", told, "ok" if look.sees(item) else "NotFound")
        if told == "ok" and look.sees(item):
            _tabs(look, item, open_item(look.actor, Right.VIEW, kind, pk))


def _tabs(look: Look, item: int, target: Target) -> None:
    wanted = wanted_tabs(look, item)
    got = {tab.slug: tab.count for tab in ListTabs().tabs_later(target)}
    numbers = {tab_slug(look.built.lists[one]): f"{len(rows)}" for one, rows in wanted.items()}
    look.same(f"tabs of {item}", got, numbers)
    for list_, rows in wanted.items():
        found = _grid(look, item, list_).found.values_list("pk", flat=True)
        look.same(f"rows of {list_} in {item}", look.built.numbers(found), rows)


def _grid(look: Look, item: int, list_: int) -> Grid:
    scope = scope_text(_ref(look, item))
    return open_grid(look.actor, look.built.lists[list_].pk, {"scope": "", "q": ""}, scope=scope)


def tab_tables(look: Look) -> None:
    """What opens as a tab, the table in it, and what the card tells of it."""
    for item in (item for item in looked_at(look, 4) if look.sees(item)):
        wanted, kind = wanted_tabs(look, item), kind_of_item(look, item)
        for list_, own in look.built.lists.items():
            opened = bound_list(look.actor, kind, own.pk) is not None
            look.same(f"tab {list_} of {item} opens", opened, list_ in wanted)
        for list_, rows in wanted.items():
            grid = _grid(look, item, list_)
            drawn = grid.draw(list(grid.found))
            look.no_leaks(f"table of {list_} in {item}", drawn)
            missing = [key for key in rows if canary(key) not in drawn]
            look.same(f"names missing in {list_} in {item}", missing, [])
        told = summaries(look.actor, kind, _ref(look, item))
        read = {one.list.pk: [_number(own.text) for own in one.figures or ()] for one in told}
        figures = {look.built.lists[one].pk: _figures(look, one, rows)
                   for one, rows in wanted.items()}  # fmt: skip
        look.same(f"figures of {item}", read, figures)


def _ref(look: Look, item: int) -> CrmRef:
    return ref_of(look.built, item)


def _figures(look: Look, list_: int, rows: set[int]) -> list[float | None]:
    """The number of elements, and the sum of the amounts for those who see them."""
    amounts = [look.world.elements[key]["amount"] for key in rows]
    known = [amount for amount in amounts if amount]
    seen = look.sees_field(look.fields_of(list_)[AMOUNT])
    return [len(rows), *([sum(known) if known else None] if seen else [])]


def _number(text: str) -> float | None:
    return None if text == "—" else float(text.replace(",", "."))


def bindings(look: Look) -> None:
    """Titles of what elements are bound to, wherever they stand; what a binding is offered."""
    for list_ in look.lists():
        schema, numbers = look.schema(list_), look.fields_of(list_)
        mine = list(elements(schema, look.actor))
        for code in (code for code in (BIND, BINDS) if look.sees_field(numbers[code])):
            titles = row_titles([schema[code]], mine, actor=look.actor).get(schema[code].key, {})
            bound = {item for key in look.seen(list_) for item in points_to(look, key, code)}
            wanted = {_ref(look, item): canary(item) for item in bound if look.sees(item)}
            look.same(f"titles of {code}", {ref: one.text for ref, one in titles.items()}, wanted)
    for item in looked_at(look, 2):
        found = suggest_items(look.actor, list(kinds), canary(item))
        offered = [one.ref for some in found.values() for one in some]
        look.same(f"offered for {item}", offered, [_ref(look, item)] if look.sees(item) else [])


def linking(look: Look) -> None:
    """In the card of an item: the items of other kinds that link to it."""
    for item in (item for item in looked_at(look, 3) if look.sees(item)):
        kind, pk = kind_of_item(look, item), look.built.elements[item]
        found = linking_items(open_item(look.actor, Right.VIEW, kind, pk))
        got = {
            (one.kind.slug, one.field.code): (one.count.number, {row["id"] for row in one.rows})
            for one in found
        }
        look.same(f"links to {item}", got, dict(_linking(look, item)))


def _linking(look: Look, item: int) -> Any:
    home = look.world.elements[item]["list"]
    for list_ in look.lists():
        kind, number = look.world.lists[list_].get("crm"), look.fields_of(list_)[LINK]
        points_here = look.built.fields[number].settings["list"] == look.built.lists[home].pk
        if kind and points_here and look.sees_field(number):
            rows = {k for k in look.seen(list_) if look.world.elements[k]["link"] == item}
            shown = sorted(look.built.elements[key] for key in rows)[-5:]
            yield (kind, LINK), (len(rows), set(shown))


TABS = [tabs, tab_tables, bindings, linking]
