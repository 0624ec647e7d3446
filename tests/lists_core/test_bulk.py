"""Changes of many elements: services, the pages that ask for them, and the job."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from lists_core.jobs import bulk as bulk_jobs
from lists_core.models import ElementVersion, Job, List, OutboxEvent, Section
from lists_core.schema.cache import schema_of
from lists_core.selectors.elements import elements
from lists_core.services import fields, lists
from lists_core.services.bulk import bulk_delete, bulk_move, bulk_update
from lists_core.services.elements import create_element, delete_elements
from lists_core.services.jobs import run_job, start_job
from staff.models import Employee
from svod.base.errors import Invalid

pytestmark = pytest.mark.django_db
State = Job.State


@pytest.fixture
def admin() -> Employee:
    return Employee.objects.create_superuser("admin", "admin@svod.example", "x", last_name="Админ")


@pytest.fixture
def goods(admin: Employee) -> List:
    list_ = lists.create_list(actor=admin, everyone="edit", name="Товары", has_sections=True)
    fields.create_field(list_.pk, "number", actor=admin, name="Цена", code="PRICE")
    fields.create_field(list_.pk, "string", actor=admin, name="Код", code="SKU", unique=True)
    for number in range(1, 8):
        create_element(list_.pk, {"NAME": f"Товар {number}", "PRICE": number}, actor=admin)
    list_.refresh_from_db()
    return list_


@pytest.fixture
def visitor(client: Client, admin: Employee) -> Client:
    client.force_login(admin, backend="staff.backends.EmployeeBackend")
    return client


def ids_of(list_: List, actor: Employee) -> list[int]:
    return list(elements(schema_of(list_), actor).order_by("pk").values_list("pk", flat=True))


def prices(list_: List, actor: Employee) -> list[int]:
    schema = schema_of(list_)
    rows = elements(schema, actor).order_by("pk")
    return [int(schema["PRICE"].read(row)) for row in rows]


def above(price: int) -> str:
    tree = {"and": [{"field": "PRICE", "op": "gt", "value": [str(price)]}]}
    return f"?filter={json.dumps(tree)}"


def test_one_batch_is_one_event_with_history(goods: List, admin: Employee) -> None:
    ids = ids_of(goods, admin)
    report = bulk_update(goods.pk, [*ids, 10**9], {"PRICE": Decimal(3)}, actor=admin)
    assert (report.changed, report.same, report.skipped) == (6, 1, 1)
    assert list(report.problems) == [str(10**9)]
    assert prices(goods, admin) == [3] * 7
    assert OutboxEvent.objects.filter(topic="element.changed").count() == 1
    changed = ElementVersion.objects.filter(kind="changed")
    assert changed.count() == 6
    assert {tuple(next(iter(row.changes.values()))) for row in changed} >= {("1", "3"), ("7", "3")}
    assert {row.version for row in elements(schema_of(goods), admin)} == {1, 2}


@pytest.mark.parametrize("values", [{"SKU": "x"}, {"PRICE": "много"}, {"NAME": ""}, {"NOPE": 1}])
def test_values_that_do_not_fit_change_nothing(
    goods: List, admin: Employee, values: dict[str, Any]
) -> None:
    with pytest.raises(Invalid) as caught:
        bulk_update(goods.pk, ids_of(goods, admin), values, actor=admin)
    assert set(caught.value.errors) == set(values)
    assert not ElementVersion.objects.filter(kind="changed").exists()


def test_a_link_to_what_is_not_there_changes_nothing(goods: List, admin: Employee) -> None:
    fields.create_field(goods.pk, "employee", actor=admin, name="Кто", code="WHO")
    row = create_element(goods.pk, {"NAME": "ель"}, actor=admin)
    with pytest.raises(Invalid) as caught:
        bulk_update(goods.pk, [row.pk], {"WHO": 10**6}, actor=admin)
    assert "WHO" in caught.value.errors


def test_move_and_delete_tell_what_became_of_each(goods: List, admin: Employee) -> None:
    ids = ids_of(goods, admin)
    section = Section.objects.create(list=goods, name="Склад")
    delete_elements(goods.pk, ids[:1], actor=admin)
    moved = bulk_move(goods.pk, ids[:3], section_id=section.pk, actor=admin)
    assert (moved.changed, moved.same, moved.skipped) == (2, 0, 1)
    again = bulk_move(goods.pk, ids[1:4], section_id=section.pk, actor=admin)
    assert (again.changed, again.same) == (1, 2)
    gone = bulk_delete(goods.pk, ids, actor=admin)
    assert (gone.changed, gone.skipped) == (6, 1)


# --- the job ----------------------------------------------------------------------------


def run(kind: str, list_: List, actor: Employee, **params: Any) -> Job:
    job = start_job(kind, actor=actor, list_=list_, **params)
    run_job(job.pk)
    job.refresh_from_db()
    return job


def test_a_job_changes_all_that_the_filter_finds(
    goods: List, admin: Employee, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_jobs, "BATCH", 2)
    job = run("bulk_edit", goods, admin, query=above(2), values={"PRICE": "10"})
    assert job.state == State.DONE
    assert prices(goods, admin) == [1, 2, 10, 10, 10, 10, 10]
    assert (job.done, job.total, job.result["changed"]) == (5, 5, 5)


def test_a_changed_element_may_leave_the_filter(
    goods: List, admin: Employee, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After each batch the filter finds less: nothing is left out, nothing is met twice."""
    monkeypatch.setattr(bulk_jobs, "BATCH", 2)
    job = run("bulk_edit", goods, admin, query=above(2), values={"PRICE": "0"})
    assert prices(goods, admin) == [1, 2, 0, 0, 0, 0, 0]
    assert job.result["changed"] == 5


def test_a_filter_that_no_longer_fits_deletes_nothing(goods: List, admin: Employee) -> None:
    broken = above(2).replace("PRICE", "GONE")
    job = run("bulk_delete", goods, admin, query=broken)
    assert job.state == State.FAILED
    assert len(ids_of(goods, admin)) == 7


def test_an_interrupted_job_goes_on(
    goods: List, admin: Employee, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_jobs, "BATCH", 3)
    job = start_job("bulk_delete", actor=admin, list_=goods, query="?")
    first = ids_of(goods, admin)[:3]
    bulk_delete(goods.pk, first, actor=admin)
    until = max(ids_of(goods, admin))
    result = {
        "changed": 3,
        "same": 0,
        "skipped": 0,
        "problems": {},
        "last": first[-1],
        "until": until,
    }
    Job.objects.filter(pk=job.pk).update(state=State.RUNNING, done=3, total=7, result=result)
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done, job.result["changed"]) == (State.DONE, 7, 7)
    assert ids_of(goods, admin) == []


def test_a_cancelled_job_stops_between_batches(
    goods: List, admin: Employee, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_jobs, "BATCH", 2)
    change = bulk_jobs.bulk_delete

    def cancelling(*args: Any, **kwargs: Any) -> Any:
        Job.objects.update(cancel_requested=True)
        return change(*args, **kwargs)

    monkeypatch.setattr(bulk_jobs, "bulk_delete", cancelling)
    job = run("bulk_delete", goods, admin, query="?")
    assert job.state == State.CANCELLED
    assert (job.done, len(ids_of(goods, admin))) == (2, 5)


def test_elements_added_meanwhile_are_left_alone(goods: List, admin: Employee) -> None:
    job = start_job("bulk_delete", actor=admin, list_=goods, query="?")
    outcome = {"changed": 0, "same": 0, "skipped": 0, "problems": {}, "last": 0}
    outcome["until"] = max(ids_of(goods, admin))
    Job.objects.filter(pk=job.pk).update(result=outcome, total=7)
    later = create_element(goods.pk, {"NAME": "Новый"}, actor=admin)
    run_job(job.pk)
    assert ids_of(goods, admin) == [later.pk]


# --- the pages --------------------------------------------------------------------------


def test_selected_elements_are_changed_at_once(
    visitor: Client, goods: List, admin: Employee
) -> None:
    ids = ids_of(goods, admin)[:2]
    address = reverse("list_bulk_edit", args=[goods.pk]) + f"?ids={ids[0]},{ids[1]},x"
    assert visitor.get(address).status_code == 200
    wrong = visitor.post(address, {"set": "PRICE", "PRICE": "много"})
    assert wrong.status_code == 422
    assert 'value="много"' in wrong.content.decode()
    assert visitor.post(address, {}).status_code == 422
    assert visitor.post(address, {"set": "PRICE", "PRICE": "50"}).status_code == 204
    assert prices(goods, admin)[:3] == [50, 50, 3]


def test_all_found_become_a_job_when_there_are_many(
    visitor: Client, goods: List, admin: Employee, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lists_core.grid.target.INLINE_LIMIT", 3)
    address = reverse("list_bulk_delete", args=[goods.pk]) + above(2) + "&all=1"
    visitor.post(address)
    job = Job.objects.get()
    assert (job.kind, job.params["query"].startswith("?filter=")) == ("bulk_delete", True)
    run_job(job.pk)
    assert prices(goods, admin) == [1, 2]


def test_no_selected_element_is_dropped(
    visitor: Client, goods: List, admin: Employee, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Open groups show more rows than are changed at once; their ids come by POST."""
    monkeypatch.setattr("lists_core.grid.target.INLINE_LIMIT", 3)
    monkeypatch.setattr("lists_core.grid.target.MOST_SELECTED", 5)
    address, ids = reverse("list_bulk_delete", args=[goods.pk]), ids_of(goods, admin)
    asked = {"ids": ",".join(map(str, [*ids[:5], ids[0]])), "opening": "1"}
    dialog = visitor.post(address, asked).content.decode()
    assert "Удалить 5 элементов?" in dialog
    assert f'name="ids" value="{",".join(map(str, ids[:5]))}"' in dialog
    visitor.post(address, {"ids": asked["ids"]})
    run_job(Job.objects.get().pk)
    assert ids_of(goods, admin) == ids[5:]
    refused = visitor.post(address, {"ids": ",".join(map(str, ids)), "opening": "1"})
    assert (refused.status_code, "не больше 5" in refused.content.decode()) == (422, True)


def test_all_found_by_a_broken_filter_is_refused(
    visitor: Client, goods: List, admin: Employee
) -> None:
    broken = above(2).replace("PRICE", "GONE")
    address = reverse("list_bulk_delete", args=[goods.pk]) + broken + "&all=1"
    assert visitor.post(address).status_code == 422
    assert len(ids_of(goods, admin)) == 7


def test_a_move_without_a_readable_section_moves_nothing(
    visitor: Client, goods: List, admin: Employee
) -> None:
    """Only the empty choice is the top of the tree."""
    section = Section.objects.create(list=goods, name="Склад")
    ids = ids_of(goods, admin)[:2]
    bulk_move(goods.pk, ids, section_id=section.pk, actor=admin)
    address = reverse("list_bulk_move", args=[goods.pk]) + f"?ids={ids[0]},{ids[1]}"
    for data in ({}, {"section": "0"}, {"section": "x"}, {"section": "²"}, {"section": "9" * 30}):
        assert visitor.post(address, data).status_code == 404, data
        assert elements(schema_of(goods), admin).filter(section=section.pk).count() == 2
    assert visitor.post(address, {"section": ""}).status_code == 204
    assert elements(schema_of(goods), admin).filter(section=None, pk__in=ids).count() == 2
