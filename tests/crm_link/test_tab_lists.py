"""Which lists are tabs in cards, what of them belongs to an item, how it is counted."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from crm_link.kinds import COMPANY, CONTACT, DEAL
from crm_link.refs import CrmRef
from crm_link.selectors import tabs as selector
from crm_link.selectors.tabs import bound_counts, bound_list, bound_lists
from lists_core.access import Right, remembering
from lists_core.grid.chips import chips_of
from lists_core.grid.page import everything_found, open_grid
from lists_core.jobs.bulk import BulkDelete
from lists_core.models import Field, Job, List
from lists_core.schema.cache import forget_schemas, schema_of
from lists_core.services.elements import create_element
from lists_core.services.exports import start_export
from lists_core.services.fields import create_field, delete_field
from lists_core.services.jobs import run_job, start_job
from lists_core.services.lists import create_list, delete_list
from lists_core.services.rights import (
    set_element_rights,
    set_field_rights,
    set_list_rights,
)
from staff.subjects import Subject
from svod.base.errors import Invalid
from tests.crm_link.crm_world import item

pytestmark = pytest.mark.django_db


def make_list(admin, name="Students", kinds=("deal",), *, everyone="edit", **given) -> List:
    list_ = create_list(actor=admin, everyone=everyone, name=name)
    settings = {"kinds": list(kinds), "visible": given.pop("visible", True)}
    create_field(list_.pk, "crm", actor=admin, name="To", code="TO", settings=settings, **given)
    return List.objects.get(pk=list_.pk)


def add(list_, actor, ref, name="Anna", **values) -> int:
    given = {"NAME": name, **values}
    return create_element(list_.pk, {**given, "TO": ref} if ref else given, actor=actor).pk


def deal(admin) -> CrmRef:
    return CrmRef("deal", item("deal", admin).pk)


def counted(actor, ref, lists, milliseconds=5000) -> Any:
    found = bound_counts(actor, ref, lists, milliseconds=milliseconds)
    return {pk: count.number for pk, count in found.items()} if found is not None else None


def restrict(list_, admin, *, view=True, **grants) -> None:
    """Close the field TO; `U5=[...]` opens it."""
    field = Field.objects.get(list=list_, code="TO")
    rights = {Subject.parse(code): frozenset(own) for code, own in grants.items()}
    set_field_rights(
        list_.pk, field.pk, rights, view_restricted=view, change_restricted=True, actor=admin
    )


def test_visible_bindings_make_tabs_of_the_kinds_they_allow(admin):
    both = make_list(admin, "Both", ("deal", "company"))
    make_list(admin, "Hidden", visible=False)
    gone = make_list(admin, "Gone")
    delete_list(gone.pk, actor=admin)
    unbound = make_list(admin, "Unbound")
    delete_field(Field.objects.get(list=unbound).pk, actor=admin)
    assert [one.list for one in bound_lists(admin, DEAL)] == [both]
    assert [one.list for one in bound_lists(admin, COMPANY)] == [both]
    assert bound_lists(admin, CONTACT) == []
    assert bound_list(admin, DEAL, both.pk).list == both
    assert bound_list(admin, CONTACT, both.pk) is None


def test_who_has_no_right_on_the_list_or_the_field_has_no_tab(admin, employee):
    closed = make_list(admin, "Closed", everyone="none")
    seen = make_list(admin, "Seen")
    assert [one.list for one in bound_lists(employee, DEAL)] == [seen]
    assert bound_list(employee, DEAL, closed.pk) is None
    restrict(seen, admin)
    assert bound_lists(employee, DEAL) == []
    assert bound_list(employee, DEAL, seen.pk) is None
    assert [one.list for one in bound_lists(admin, DEAL)] == [closed, seen]


def test_counts_go_through_each_lists_predicate(admin, employee):
    open_, closed = make_list(admin, "Open"), make_list(admin, "Some", everyone="none")
    ref, other = deal(admin), deal(admin)
    for list_ in (open_, closed):
        add(list_, admin, ref)
        add(list_, admin, ref)
        add(list_, admin, other)
    one = add(closed, admin, ref)
    mine = {Subject("U", employee.pk): frozenset({Right.VIEW})}
    set_element_rights(closed.pk, one, mine, restricted=False, actor=admin)
    with remembering():
        assert counted(admin, ref, bound_lists(admin, DEAL)) == {open_.pk: 2, closed.pk: 3}
        assert counted(employee, ref, bound_lists(employee, DEAL)) == {open_.pk: 2, closed.pk: 1}


def test_several_bindings_of_a_list_count_an_element_once(admin):
    list_ = make_list(admin)
    settings = {"kinds": ["deal"], "visible": True}
    create_field(
        list_.pk, "crm", actor=admin, name="More", code="MORE", settings=settings, multiple=True
    )
    ref, other = deal(admin), deal(admin)
    add(list_, admin, ref, MORE=[ref, other])
    add(list_, admin, other, MORE=[ref])
    add(list_, admin, None, MORE=[other])
    lists = bound_lists(admin, DEAL)
    assert counted(admin, ref, lists) == {list_.pk: 2}
    assert counted(admin, other, lists) == {list_.pk: 3}


def test_counting_stops_and_says_so(admin, monkeypatch):
    monkeypatch.setattr(selector, "COUNTED", 2)
    list_, ref = make_list(admin), deal(admin)
    for _n in range(3):
        add(list_, admin, ref)
    count = bound_counts(admin, ref, bound_lists(admin, DEAL), milliseconds=5000)[list_.pk]
    assert (count.number, count.exact) == (2, False)


def test_counts_that_take_too_long_are_none(admin, monkeypatch):
    make_list(admin)

    def slow(parts):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(5)")

    monkeypatch.setattr(selector, "_counted", slow)
    assert counted(admin, deal(admin), bound_lists(admin, DEAL), milliseconds=20) is None
    assert List.objects.exists(), "the transaction goes on"


def test_fifty_lists_are_counted_by_one_query(admin, employee):
    """Also for whom nothing is compiled or known yet; closed fields and own elements included."""
    lists = [make_list(admin, f"List {n}") for n in range(50)]
    ref = deal(admin)
    add(lists[7], admin, ref)
    restrict(lists[3], admin, **{employee_code(employee): {Right.VIEW}})
    restrict(lists[4], admin, **{employee_code(employee): {Right.VIEW}})
    for actor, most in ((admin, 8), (employee, 20)):
        forget_schemas()
        with remembering(), CaptureQueriesContext(connection) as told:
            bound = bound_lists(actor, DEAL)
            counts = counted(actor, ref, bound)
        assert len(counts) == 50
        assert sum(counts.values()) == 1
        statements = [query["sql"] for query in told]
        assert sum("UNION ALL SELECT" in sql and "count(*)" in sql for sql in statements) == 1
        assert len(statements) <= most, [sql[:90] for sql in statements]


def employee_code(employee) -> str:
    return f"U{employee.pk}"


# --- the scope in states ---------------------------------------------------------------------


def scope(ref) -> str:
    return f"crm-{ref}"


def test_a_scope_confines_the_state_and_all_its_addresses(admin):
    list_, ref = make_list(admin), deal(admin)
    own = add(list_, admin, ref)
    add(list_, admin, None)
    grid = open_grid(admin, list_.pk, {"scope": scope(ref), "q": "Anna"})
    assert [row.pk for row in grid.found] == [own]
    assert "scope=crm-D_" in grid.state.query(page=2)
    assert "scope=crm-D_" in grid.state.query(q="")
    assert everything_found(grid).count() == 1


@pytest.mark.parametrize("text", ["crm-D_", "crm-L_1", "crm-x", "other-1", "crm", "\0"])
def test_a_scope_that_is_not_there_shows_nothing(admin, text):
    list_ = make_list(admin)
    add(list_, admin, None)
    grid = open_grid(admin, list_.pk, {"scope": text})
    assert list(grid.found) == []
    assert grid.state.notices
    with pytest.raises(Invalid):
        everything_found(grid)


def test_a_scope_by_a_hidden_field_shows_nothing(admin, employee):
    list_, ref = make_list(admin), deal(admin)
    add(list_, admin, ref)
    restrict(list_, admin)
    assert list(open_grid(employee, list_.pk, {"scope": scope(ref)}).found) == []


def test_jobs_stay_in_the_scope(admin, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    list_, ref = make_list(admin), deal(admin)
    add(list_, admin, ref, "Inside")
    outside = add(list_, admin, None, "Outside")
    export = start_export(list_, {"scope": scope(ref)}, actor=admin, format="csv")
    run_job(export.pk)
    export.refresh_from_db()
    with export.file.content.open("rb") as stored:
        text = stored.read().decode("utf-8-sig")
    assert "Inside" in text
    assert "Outside" not in text
    job = start_job(
        BulkDelete.slug, actor=admin, list_=list_, query=f"?{urlencode({'scope': scope(ref)})}"
    )
    run_job(job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.DONE, job.error
    left = schema_of(list_).model.objects.filter(deleted_at=None)
    assert [row.pk for row in left] == [outside]


def post(client, list_, ref, **values):
    address = reverse("element_add", args=[list_.pk]) + "?" + urlencode({"scope": scope(ref)})
    page = client.get(address).content.decode()
    return page, client.post(address, values)


def only(list_):
    schema = schema_of(List.objects.get(pk=list_.pk))
    return schema["TO"].read(schema.model.objects.get())


def test_the_form_of_a_new_element_is_bound_already(admin, admin_client):
    list_, ref = make_list(admin), deal(admin)
    page, _answer = post(admin_client, list_, ref, NAME="Anna", TO=str(ref))
    assert f'<option value="{ref}" selected' in page
    assert only(list_) == ref


def test_a_person_may_bind_to_another(admin, admin_client):
    list_, ref, other = make_list(admin), deal(admin), deal(admin)
    post(admin_client, list_, ref, NAME="Anna", TO=str(other))
    assert only(list_) == other


def test_who_may_not_change_the_binding_adds_it_all_the_same(admin, employee, client, lists):
    list_, ref = make_list(admin), deal(admin)
    view = {Subject("U", employee.pk): frozenset({Right.VIEW})}
    set_list_rights(lists["deal"].pk, view, actor=admin)
    restrict(list_, admin, view=False)
    client.force_login(employee)
    page, _answer = post(client, list_, ref, NAME="Anna", TO="D_1")
    assert 'name="TO"' not in page
    assert only(list_) == ref


def test_nobody_binds_so_to_what_they_do_not_see(admin, employee, client):
    list_, ref = make_list(admin), deal(admin)
    restrict(list_, admin, view=False)
    client.force_login(employee)
    _page, answer = post(client, list_, ref, NAME="Anna")
    assert answer.status_code == 422
    assert not schema_of(list_).model.objects.exists()


def test_adding_another_stays_in_the_card(admin, admin_client):
    list_, ref = make_list(admin), deal(admin)
    _page, answer = post(admin_client, list_, ref, NAME="Anna", TO=str(ref), another="1")
    assert answer.status_code == 302
    assert "scope=crm-D_" in answer["Location"]


def test_a_chip_says_to_what_the_table_is_confined(admin, employee):
    list_, ref = make_list(admin), deal(admin)
    chip = chips_of(open_grid(admin, list_.pk, {"scope": scope(ref)}))[0]
    assert chip.text == f"{DEAL.label}: Test"
    assert "scope" not in chip.query
    assert "Test" not in chips_of(open_grid(employee, list_.pk, {"scope": scope(ref)}))[0].text
    assert chips_of(open_grid(admin, list_.pk, {}, scope=scope(ref))) == []
    assert chips_of(open_grid(admin, list_.pk, {"scope": "x"}))[0].text == "x"


def test_the_page_that_confines_cannot_be_talked_out_of_it(admin):
    list_, ref, other = make_list(admin), deal(admin), deal(admin)
    own = add(list_, admin, ref)
    add(list_, admin, other)
    for params in ({"scope": scope(other)}, {"scope": ""}, {"section": "0"}, {}):
        grid = open_grid(admin, list_.pk, params, scope=scope(ref))
        assert [row.pk for row in grid.found] == [own]
