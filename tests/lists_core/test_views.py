"""Saved views: what they keep, who sees them, what is left of one when fields are gone."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lists_core.grid.page import everything_found, open_grid, page_of
from lists_core.models import List, ListPreference, ListView
from lists_core.services import views
from lists_core.services.fields import delete_field
from lists_core.services.lists import create_list, delete_list, purge_list
from lists_core.services.preferences import save_columns, save_page_size
from staff.models import AuditEntry, Employee
from staff.subjects import EVERYONE, Subject
from svod.base.errors import Forbidden, Invalid, NotFound
from tests.lists_core.element_world import HTMX
from tests.lists_core.report_world import browser
from tests.lists_core.view_world import DEAR, LOOK, STATE, Viewed, events, params_of, tree

pytestmark = pytest.mark.django_db


@pytest.fixture
def own() -> Viewed:
    return Viewed()


# --- what a view keeps ----------------------------------------------------------------------


def test_a_view_keeps_all_that_the_page_shows(own: Viewed) -> None:
    view = own.view(**STATE, **LOOK)
    grid = own.grid(own.anna, view=view.pk)
    assert own.names(own.anna, view=view.pk) == ["Ель 3", "Ель 2"]
    assert [column.code for column in grid.columns] == ["NAME", "NOTE", "PRICE"]
    assert [column.pinned for column in grid.columns] == [True, True, False]
    assert {column.code: column.width for column in grid.columns}["PRICE"] == 222
    assert (grid.height, grid.state.size) == ("tall", 20)
    assert not grid.state.is_changed
    assert grid.state.query() == f"?view={view.pk}"
    assert 'class="tone-red"' in grid.draw(page_of(grid).rows)


def test_a_view_keeps_the_persons_own_columns_and_shows_them_to_others(own: Viewed) -> None:
    save_columns(own.list.pk, ["PRICE", "NAME"], actor=own.anna)
    save_page_size(own.list.pk, 100, actor=own.anna)
    view = own.view(EVERYONE, q="Ель")
    save_columns(own.list.pk, ["NOTE"], actor=own.petr)
    grid = own.grid(own.petr, view=view.pk)
    assert [column.code for column in grid.columns] == ["PRICE", "NAME"]
    assert grid.state.size == 100


def test_an_address_changes_a_view_and_takes_parts_of_it_away(own: Viewed) -> None:
    view = own.view()
    grid = own.grid(own.anna, view=view.pk, filter="", sort="NAME")
    assert own.names(own.anna, view=view.pk, filter="", sort="NAME")[0] == "Ель 0"
    assert grid.state.is_changed
    again = own.grid(own.anna, **params_of(grid.state.query()))
    assert again.state.query() == grid.state.query()
    assert (again.state.sort, again.state.filter.items) == ((("NAME", False),), ())


def test_a_job_of_all_found_does_not_follow_the_view(own: Viewed) -> None:
    view = own.view()
    whole = own.grid(own.anna, view=view.pk).state.whole_query()
    assert "view=" not in whole
    views.save_view_state(own.list.pk, view.pk, {}, actor=own.anna)
    assert own.names(own.anna, **params_of(whole)) == ["Ель 3", "Ель 2"]


def test_changes_are_saved_into_the_view(own: Viewed) -> None:
    view = own.view()
    url = own.url("list_view_save", view.pk)
    answer = own.send(own.anna, f"{url}?view={view.pk}&sort=PRICE&filter=")
    assert events(answer)["grid:go"]["url"].endswith(f"?view={view.pk}")
    assert own.names(own.anna, view=view.pk) == [f"Ель {number}" for number in range(4)]


# --- who sees it ----------------------------------------------------------------------------


def test_a_personal_view_is_nobody_elses(own: Viewed) -> None:
    view = own.view()
    assert own.ask(own.anna, "list", view=view.pk).status_code == 200
    for name in ("list_view_save", "list_view_edit", "list_view_delete"):
        assert own.send(own.petr, own.url(name, view.pk), name="Моё").status_code == 404
    pages = [own.ask(own.petr, "list", view=pk) for pk in (view.pk, 987654321)]
    told = [page.context["state"].told for page in pages]
    assert told[0] == told[1] != ()
    assert [len(page.context["page"].rows) for page in pages] == [4, 4]
    assert "Дорогие" not in pages[0].content.decode()


def test_a_link_to_a_view_that_is_gone_opens_the_list_with_a_notice(own: Viewed) -> None:
    view = own.view()
    views.delete_view(own.list.pk, view.pk, actor=own.anna)
    page = own.ask(own.anna, "list", view=view.pk, sort="NAME")
    assert "удалено или не открыто вам" in page.content.decode()
    state = page.context["state"]
    assert (state.query(), len(page.context["page"].rows)) == ("?sort=NAME", 4)
    with pytest.raises(Invalid):  # whoever changes all that were found meant those of the view
        everything_found(own.grid(own.anna, view=view.pk))


def test_shared_with_somebody_it_is_seen_and_not_changed(own: Viewed) -> None:
    view = own.view(Subject("U", own.petr.pk))
    assert own.names(own.petr, view=view.pk) == ["Ель 3", "Ель 2"]
    page = own.ask(own.petr, "list", view=view.pk, sort="NAME").content.decode()
    assert "Дорогие" in page
    assert own.url("list_view_save", view.pk) not in page
    for name in ("list_view_save", "list_view_edit", "list_view_delete"):
        assert own.send(own.petr, own.url(name, view.pk), name="Моё").status_code == 403
    grid_of_zoya = own.ask(own.zoya, "list", view=view.pk)
    assert "Дорогие" not in grid_of_zoya.content.decode()


def test_a_view_of_another_list_is_not_found(own: Viewed) -> None:
    view = own.view(EVERYONE)
    other = create_list(actor=own.anna, everyone="edit", name="Другой")
    opened = open_grid(own.anna, other.pk, {"view": str(view.pk)})
    assert (opened.state.view, len(opened.state.notices)) == (None, 1)
    with pytest.raises(NotFound):
        views.rename_view(other.pk, view.pk, "Имя", actor=own.anna)


def test_who_manages_the_list_changes_what_is_shared(own: Viewed) -> None:
    view = own.view(EVERYONE, by=own.petr, q="Ель")
    views.rename_view(own.list.pk, view.pk, "Иначе", actor=own.anna)
    views.share_view(own.list.pk, view.pk, [], actor=own.petr)
    with pytest.raises(NotFound):
        views.rename_view(own.list.pk, view.pk, "Ещё", actor=own.anna)


# --- the default one, sharing, order --------------------------------------------------------


def test_the_default_view_opens_for_everybody(own: Viewed) -> None:
    view = own.view()
    with pytest.raises(Forbidden):
        views.make_default(own.list.pk, view.pk, actor=own.petr)
    views.make_default(own.list.pk, view.pk, actor=own.anna)
    opened = own.ask(own.petr, "list")
    assert [row.name for row in opened.context["page"].rows] == ["Ель 3", "Ель 2"]
    assert f'data-state="?view={view.pk}"' in opened.content.decode()
    plain = own.ask(own.petr, "list", view="0")
    assert len(plain.context["page"].rows) == 4
    assert plain.context["state"].query() == "?view=0"
    old_link = own.ask(own.petr, "list", sort="NAME")
    assert len(old_link.context["page"].rows) == 4
    views.delete_view(own.list.pk, view.pk, actor=own.anna)
    assert len(own.ask(own.petr, "list").context["page"].rows) == 4


def test_sharing_and_the_default_are_in_the_audit_log(own: Viewed) -> None:
    view = own.view(Subject("U", own.petr.pk))
    views.make_default(own.list.pk, view.pk, actor=own.anna)
    views.delete_view(own.list.pk, view.pk, actor=own.anna)
    told = AuditEntry.objects.filter(event__startswith="view.").order_by("pk")
    assert [(entry.event, entry.about.get("shared")) for entry in told] == [
        ("view.shared", {f"U{own.petr.pk}": "added"}),
        ("view.default", None),
        ("view.shared", {f"U{own.petr.pk}": "removed"}),
        ("view.default", None),
    ]


def test_everybody_orders_the_views_for_themselves(own: Viewed) -> None:
    first, second = own.view(EVERYONE), own.view(EVERYONE, q="Ель")
    url = own.url("list_views_order")
    own.send(own.petr, url, ids=[second.pk, first.pk, 999])
    assert _shown(own, own.petr) == [second.pk, first.pk]
    assert _shown(own, own.anna) == [first.pk, second.pk]
    assert own.send(own.petr, url, ids=[second.pk], all="1").status_code == 403
    own.send(own.anna, url, ids=[second.pk, first.pk], all="1")
    reader = Employee.objects.create_user("olga", "olga@svod.example", "x")
    assert _shown(own, reader) == [second.pk, first.pk]


def test_ones_own_views_never_give_way_to_those_of_others(
    own: Viewed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lists_core.selectors.views.MOST_SHOWN", 2)
    shared = [own.view(EVERYONE, q=str(number)).pk for number in range(3)]
    mine = own.view(by=own.petr, q="Ель").pk
    assert _shown(own, own.petr) == [*shared[:2], mine]
    own.send(own.petr, own.url("list_views_order"), ids=[mine, *shared])
    assert _shown(own, own.petr) == [mine, *shared[:2]]


def _shown(own: Viewed, who: Employee) -> list[int]:
    return [tab.pk for tab in own.ask(who, "list", view="0").context["views"].tabs]


WRONG_FORMS: list[dict[str, Any]] = [
    {"name": ""},
    {"name": "я" * 101},
    {"readers": ["U999999"]},
    {"readers": ["CR"]},
]


def test_what_is_wrong_in_the_form_is_told(own: Viewed) -> None:
    url = own.url("list_view_add")
    for wrong in WRONG_FORMS:
        answer = own.send(own.anna, url, **{"name": "Моё", "readers": [], **wrong})
        assert answer.status_code == 422, wrong
    assert not ListView.objects.exists()


def test_the_form_makes_shares_and_sets_the_default(own: Viewed) -> None:
    asked = f"{own.url('list_view_add')}?sort=-PRICE"
    answer = own.send(own.anna, asked, name=" Моё ", readers=["AU"], default="on")
    view = ListView.objects.get()
    assert events(answer)["svod:saved"]["go"].endswith(f"?view={view.pk}")
    assert (view.name, view.kind, view.state["sort"]) == ("Моё", "default", "-PRICE")
    answer = own.send(own.petr, f"{own.url('list_view_add')}?q=1", name="Петра", default="on")
    assert ListView.objects.get(name="Петра").kind == "personal"
    edit = own.ask(own.anna, "list_view_edit", view.pk).content.decode()
    assert "Моё" in edit
    own.send(own.anna, own.url("list_view_edit", view.pk), name="Другое", readers=[])
    view = ListView.objects.get(pk=view.pk)
    assert (view.name, view.kind) == ("Другое", "personal")


def test_somebody_elses_view_becomes_the_default_and_ceases_to_be_it(own: Viewed) -> None:
    view = own.view(EVERYONE, by=own.petr, q="Ель")
    url = own.url("list_view_edit", view.pk)
    for asked, kind in (({"default": "on"}, "default"), ({}, "personal")):
        answer = own.send(own.anna, url, name="Для всех", readers=[], **asked)
        assert answer.status_code == 204
        assert ListView.objects.get(pk=view.pk).kind == kind


# --- fields that are gone or closed ---------------------------------------------------------


def test_conditions_on_closed_fields_are_left_out_with_a_notice(own: Viewed) -> None:
    both = tree(("PRICE", "gt", "10"), ("NOTE", "eq", "Тайна 3"))
    rules = json.dumps([{"tone": "red", "filter": json.loads(both)}])
    view = own.view(EVERYONE, filter=both, columns="NAME,NOTE", pinned="NOTE", colors=rules)
    assert own.names(own.petr, view=view.pk) == ["Ель 3"]
    own.hide("NOTE")
    page = own.ask(own.petr, "list", view=view.pk)
    assert len(page.context["page"].rows) == 3
    state = page.context["state"]
    assert (len(state.told), state.look.colors, state.columns) == (1, (), ("NAME",))
    text = page.content.decode()
    assert "Тайна" not in text
    assert "NOTE" not in text
    assert not state.is_changed
    shown = own.grid(own.petr, view=view.pk)
    with pytest.raises(Invalid):  # other elements than the view was made for
        everything_found(shown)


def test_a_field_that_is_gone_leaves_a_notice_and_all_may_be_changed(own: Viewed) -> None:
    view = own.view(columns="NAME,NOTE", widths="NOTE:300", sort="NOTE", filter=DEAR)
    delete_field(own.list.fields.get(code="NOTE").pk, actor=own.anna)
    grid = own.grid(own.anna, view=view.pk)
    assert (len(grid.state.told), grid.state.notices) == (1, ())
    assert [column.code for column in grid.columns] == ["NAME"]
    assert everything_found(grid).count() == 2


DAMAGED: list[dict[str, Any]] = [
        {"filter": "{{{"}, {"filter": "[1]"}, {"filter": '{"and":[[[]]]}'}, {"colors": "x"},
        {"colors": '[{"tone":"x"}]'}, {"colors": "[1]"}, {"widths": "NAME:x,:,PRICE"},
        {"pinned": "-,NAME"}, {"height": "huge"}, {"sort": "-"}, {"section": "x"}, {"size": "7"},
        {"nothing": "x"}, {"filter": 5}, {"view": "7", "page": "3", "scope": "x-1"},
]  # fmt: skip


def test_a_damaged_view_opens(own: Viewed) -> None:
    view = own.view()
    for state in DAMAGED:
        ListView.objects.update(state=state)
        assert len(own.names(own.anna, view=view.pk)) == 4, state


WRONG = [{"view": "x"}, {"widths": "NAME:x"}, {"pinned": "NOPE"}, {"height": "x"}, {"colors": "{"},
     {"colors": '[{"tone":"red","filter":{"and":[]}}]'}, {"colors": "[]" * 400}]  # fmt: skip


def test_a_wrong_address_is_a_notice(own: Viewed) -> None:
    for params in WRONG:
        page = own.ask(own.anna, "list", **params)
        assert page.status_code == 200
        assert len(page.context["state"].notices) == 1, params


# --- how the table looks --------------------------------------------------------------------


def test_columns_widths_and_pages_of_a_view_stay_in_its_address(own: Viewed) -> None:
    view = own.view()
    at = f"?view={view.pk}"
    for name, data, told in (
        ("list_columns", {"column": "PRICE,NAME", "pins": "1", "pin": "PRICE"}, "svod:saved"),
        ("list_widths", {"width": "NAME:400"}, "grid:go"),
        ("list_page_size", {"size": "20"}, "grid:go"),
    ):
        detail = events(own.send(own.anna, own.url(name) + at, **data))[told]
        url = detail.get("go") or detail["url"]
        grid = own.grid(own.anna, **params_of(url.partition("?")[2]))
        assert grid.state.view.pk == view.pk
        assert grid.state.is_changed
    assert not ListPreference.objects.filter(columns__0__isnull=False).exists()


def test_without_a_view_the_look_is_the_persons_own(own: Viewed) -> None:
    own.send(own.petr, own.url("list_columns"), column="PRICE,NAME", pins="1", pin=["NAME"])
    answer = own.send(own.petr, own.url("list_look"), height="small", tone="red", tree=DEAR)
    shown = params_of(events(answer)["svod:saved"]["go"].partition("?")[2])
    assert list(shown) == ["colors"]
    grid = own.grid(own.petr, **shown)
    assert grid.height == "small"
    assert [(column.code, column.pinned) for column in grid.columns] == [
        ("NAME", True),
        ("PRICE", False),
    ]
    assert grid.draw(page_of(grid).rows).count("tone-red") == 2


WRONG_LOOKS = [
    {"height": "x"},
    {"height": "tall", "tone": "red", "tree": ""},
    {"height": "tall", "tone": "<b>", "tree": DEAR},
    {"height": "tall", "tone": "red", "tree": tree(("PRICE", "gt", "много"))},
    {"height": "tall", "tone": "red", "tree": tree(("NEVER", "eq", "1"))},
]


def test_a_wrong_look_is_told_and_kept(own: Viewed) -> None:
    for data in WRONG_LOOKS:
        answer = own.send(own.anna, own.url("list_look"), **data)
        assert answer.status_code == 422, data
        assert 'role="alert"' in answer.content.decode()


def test_colours_ask_only_about_fields_that_one_may_read(own: Viewed) -> None:
    rules = json.dumps([{"tone": "red", "filter": json.loads(tree(("NOTE", "eq", "Тайна 1")))}])
    assert own.grid(own.petr, colors=rules).state.look.colors
    own.hide("NOTE")
    assert not own.grid(own.petr, colors=rules).state.look.colors


# --- what it costs --------------------------------------------------------------------------


def test_a_view_costs_a_fixed_number_of_queries(own: Viewed) -> None:
    view = own.view(EVERYONE, **STATE, **LOOK)
    client = browser(own.petr)

    def asked(**params: Any) -> int:
        client.get(own.url("list"), params, headers=HTMX)
        with CaptureQueriesContext(connection) as seen:
            client.get(own.url("list"), params, headers=HTMX)
        return len(seen)

    plain, opened = asked(), asked(view=view.pk)
    for number in range(5):
        own.view(EVERYONE, q=str(number))
    assert asked() == plain
    assert asked(view=view.pk) == opened
    # The view itself, and the colours.
    assert opened - plain <= 2


def test_a_list_with_views_is_purged(own: Viewed) -> None:
    view = own.view()
    views.make_default(own.list.pk, view.pk, actor=own.anna)
    delete_list(own.list.pk, actor=own.anna)
    purge_list(own.list.pk, actor=own.anna)
    assert not List.objects.filter(pk=own.list.pk).exists()
