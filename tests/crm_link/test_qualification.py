"""Lead qualification with a moved clock: asked, reminded, late, an incident, filled in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from moneyed import Money

from crm_link.kinds import LEAD
from crm_link.models import Asking, Questionnaire, Robot, Stage, StageRobots
from crm_link.selectors.qualification_report import Period, qualification_report
from crm_link.selectors.questionnaires import questionnaires_with_questions
from crm_link.services.incidents import incidents_list
from crm_link.services.items import move_to_stage
from crm_link.services.merging import merge_items
from crm_link.services.qualification import set_up_qualification
from crm_link.services.questionnaires import Group, create_questionnaire, save_questionnaire
from crm_link.services.robots import add_robot
from crm_link.services.stage_removal import delete_pipeline, delete_stage
from crm_link.services.stages import create_pipeline, renew
from lists_core.models import Field
from lists_core.schema.cache import schema_of
from lists_core.services.bulk import bulk_update
from lists_core.services.elements import update_element
from staff.models import Employee
from svod.base.errors import Forbidden, Invalid
from tests.crm_link.crm_world import item, stage
from tests.crm_link.process_world import go, runs, statuses
from tests.crm_link.qualification_world import HOUR, MONDAY, World
from workflows.drafts import Draft
from workflows.models import Instance, StepLog, Task, Wake
from workflows.services.instances import cancel
from workflows.services.task_drafts import keep_draft
from workflows.services.tasks import cancel_task
from workflows.services.templates import save_draft

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def qualified(crm_made: Employee, django_db_blocker: Any) -> None:
    """The questionnaire of leads, for the whole module as CRM is."""
    with django_db_blocker.unblock():
        set_up_qualification(actor=crm_made)


@pytest.fixture
def world(qualified: None, admin: Employee) -> World:
    return World(admin)


def asked(task: Task) -> set[str]:
    parts = task.people.filter(is_open=True, role="responsible")
    return set(parts.values_list("employee__username", flat=True))


def test_it_is_set_up_once_by_administrators(world, employee):
    fields = Field.objects.count()
    assert set_up_qualification(actor=world.admin).pk == world.questionnaire.pk
    assert Field.objects.count() == fields
    groups = [
        (group.name, [one.field.type for one in group.questions.all()])
        for group in world.questionnaire.groups.all()
    ]
    assert [name for name, _types in groups] == ["ПРОДУКТ", "УСЛУГИ", "КЛИЕНТ"]
    assert [len(types) for _name, types in groups] == [6, 4, 5]
    assert groups[2][1] == ["list", "money", "date", "string", "string"]
    with pytest.raises(Forbidden):
        set_up_qualification(actor=employee)


def test_the_responsible_gets_the_questions_as_a_task(world):
    lead = world.lead()
    task = world.task(lead)
    assert asked(task) == {"seller"}
    assert task.deadline == MONDAY + timedelta(days=1, hours=9)  # 16 working hours
    assert task.form["progress"] == {"done": 0, "of": 15, "missing": 8}
    needed = [one["code"] for group in task.form["groups"] for one in group["fields"]
              if one["needed"]]  # fmt: skip
    assert needed == list(world.answers())
    asking = Asking.objects.get(element=lead.pk)
    assert (asking.employee, asking.came_at, asking.due_at) == (
        world.seller, MONDAY, task.deadline,
    )  # fmt: skip


def test_of_a_merged_lead_the_main_one_is_asked(world):
    lead, main = world.lead(), item("lead", world.admin)
    merge_items(LEAD, main.pk, [lead.pk], actor=world.admin)
    assert Asking.objects.get().element_id == main.pk


def test_answers_are_kept_bit_by_bit_and_the_last_closes_the_task(world):
    lead = world.lead()
    answers = world.answers()
    last = answers.popitem()
    task = world.keep(world.task(lead), world.seller, **answers)
    assert task.form["progress"] == {"done": 7, "of": 15, "missing": 1}
    assert task.is_open
    schema = schema_of(world.list)
    assert schema["CLIENT_BUDGET"].read(world.row(lead)) == Money(120_000, "RUB")
    world.keep(task, world.seller, **dict([last]))
    task.refresh_from_db()
    assert task.state == "done"
    go(now=MONDAY + 2 * HOUR)
    assert statuses(world.template) == ["done"]
    assert Asking.objects.get(element=lead.pk).outcome == "full"
    assert world.incidents() == []


def test_an_answer_may_be_taken_back_while_it_is_open(world):
    lead = world.lead()
    world.let(world.seller, "view")
    world.keep(world.task(lead), world.seller, PRODUCT_PLACE="Кухня")
    task = world.keep(world.task(lead), world.seller, PRODUCT_PLACE=None)
    assert task.form["progress"]["done"] == 0


def test_the_task_closes_itself_when_the_card_is_filled_in(world):
    lead = world.lead()
    update_element(world.list.pk, lead.pk, world.answers(), version=world.row(lead).version,
                   actor=world.admin)  # fmt: skip
    go(now=MONDAY + 3 * HOUR)
    assert world.task(lead).state == "done"
    asking = Asking.objects.get(element=lead.pk)
    assert (asking.outcome, asking.minutes) == ("full", 180)


def test_what_is_full_already_is_not_asked(world):
    world.lead(**world.answers())
    assert not Task.objects.exists()
    assert Asking.objects.get().minutes == 0
    assert statuses(world.template) == ["done"]


def test_the_lead_goes_on_only_when_the_set_is_full(world):
    lead = world.lead()
    for code in ("PROCESSED", "CONVERTED"):
        with pytest.raises(Invalid) as refused:
            move_to_stage(LEAD, lead.pk, stage("lead", code).pk, actor=world.admin)
        assert set(refused.value.errors) == set(world.answers())
        assert "Бюджет" in str(refused.value)
    with pytest.raises(Invalid):
        bulk_update(world.list.pk, [lead.pk], {"STAGE": stage("lead", "PROCESSED").pk},
                    actor=world.admin)  # fmt: skip
    for code in ("NEW", "IN_PROCESS", "JUNK"):
        move_to_stage(LEAD, lead.pk, stage("lead", code).pk, actor=world.admin)
    with pytest.raises(Invalid):
        move_to_stage(LEAD, lead.pk, stage("lead", "PROCESSED").pk, actor=world.admin)
    values = {**world.answers(), "STAGE": stage("lead", "PROCESSED").pk}
    version = world.row(lead).version
    update_element(world.list.pk, lead.pk, values, version=version, actor=world.admin)


def test_a_gate_that_is_off_lets_it_go_and_the_asking_ends(world):
    Questionnaire.objects.update(gated=False)
    lead = world.lead()
    move_to_stage(LEAD, lead.pk, stage("lead", "PROCESSED").pk, actor=world.admin)
    go(now=MONDAY + HOUR)
    assert world.task(lead).state == "cancelled"
    assert Asking.objects.get().outcome == "left"
    assert statuses(world.template) == ["done"]


def test_bad_leads_are_asked_no_more(world):
    lead = world.lead()
    move_to_stage(LEAD, lead.pk, stage("lead", "JUNK").pk, actor=world.admin)
    go(now=MONDAY + HOUR)
    assert world.task(lead).state == "cancelled"
    go(now=MONDAY + timedelta(days=7))
    assert world.incidents() == []


def test_the_deadline_is_reminded_of_and_missing_it_makes_one_incident(world):
    lead = world.lead()
    due = world.task(lead).deadline
    go(now=due - 4 * HOUR + timedelta(minutes=1))
    assert StepLog.objects.filter(event="reminded").count() == 1
    assert world.incidents() == []
    go(now=due + timedelta(minutes=6))
    (incident,) = world.incidents()
    assert incident["NAME"] == "Анкета «Квалификация» просрочена: Столешница"
    assert str(incident["ITEM"]) == f"L_{lead.pk}"
    assert incident["WHO"] == world.seller.pk
    assert (incident["STAGE"], incident["DUE_AT"]) == ("Взят в работу", due)
    assert incident["NOTICED_AT"] == due + timedelta(minutes=6)
    assert incident["MISSING"].startswith("Место применения, Размеры, ")
    told = world.head.notifications.values_list("text", flat=True)
    assert "Не заполнено в срок: Столешница" in list(told)


def test_a_repeated_wake_makes_no_second_incident(world):
    lead = world.lead()
    due = world.task(lead).deadline
    (running,) = runs(world.template)
    moment = due + timedelta(minutes=1)
    for key in ("until:1", "until:1", "now:1", "incident:1"):
        Wake.objects.create(instance=running, kind="timer", key=key, due_at=moment)
    go(now=moment)
    for key in ("until:1", "incident:1"):
        Wake.objects.create(instance=running, kind="timer", key=key, due_at=moment)
    Wake.objects.create(instance=running, kind="go", due_at=moment)
    go(now=moment + HOUR)
    assert len(world.incidents()) == 1


def test_the_head_gets_it_afterwards_and_whoever_fills_it_ends_both(world):
    lead = world.lead()
    due = world.task(lead).deadline  # Tuesday 18:00
    go(now=due + timedelta(minutes=1))
    assert Task.objects.filter(kind="questionnaire").count() == 1
    go(now=due + timedelta(days=1, minutes=1))  # 8 working hours later
    first, second = world.task(lead), world.task(lead, 1)
    assert (asked(first), asked(second)) == ({"seller"}, {"head"})
    world.keep(second, world.head, **world.answers())
    go(now=due + timedelta(days=1, minutes=1))
    first.refresh_from_db()
    assert first.state in {"done", "cancelled"}
    assert statuses(world.template) == ["done"]
    (incident,) = world.incidents()
    assert incident["OVERDUE"] == 8
    assert incident["CLOSED_AT"] == due + timedelta(days=1, minutes=1)
    move_to_stage(LEAD, lead.pk, stage("lead", "PROCESSED").pk, actor=world.admin)


def test_the_incident_shows_to_whom_it_concerns(world, employee):
    from lists_core.selectors.elements import elements

    lead = world.lead()
    go(now=world.task(lead).deadline + timedelta(minutes=1))
    list_ = incidents_list()
    seen = {
        person.username: elements(schema_of(list_), person).count()
        for person in (world.seller, world.head, employee, world.admin)
    }
    assert seen == {"seller": 1, "head": 1, "worker": 0, "admin": 1}


def test_the_task_follows_the_responsible(world, employee):
    lead = world.lead()
    version = world.row(lead).version
    update_element(world.list.pk, lead.pk, {"RESPONSIBLE": employee.pk}, version=version,
                   actor=world.admin)  # fmt: skip
    go(now=MONDAY + HOUR)
    assert asked(world.task(lead)) == {"worker"}
    assert Asking.objects.get().employee == employee  # the report speaks of who answers for it
    world.fill(lead, **world.answers(), RESPONSIBLE=world.seller.pk)
    go(now=MONDAY + 2 * HOUR)
    asking = Asking.objects.get()
    assert (asking.outcome, asking.employee) == ("full", employee)


def test_coming_back_asks_anew_with_new_deadlines(world):
    lead = world.lead()
    move_to_stage(LEAD, lead.pk, stage("lead", "NEW").pk, actor=world.admin)
    go(now=MONDAY + HOUR)
    move_to_stage(LEAD, lead.pk, stage("lead", "IN_PROCESS").pk, actor=world.admin)
    later = MONDAY + timedelta(days=1)
    go(now=later)
    assert [one.came_at for one in Asking.objects.order_by("pk")] == [MONDAY, later]
    assert statuses(world.template) == ["done", "waiting"]


def came_back(world: World, lead: Any, now: Any) -> None:
    for code in ("NEW", "IN_PROCESS"):
        move_to_stage(LEAD, lead.pk, stage("lead", code).pk, actor=world.admin)
        go(now=now)


def test_after_a_cancelled_process_it_is_asked_anew(world):
    lead = world.lead()
    (running,) = runs(world.template)
    cancel(running.pk, actor=world.admin)
    Instance.objects.filter(pk=running.pk).update(finished_at=MONDAY + HOUR)
    later = world.task(lead).deadline + timedelta(days=3)
    week = Period(MONDAY, MONDAY + timedelta(days=7))
    questionnaire = questionnaires_with_questions().get()
    found = qualification_report(world.admin, questionnaire, week, later)
    assert (found.total.asked, found.total.late) == (1, 0)  # it was left within its time
    came_back(world, lead, MONDAY + timedelta(days=1))
    first, second = Asking.objects.order_by("pk")
    assert (first.outcome, first.ended_at, first.minutes) == ("left", MONDAY + HOUR, 60)
    assert second.outcome == "open"
    assert asked(world.task(lead, 1)) == {"seller"}


def test_after_a_withdrawn_task_it_is_asked_anew(world):
    lead = world.lead()
    cancel_task(world.task(lead).pk, actor=world.admin)
    Wake.objects.filter(kind="answer").update(due_at=MONDAY)  # it was by the real clock
    go(now=MONDAY + HOUR)
    assert Asking.objects.get().outcome == "left"
    assert statuses(world.template) == ["done"]
    came_back(world, lead, MONDAY + timedelta(days=1))
    assert asked(world.task(lead, 1)) == {"seller"}


def test_a_removed_stage_switches_its_questionnaire_off(world, admin_client):
    lead, gone, new = world.lead(), stage("lead", "IN_PROCESS"), stage("lead", "NEW")
    robot = {"name": "Напомнить", "params": {"values": {"COMMENTS": "x"}}}
    add_robot(gone.pk, "element_update", actor=world.admin, **robot)
    dialog = admin_client.get(f"/crm/settings/stages/{gone.pk}/delete/").content.decode()
    assert "анкеты: Квалификация" in dialog
    assert "роботы: Напомнить" in dialog
    delete_stage(gone.pk, actor=world.admin, to=new.pk)
    world.questionnaire.refresh_from_db()
    world.template.refresh_from_db()
    assert (world.questionnaire.is_on, world.template.is_paused) == (False, True)
    assert StageRobots.objects.get(stage=gone).template.deleted_at
    assert not Robot.objects.exists()
    Questionnaire.objects.update(is_on=True)  # as one that lost its stage before
    renew(world.list)
    move_to_stage(LEAD, lead.pk, stage("lead", "PROCESSED").pk, actor=world.admin)


def test_another_stage_is_chosen_for_a_questionnaire(world, admin_client):
    gone, new = stage("lead", "IN_PROCESS"), stage("lead", "NEW")
    delete_stage(gone.pk, actor=world.admin)
    saved = {"name": "Квалификация", "deadline": "16", "remind": "4", "escalate": "8",
             "is_on": "on", "groups-rows": []}  # fmt: skip
    url = f"/crm/settings/questionnaires/{world.questionnaire.pk}/"
    assert "Взят в работу» удалена" in admin_client.get(url).content.decode()
    refused = admin_client.post(url, {**saved, "stage": ""})
    assert refused.status_code == 422
    assert "выберите другую" in refused.content.decode()
    saved |= {"groups-rows": ["0"], "groups-0-title": "ПРОДУКТ", "groups-0-questions-rows": ["0"]}
    field = Field.objects.get(list=world.list, code="PRODUCT_PLACE")
    saved |= {"groups-0-questions-0-field": str(field.pk), "groups-0-questions-0-required": "on"}
    draft = world.template.draft
    save_draft(world.template.pk, {**draft, "steps": []}, actor=world.admin,
               draft_version=world.template.draft_version)  # fmt: skip
    assert admin_client.post(url, {**saved, "stage": new.pk}).status_code == 302
    lead = item("lead", world.admin, RESPONSIBLE=world.seller.pk)
    go(now=MONDAY)
    assert asked(world.task(lead)) == {"seller"}
    world.template.refresh_from_db()
    assert world.template.draft["steps"] == []  # what was not published is not
    assert world.template.draft["triggers"] == [{"event": "crm_stage", "stages": [new.pk]}]


def test_a_questionnaire_outlives_its_pipeline(world, lists):
    pipeline = create_pipeline(lists["deal"], "Розница", actor=world.admin)
    first = Stage.objects.get(code=f"C{pipeline.pk}:NEW")
    amount = Field.objects.get(list=lists["deal"], code="AMOUNT")
    made = create_questionnaire(lists["deal"], actor=world.admin, stage_id=first.pk, name="Замер",
                                groups=[Group("", [(amount.pk, True)])])  # fmt: skip
    deal = item("deal", world.admin, pipeline=pipeline.pk)
    go(now=MONDAY)
    delete_pipeline(lists["deal"], pipeline.pk, actor=world.admin, to=stage("deal", "NEW").pk)
    go(now=MONDAY + HOUR)
    made.refresh_from_db()
    assert not made.is_on
    assert Asking.objects.get(element=deal.pk).outcome == "left"
    save_questionnaire(made.pk, actor=world.admin, stage_id=stage("deal", "NEW").pk, is_on=True)
    assert str(Questionnaire.objects.get(pk=made.pk).stage.pipeline) == "Общая"


def test_two_processes_do_not_ask_the_same(world):
    from tests.workflows.processes import begin

    lead = world.lead()
    assert begin(world.template, world.admin, lead.pk).status == "done"
    assert Task.objects.count() == 1


def test_strangers_and_observers_keep_nothing(world, employee):
    from svod.base.errors import NotFound

    task = world.task(world.lead())
    part = task.people.get()
    with pytest.raises(NotFound):
        keep_draft(task.pk, part.pk, {"PRODUCT_PLACE": Draft("x")}, actor=employee)
