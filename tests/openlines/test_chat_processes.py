"""Processes that conversations start, and what processes do in conversations."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.http import QueryDict
from django.utils import timezone

from crm_link.refs import CrmRef
from lists_core.access import Right
from lists_core.services.rights import set_list_rights
from openlines.chat_channels.base import Inbound
from openlines.models import Customer, Line, Message
from openlines.selectors.desk import messages_for_customer
from openlines.selectors.processes import conversation_of_item
from openlines.services import alarms, customers, desk, recognition
from openlines.services.inbox import take_in
from openlines.services.lines import create_channel, create_line
from staff.subjects import Subject
from tests.crm_link.crm_world import item
from tests.crm_link.process_world import go, process, runs
from tests.openlines.chat_world import Chat, chat_of
from tests.workflows.processes import begin, put, step
from workflows.designer.placeholders import groups
from workflows.designer.scene import Scene
from workflows.designer.settings_form import SettingsForm
from workflows.designer.triggers import triggers_in_words
from workflows.services.templates import NotPublishable

pytestmark = pytest.mark.django_db
TOLD = [put("said", "{{Parameter.chat_customer}}: {{Parameter.chat_text}}")]
SAID: list[dict[str, Any]] = [{"code": "said", "label": "Said", "kind": "string"}]


@pytest.fixture
def world(admin) -> Chat:
    return chat_of(admin, leads="unknown", no_answer_minutes=5)


def on(event: str, **more: Any) -> list[dict[str, Any]]:
    return [{"event": event, **more}]


def write(world: Chat, text: str = "Есть мрамор?", customer: str = "c1") -> None:
    world.write(text, customer, facts={"name": "Ирина"})
    recognition.look()
    go()


def variable(instance: Any) -> str:
    return str(instance.state["variables"]["said"])


def test_a_new_conversation_starts_it_on_its_lead_once(world, lists, admin):
    made = process(lists["lead"], TOLD, actor=admin, triggers=on("chat_new"), variables=SAID)
    write(world)
    write(world, "Ау")
    (running,) = runs(made)
    assert (running.subject_id, running.error) == (Customer.objects.get().lead_id, "")
    assert variable(running) == "Ирина: Есть мрамор?"
    assert running.started_by == admin  # the line's service employee


def test_no_answer_and_closing_start_theirs(world, lists, admin):
    late = process(lists["lead"], [put("said", "1")], actor=admin, triggers=on("chat_late"),
                   variables=SAID)  # fmt: skip
    end = process(lists["lead"], [put("said", "1")], actor=admin, triggers=on("chat_end"),
                  variables=SAID)  # fmt: skip
    write(world)
    assert (runs(late), runs(end)) == ([], [])
    alarms.look(timezone.now() + timedelta(minutes=6))
    go()
    assert (len(runs(late)), runs(end)) == (1, [])
    talk = world.conversation()
    desk.close(talk.pk, actor=talk.operator)
    go()
    assert (len(runs(late)), len(runs(end))) == (1, 1)
    assert runs(end)[0].started_by == admin  # the operator may know nothing of CRM


def test_the_contact_and_the_deal_too_of_the_chosen_line_alone(world, lists, admin):
    other = create_line(actor=admin, name="Другая")
    mine = process(lists["contact"], [put("said", "1")], actor=admin, variables=SAID,
                   triggers=on("chat_end", line=str(world.line.pk)))  # fmt: skip
    theirs = process(lists["contact"], [put("said", "1")], actor=admin, variables=SAID,
                     triggers=on("chat_end", line=other.pk))  # fmt: skip
    write(world)
    contact = item("contact", admin, "Ирина")
    talk = world.conversation()
    customers.link_item(talk.pk, CrmRef("contact", contact.pk), actor=admin)
    desk.close(talk.pk, actor=admin)
    go()
    assert [one.subject_id for one in runs(mine)] == [contact.pk]
    assert runs(theirs) == []


def test_who_may_not_see_the_conversation_is_not_told_of_it(world, lists, admin):
    """The line's employee starts it; the process works for somebody of no line."""
    seeing = {Subject("U", world.other.pk): frozenset({Right.VIEW})}
    set_list_rights(lists["lead"].pk, seeing, actor=admin)
    made = process(lists["lead"], TOLD, actor=admin, triggers=on("chat_new"), variables=SAID)
    made.run_as, made.service_employee = made.RunAs.EMPLOYEE, world.other
    made.save()
    write(world)
    assert variable(runs(made)[0]) == ": "


def test_a_message_goes_to_the_customer_once(world, lists, admin):
    steps = [step("chat_say", "s", text="Здравствуйте, {{Parameter.chat_customer}}!")]
    made = process(lists["lead"], steps, actor=admin, triggers=on("chat_new"))
    write(world)
    (running,) = runs(made)
    assert running.error == ""
    said = [one.text for one in messages_for_customer(world.conversation())]
    assert said == ["Есть мрамор?", "Здравствуйте, Ирина!"]
    answer = Message.objects.get(kind="auto")
    assert answer.client_key.startswith(f"process:{running.pk}:s")
    assert world.conversation().waiting_since is not None  # nobody has answered yet


def test_by_hand_it_goes_to_the_customer_of_the_item(world, lists, admin):
    made = process(lists["lead"], [step("chat_say", "s", text="Привет")], actor=admin)
    stranger = item("lead", admin, "Никто не писал")
    assert "ни в одну" in begin(made, admin, stranger.pk).error
    write(world)
    lead = Customer.objects.get().lead_id
    assert begin(made, admin, lead).error == ""
    assert messages_for_customer(world.conversation())[-1].text == "Привет"


def test_of_several_it_takes_the_one_that_its_person_may_answer(world, admin):
    write(world)
    contact = item("contact", admin, "Ирина")
    second = create_line(actor=admin, name="Другая")
    there = create_channel(second, "web", "Сайт", actor=admin)
    newer = take_in(there, Inbound("c2", "m1", "Ау"))
    older = world.conversation().pk
    for pk in (older, newer.conversation_id):
        customers.link_item(pk, CrmRef("contact", contact.pk), actor=admin)
    found = {one: conversation_of_item(contact.pk, one) for one in (world.anna, world.petr, admin)}
    assert found == {world.anna: older, world.petr: newer.conversation_id,
                     admin: newer.conversation_id}  # fmt: skip


def test_whoever_may_not_answer_cannot_by_a_process(world, lists, admin):
    write(world)
    lead = Customer.objects.get().lead_id
    rights = frozenset({Right.VIEW, Right.RUN})
    people = [world.other, world.petr]
    set_list_rights(lists["lead"].pk, {Subject("U", one.pk): rights for one in people}, actor=admin)
    for steps in ([step("chat_say", "s", text="Я")], [step("chat_lead", "l")],
                  [step("chat_assign", "a", people=[f"employee:{world.petr.pk}"])]):  # fmt: skip
        made = process(lists["lead"], steps, actor=admin)
        for person in people:
            assert begin(made, person, lead).status == "failed"
    assert not Message.objects.filter(kind="auto").exists()
    assert world.conversation().operator == world.anna


def test_an_operator_is_assigned(world, lists, admin):
    steps = [step("chat_assign", "a", people=[f"employee:{world.petr.pk}"])]
    made = process(lists["lead"], steps, actor=admin, triggers=on("chat_new"))
    write(world)
    assert runs(made)[0].error == ""
    talk = world.conversation()
    assert talk.operator == world.petr
    assert [one.employee for one in talk.participants.filter(left_at=None)] == [world.petr]
    outsider = process(
        lists["lead"], [step("chat_assign", "a", people=[f"employee:{world.other.pk}"])],
        actor=admin,
    )  # fmt: skip
    assert "оператор" in begin(outsider, admin, talk.customer.lead_id).error


def test_a_lead_is_made_and_found_again(world, lists, admin):
    Line.objects.update(leads="never")
    contact = item("contact", admin, "Ирина")
    made = process(lists["contact"], [step("chat_lead", "l")], actor=admin, triggers=on("chat_end"))
    write(world)
    for _time in range(2):
        talk = world.conversation()
        customers.link_item(talk.pk, CrmRef("contact", contact.pk), actor=admin)
        desk.close(talk.pk, actor=admin)
        go()
        write(world)
    results = [one.state["results"]["l"] for one in runs(made)]
    lead = Customer.objects.get().lead_id
    assert results == [{"id": lead, "made": True}, {"id": lead, "made": False}]


def test_the_designer_offers_says_and_checks_them(world, lists, admin):
    tree = {"steps": [], "triggers": on("chat_new", line=world.line.pk)}
    scene = Scene(process(lists["lead"], [put("a", "1")], actor=admin), tree, admin)
    assert triggers_in_words(scene)[1] == "Клиент начал диалог, в линии «Продажи»"
    html = str(SettingsForm(None, scene=scene)["triggers"])
    assert "Продажи" in html
    paths = {one.path for group in groups(scene) for one in group.items}
    assert "Parameter.chat_text" in paths
    given = QueryDict(mutable=True)
    data = {"triggers-rows": "0", "triggers-0-event": "chat_end", "triggers-0-line": ""}
    given.update(data)
    assert SettingsForm(given, scene=scene).read()["triggers"] == [{"event": "chat_end"}]
    with pytest.raises(NotPublishable):  # another kind of lists
        process(lists["company"], [put("a", "1")], actor=admin, triggers=on("chat_new"))
    with pytest.raises(NotPublishable):  # no such line
        process(lists["lead"], [put("a", "1")], actor=admin, triggers=on("chat_new", line=99))
    with pytest.raises(NotPublishable):  # nothing tells it
        process(lists["lead"], TOLD, actor=admin, variables=SAID)
