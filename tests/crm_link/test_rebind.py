"""Everything that points to an item follows it when it becomes another one."""

from __future__ import annotations

import pytest

from crm_link.refs import CrmRef
from crm_link.services import rebind as service
from crm_link.services.rebind import rebind
from lists_core.models import ElementVersion, Field, Job, List, OutboxEvent
from lists_core.schema.cache import schema_of
from lists_core.services.elements import create_element, delete_elements
from lists_core.services.fields import create_field, delete_field, restore_field
from lists_core.services.jobs import run_job
from lists_core.services.lists import create_list
from tests.crm_link.crm_world import item

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(admin):
    """A list bound to companies in two ways, one of them in the bin later, and two companies."""
    list_ = create_list(actor=admin, everyone="edit", name="Backlog")
    settings = {"kinds": ["company", "deal"], "visible": True}
    create_field(list_.pk, "crm", actor=admin, name="To", code="TO", settings=settings)
    create_field(
        list_.pk, "crm", actor=admin, name="All", code="ALL", settings=settings, multiple=True
    )
    old, new = (CrmRef("company", item("company", admin, name).pk) for name in ("Old", "New"))
    return List.objects.get(pk=list_.pk), old, new


def values(list_, pk, code="TO"):
    schema = schema_of(List.objects.get(pk=list_.pk))
    return schema[code].read(schema.model.objects.get(pk=pk))


def test_bindings_and_links_follow(admin, lists, world):
    list_, old, new = world
    other = CrmRef("deal", item("deal", admin, COMPANY=old.id).pk)
    contact = item("contact", admin, "Anna", COMPANIES=[old.id, new.id]).pk
    row = create_element(
        list_.pk, {"NAME": "a", "TO": old, "ALL": [other, old, new]}, actor=admin
    ).pk
    binned = create_element(list_.pk, {"NAME": "b", "TO": old}, actor=admin).pk
    delete_elements(list_.pk, [binned], actor=admin)
    untouched = create_element(list_.pk, {"NAME": "c", "TO": other}, actor=admin)
    assert rebind(old, new, actor=admin) is None
    assert values(list_, row) == new
    assert values(list_, row, "ALL") == [other, new]
    assert values(list_, binned) == new
    assert values(lists["deal"], other.id, "COMPANY") == new.id
    assert values(lists["contact"], contact, "COMPANIES") == [new.id]
    told = ElementVersion.objects.filter(element=row).latest("pk")
    key = schema_of(List.objects.get(pk=list_.pk))["TO"].key
    assert told.changes[key] == [str(old), str(new)]
    assert told.actor == admin
    event = OutboxEvent.objects.filter(list=list_, topic="element.changed").latest("pk")
    assert row in event.payload["ids"]
    versions = schema_of(List.objects.get(pk=list_.pk)).model.objects.get(pk=untouched.pk).version
    assert versions == 1


def test_an_item_does_not_come_to_point_to_itself(admin, lists, world):
    _list, old, new = world
    create_field(
        lists["company"].pk, "element", actor=admin, name="Head", code="HEAD",
        settings={"list": lists["company"].pk, "look": "search"},
    )  # fmt: skip
    below = item("company", admin, "Below", HEAD=old.id).pk
    schema = schema_of(List.objects.get(pk=lists["company"].pk))
    schema.model.objects.filter(pk=new.id).update(**schema["HEAD"].to_columns(old.id))
    rebind(old, new, actor=admin)
    assert values(lists["company"], below, "HEAD") == new.id
    assert values(lists["company"], new.id, "HEAD") is None


def test_fields_of_the_bin_follow_as_well(admin, world):
    list_, old, new = world
    row = create_element(list_.pk, {"NAME": "a", "ALL": [old, new]}, actor=admin).pk
    field = Field.objects.get(list=list_, code="ALL")
    delete_field(field.pk, actor=admin)
    rebind(old, new, actor=admin)
    restore_field(field.pk, actor=admin)
    assert values(list_, row, "ALL") == [new]


def test_much_is_a_job_that_goes_on_where_it_was(admin, world, monkeypatch):
    list_, old, new = world
    monkeypatch.setattr(service, "AT_ONCE", 2)
    monkeypatch.setattr(service, "BATCH", 2)
    rows = [create_element(list_.pk, {"NAME": f"{n}", "TO": old}, actor=admin).pk for n in range(5)]
    job = rebind(old, new, actor=admin)
    assert isinstance(job, Job)
    assert values(list_, rows[0]) == old
    run_job(job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.DONE, job.error
    assert (job.done, job.total, job.result["changed"]) == (5, 5, 5)
    assert {values(list_, pk) for pk in rows} == {new}
