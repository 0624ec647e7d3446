"""Several items become one: values, links, comments, processes; by the rights, all or nothing."""

from __future__ import annotations

import pytest
from django.utils import timezone
from moneyed import Money

from crm_link.kinds import COMPANY, CONTACT, LEAD
from crm_link.models import MergedItem, PhoneCall, Submission, TimelineNote
from crm_link.selectors.merging import winner_of
from crm_link.services import merging
from crm_link.services.merging import MergedMeanwhile, merge_items
from crm_link.services.products import replace_rows
from lists_core.access import Right
from lists_core.models import ElementVersion, Job, List, OutboxEvent
from lists_core.schema.cache import schema_of
from lists_core.services.comments import add_comment
from lists_core.services.elements import create_element, delete_elements, update_element
from lists_core.services.fields import create_field
from lists_core.services.jobs import run_job
from lists_core.services.lists import create_list
from lists_core.services.rights import set_list_rights
from staff.models import AuditEntry
from staff.subjects import Subject
from svod.base.errors import Forbidden, Invalid, NotFound
from tests.crm_link.crm_world import item
from tests.crm_link.process_world import go, process
from tests.crm_link.test_conversion import values
from tests.workflows.processes import put, step
from workflows.models import Instance
from workflows.services.instances import launch

pytestmark = pytest.mark.django_db
ONE, TWO = "+74951234567", "+74957654321"


def pair(admin):
    main = item("contact", admin, "Петров", PHONE=[ONE], LAST_NAME="Петров")
    other = item(
        "contact", admin, "Петров И.", PHONE=[TWO, ONE], EMAIL=["p@svod.example"],
        LAST_NAME="Петрович", POST="Директор",
    )  # fmt: skip
    return main, other


def test_values_stay_as_chosen(admin, lists):
    main, other = pair(admin)
    merge_items(CONTACT, main.pk, [other.pk], actor=admin, chosen={"LAST_NAME": other.pk})
    now = values("contact", main.pk)
    assert now["NAME"] == "Петров"
    assert now["LAST_NAME"] == "Петрович"
    assert now["POST"] == "Директор"
    assert now["PHONE"] == [ONE, TWO]
    assert now["EMAIL"] == ["p@svod.example"]


def test_what_pointed_to_the_other_points_to_the_main_one(admin, lists):
    main, other = pair(admin)
    deal = item("deal", admin, "Обе", CONTACTS=[other.pk, main.pk])
    lone = item("deal", admin, "Одна", CONTACTS=[other.pk])
    binned = item("deal", admin, "В корзине", CONTACTS=[other.pk])
    delete_elements(lists["deal"].pk, [binned.pk], actor=admin)
    lead = item("lead", admin, "Лид", CONTACT=other.pk)
    students = create_list(actor=admin, name="Студенты")
    create_field(
        students.pk, "element", actor=admin, name="Кто", code="WHO",
        settings={"list": lists["contact"].pk, "look": "search"},
    )  # fmt: skip
    student = create_element(students.pk, {"NAME": "С", "WHO": other.pk}, actor=admin)
    add_comment(lists["contact"].pk, other.pk, "Звонил", actor=admin)
    merge_items(CONTACT, main.pk, [other.pk], actor=admin)
    contacts = [values("deal", row.pk)["CONTACTS"] for row in (deal, lone, binned)]
    assert contacts == [[main.pk]] * 3
    assert values("lead", lead.pk)["CONTACT"] == main.pk
    schema = schema_of(List.objects.get(pk=students.pk))
    assert schema["WHO"].read(schema.model.objects.get(pk=student.pk)) == main.pk
    history = ElementVersion.objects.filter(element=lone.pk).first()
    assert list(history.changes.values()) == [[[other.pk], [main.pk]]]
    assert OutboxEvent.objects.filter(topic="element.changed", list=lists["deal"]).exists()
    assert main.pk in _with_comments()
    assert not schema_of(lists["contact"]).model.objects.filter(pk=other.pk, deleted_at=None)


def _with_comments() -> set[int]:
    from lists_core.models import Comment

    return set(Comment.objects.values_list("element", flat=True))


def test_the_merged_one_leads_to_the_main_one(admin, lists, admin_client, employee):
    main, other = pair(admin)
    third = item("contact", admin, "Третий")
    merge_items(CONTACT, other.pk, [third.pk], actor=admin)
    merge_items(CONTACT, main.pk, [other.pk], actor=admin)
    assert winner_of(admin, CONTACT, third.pk) == winner_of(admin, CONTACT, other.pk) == main.pk
    assert MergedItem.objects.count() == 2
    moved = admin_client.get(f"/crm/contact/{third.pk}/")
    assert moved.url == f"/crm/contact/{main.pk}/"
    notes = TimelineNote.objects.filter(element=main.pk, kind="merged")
    assert f"#{other.pk}" in notes.values_list("text", flat=True)
    with pytest.raises(NotFound):
        winner_of(employee, CONTACT, other.pk)
    with pytest.raises(NotFound):
        winner_of(admin, COMPANY, other.pk)
    entry = AuditEntry.objects.filter(event="crm.merged").order_by("-pk").first()
    assert entry.about["elements"] == [other.pk]


def test_the_selected_of_a_grid_are_merged_or_told_to_be_too_many(admin, lists, admin_client):
    """The bar sends their ids by POST: a selection may be too long for an address."""
    ids = [row.pk for row in pair(admin)]
    bar = f"/lists/{lists['contact'].pk}/bulk/merge/"
    sent = {"ids": ",".join(map(str, ids)), "opening": "1"}
    assert admin_client.post(bar, sent).url.endswith(f"?id={ids[0]}&id={ids[1]}")
    many = admin_client.post(bar, {**sent, "ids": ",".join(map(str, range(1, 400)))})
    assert (many.status_code, "10" in many.content.decode()) == (200, True)


def test_rights(admin, lists, employee):
    main, other = pair(admin)
    who = Subject("U", employee.pk)

    def hold(*rights: Right) -> None:
        set_list_rights(lists["contact"].pk, {who: frozenset(rights)}, actor=admin)

    with pytest.raises(NotFound):
        merge_items(CONTACT, main.pk, [other.pk], actor=employee)
    for held in ({Right.CHANGE}, {Right.DELETE}):
        hold(*held)
        with pytest.raises(Forbidden):
            merge_items(CONTACT, main.pk, [other.pk], actor=employee)
    assert values("contact", main.pk)["POST"] is None
    hold(Right.CHANGE, Right.DELETE)
    merge_items(CONTACT, main.pk, [other.pk], actor=employee)
    with pytest.raises(NotFound):
        merge_items(CONTACT, main.pk, [other.pk], actor=employee)
    with pytest.raises(Invalid):
        merge_items(CONTACT, main.pk, [main.pk], actor=employee)


def test_who_saw_an_older_version_looks_again(admin, lists):
    main, other = pair(admin)
    update_element(lists["contact"].pk, other.pk, {"POST": "Бухгалтер"}, version=1, actor=admin)
    with pytest.raises(MergedMeanwhile):
        merge_items(CONTACT, main.pk, [other.pk], actor=admin, versions={main.pk: 1, other.pk: 1})


def test_a_unique_value_goes_over(admin, lists):
    create_field(lists["contact"].pk, "string", actor=admin, name="Карта", code="CARD", unique=True)
    main, other = item("contact", admin, "А"), item("contact", admin, "Б", CARD="77")
    merge_items(CONTACT, main.pk, [other.pk], actor=admin)
    assert values("contact", main.pk)["CARD"] == "77"


def test_many_links_are_a_job_that_may_begin_anew(admin, lists, admin_client, monkeypatch):
    monkeypatch.setattr(merging, "INLINE", 2)
    monkeypatch.setattr("crm_link.services.rebind.BATCH", 2)
    main, other = pair(admin)
    deals = [item("deal", admin, f"Сделка {n}", CONTACTS=[other.pk]) for n in range(5)]
    given = {"id": [main.pk, other.pk], "main": main.pk, "v_POST": other.pk}
    assert "/jobs/" in admin_client.post("/crm/contact/merge/", given).url
    job = Job.objects.get(kind="merge_items")
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done) == ("done", 5)
    assert {tuple(values("deal", row.pk)["CONTACTS"]) for row in deals} == {(main.pk,)}
    assert values("contact", main.pk)["POST"] == "Директор"


def linked_deals(admin):
    """Two deals to which three elements of a list link; the main one has product rows, so the
    other's amount is refused."""
    papers = create_list(actor=admin, name="Договоры")
    deals = List.objects.get(system="crm.deal")
    create_field(papers.pk, "element", actor=admin, name="Сделка", code="DEAL",
                 settings={"list": deals.pk, "look": "search"})  # fmt: skip
    main, other = item("deal", admin, "А"), item("deal", admin, "Б", AMOUNT=Money(7, "RUB"))
    replace_rows(main.pk, [{"name": "Дверь", "quantity": 1, "price": 5}], actor=admin)
    for number in range(3):
        create_element(papers.pk, {"NAME": f"Д{number}", "DEAL": other.pk}, actor=admin)

    def links():
        schema = schema_of(List.objects.get(pk=papers.pk))
        return {schema["DEAL"].read(row) for row in schema.model.objects.all()}

    return main, other, links


def test_a_long_merge_that_will_be_refused_moves_no_link(admin, lists, admin_client, monkeypatch):
    monkeypatch.setattr(merging, "INLINE", 2)
    main, other, links = linked_deals(admin)
    given = {"id": [main.pk, other.pk], "main": main.pk}
    wrong = {**given, "v_AMOUNT": other.pk}
    assert admin_client.post("/crm/deal/merge/", wrong).status_code == 422
    stale = {**given, f"version_{main.pk}": 7}
    assert admin_client.post("/crm/deal/merge/", stale).status_code == 409
    assert not Job.objects.exists()
    admin_client.post("/crm/deal/merge/", given)
    job = Job.objects.get()
    replace_rows(main.pk, [{"name": "Окно", "quantity": 1, "price": 6}], actor=admin)
    run_job(job.pk)
    assert Job.objects.get().error == str(MergedMeanwhile.message)
    assert links() == {other.pk}


def test_what_waits_for_a_merged_item_goes_on_with_the_main_one(admin, lists):
    """One waits for a change, one for what is so on the main item already."""
    main, other = item("lead", admin, "А", POST="Директор"), item("lead", admin, "Б")
    when = {"and": [{"field": "POST", "op": "eq", "value": ["Директор"]}]}
    ways = [step("wait_event", "w", fields=["COMMENTS"]), step("wait_event", "w", when=when)]
    runs = [
        launch(
            process(lists["lead"], [way, put("a", "1")], actor=admin), admin, subject_id=other.pk
        )
        for way in ways
    ]
    go()
    merge_items(LEAD, main.pk, [other.pk], actor=admin)
    go()
    assert [Instance.objects.get(pk=one.pk).status for one in runs] == ["waiting", "done"]
    version = schema_of(lists["lead"]).model.objects.get(pk=main.pk).version
    update_element(lists["lead"].pk, main.pk, {"COMMENTS": "!"}, version=version, actor=admin)
    go()
    assert Instance.objects.get(pk=runs[0].pk).status == "done"


def test_calls_and_messages_of_forms_go_over(admin, lists):
    main, other, third = [item("lead", admin, name) for name in "АБВ"]
    told = {"direction": "in", "number": ONE, "at": timezone.now(), "result": "missed"}
    call = PhoneCall.objects.create(external_id="1", element_id=other.pk, **told)
    messages = [Submission.objects.create(lead_id=one.pk) for one in (other, third)]
    merge_items(LEAD, main.pk, [other.pk, third.pk], actor=admin)
    call.refresh_from_db()
    assert call.element_id == main.pk
    assert Submission.objects.get(lead=main.pk) == messages[0]


def test_the_page(admin, lists, admin_client, client, employee):
    main, other = pair(admin)
    address = f"/crm/contact/merge/?id={main.pk}&id={other.pk}&id=x"
    page = admin_client.get(address).content.decode()
    assert "Петрович" in page
    assert 'name="v_LAST_NAME"' in page
    assert "v_ADDRESS" not in page  # it does not differ
    swapped = admin_client.get(f"{address}&main={other.pk}").content.decode()
    assert swapped.index("Петров И.") < swapped.index(f"#{main.pk}<")
    assert admin_client.get(f"/crm/contact/merge/?id={main.pk}").status_code == 404
    stale = {"id": [main.pk, other.pk], "main": main.pk, f"version_{main.pk}": 7}
    assert admin_client.post("/crm/contact/merge/", stale).status_code == 409
    given = {"id": [main.pk, other.pk], "main": main.pk, "v_LAST_NAME": other.pk, "v_PHONE": ""}
    assert admin_client.post("/crm/contact/merge/", given).url == f"/crm/contact/{main.pk}/"
    assert values("contact", main.pk)["LAST_NAME"] == "Петрович"
    client.force_login(employee)
    assert client.get(address).status_code == 404
