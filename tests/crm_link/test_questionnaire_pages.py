"""The designer's page of questionnaires, the task's page, the report and whom it shows what."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, urlencode, urlparse

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from moneyed import Money

from crm_link.kinds import LEAD
from crm_link.models import Question, Questionnaire
from crm_link.selectors.qualification_report import Period, qualification_report
from crm_link.selectors.questionnaires import questionnaires_with_questions
from crm_link.services.items import move_to_stage
from crm_link.services.qualification import set_up_qualification
from crm_link.services.questionnaires import Group, save_questionnaire
from lists_core.access import Right
from lists_core.models import ElementVersion, Field
from lists_core.services.elements import update_element
from lists_core.services.rights import set_field_rights, set_list_rights
from staff.models import Employee
from staff.subjects import Subject
from svod.base.errors import Invalid
from tests.crm_link.crm_world import item, stage
from tests.crm_link.process_world import go
from tests.crm_link.qualification_world import HOUR, MONDAY, World
from workflows.models import Task

pytestmark = pytest.mark.django_db
PAGE = "/crm/settings/questionnaires/"
REPORT = "/crm/reports/qualification/?since=2026-11-01&until=2026-12-31"


@pytest.fixture(scope="module")
def qualified(crm_made: Employee, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock():
        set_up_qualification(actor=crm_made)


@pytest.fixture
def world(qualified: None, admin: Employee) -> World:
    return World(admin)


def posted(questionnaire: Questionnaire, **more: str) -> dict[str, Any]:
    """The form as the page sends it, unchanged."""
    data: dict[str, Any] = {
        "name": questionnaire.name, "deadline": "16", "remind": "4", "escalate": "8",
        "gated": "on", "is_on": "on", "groups-rows": [],
    }  # fmt: skip
    for place, group in enumerate(questionnaire.groups.all()):
        prefix = f"groups-{place}"
        data["groups-rows"].append(str(place))
        data[f"{prefix}-title"] = group.name
        data[f"{prefix}-questions-rows"] = []
        for number, one in enumerate(group.questions.all()):
            data[f"{prefix}-questions-rows"].append(str(number))
            data[f"{prefix}-questions-{number}-field"] = str(one.field_id)
            if one.required:
                data[f"{prefix}-questions-{number}-required"] = "on"
    return data | more


def asked(questionnaire: Questionnaire) -> list[tuple[str, int, bool]]:
    rows = Question.objects.filter(group__questionnaire=questionnaire)
    ordered = rows.order_by("group__sort", "sort")
    return list(ordered.values_list("group__name", "field", "required"))


def test_saving_what_stands_changes_nothing_and_changes_are_kept(world, admin_client):
    url, before = f"{PAGE}{world.questionnaire.pk}/", asked(world.questionnaire)
    html = admin_client.get(url).content.decode()
    assert "ПРОДУКТ" in html
    assert admin_client.post(url, posted(world.questionnaire)).status_code == 302
    assert asked(world.questionnaire) == before
    name = Field.objects.get(list=world.list, code="SECOND_NAME")
    data = posted(world.questionnaire, deadline="24", **{"groups-2-title": "ЗАКАЗЧИК"})
    data["groups-2-questions-rows"] += ["n1"]
    data |= {"groups-2-questions-n1-field": str(name.pk), "groups-2-questions-n1-required": "on"}
    del data["gated"]
    admin_client.post(url, data)
    world.questionnaire.refresh_from_db()
    assert (world.questionnaire.deadline, world.questionnaire.gated) == (24, False)
    assert asked(world.questionnaire)[-1] == ("ЗАКАЗЧИК", name.pk, True)


def test_wrong_questionnaires_are_told_and_keep_what_was_typed(world, admin_client):
    url = f"{PAGE}{world.questionnaire.pk}/"
    data = posted(world.questionnaire, deadline="-1", name="Другая")
    answer = admin_client.post(url, data)
    assert answer.status_code == 422
    assert "Другая" in answer.content.decode()
    field = asked(world.questionnaire)[0][1]
    twice = [Group("a", [(field, True)]), Group("b", [(field, False)])]
    with pytest.raises(Invalid):
        save_questionnaire(world.questionnaire.pk, actor=world.admin, groups=twice)
    other = Field.objects.filter(list__system="crm.deal").first()
    with pytest.raises(Invalid):
        save_questionnaire(world.questionnaire.pk, actor=world.admin,
                           groups=[Group("a", [(other.pk, True)])])  # fmt: skip


def test_a_new_question_is_a_new_field_and_is_asked(world, admin_client):
    url = f"{PAGE}{world.questionnaire.pk}/question/"
    group = world.questionnaire.groups.last()
    data = {"name": "Откуда узнали", "type": "list", "options": "", "group": group.pk}
    assert admin_client.post(url, data).status_code == 422
    data |= {"options": "Реклама\nДрузья", "required": "on"}
    assert admin_client.post(url, data).status_code == 204
    field = Field.objects.get(list=world.list, name="Откуда узнали")
    assert list(field.options.values_list("name", flat=True)) == ["Реклама", "Друзья"]
    task = world.task(world.lead())
    assert task.form["groups"][-1]["fields"][-1]["code"] == field.code
    assert task.form["progress"]["missing"] == 9


def test_one_that_is_off_is_neither_asked_nor_holds_back(world, admin_client):
    data = posted(world.questionnaire)
    del data["is_on"]
    admin_client.post(f"{PAGE}{world.questionnaire.pk}/", data)
    lead = world.lead()
    assert not Task.objects.exists()
    move_to_stage(LEAD, lead.pk, stage("lead", "PROCESSED").pk, actor=world.admin)


def test_another_questionnaire_on_deals(world, admin_client, lists):
    new = stage("deal", "NEW")
    data = {"name": "Сделка", "stage": new.pk, "deadline": 8, "remind": 0, "escalate": 1,
            "gated": "on", "is_on": "on"}  # fmt: skip
    admin_client.post(f"{PAGE}add/deal/", data)
    made = Questionnaire.objects.get(list=lists["deal"])
    amount = Field.objects.get(list=lists["deal"], code="AMOUNT")
    save_questionnaire(made.pk, actor=world.admin, groups=[Group("", [(amount.pk, True)])])
    deal = item("deal", world.admin, "Кухня", RESPONSIBLE=world.seller.pk)
    go(now=MONDAY)
    task = Task.objects.get(instance__subject_id=deal.pk)
    go(now=task.deadline + HOUR)
    (incident,) = world.incidents()
    assert str(incident["ITEM"]) == f"D_{deal.pk}"
    with pytest.raises(Invalid):
        move_to_stage(_deal(), deal.pk, stage("deal", "EXECUTING").pk, actor=world.admin)


def _deal() -> Any:
    from crm_link.kinds import DEAL

    return DEAL


def test_deleting_one_takes_its_process_along(world, admin_client):
    template = world.template
    admin_client.post(f"{PAGE}{world.questionnaire.pk}/delete/")
    template.refresh_from_db()
    assert template.deleted_at
    assert not Questionnaire.objects.exists()


def test_settings_are_for_whoever_manages_crm(world, employee):
    client = Client()
    client.force_login(employee)
    one = f"{PAGE}{world.questionnaire.pk}/"
    for url in (PAGE, f"{PAGE}add/lead/", one, f"{one}question/"):
        assert client.get(url).status_code == 403
    assert client.post(f"{one}delete/").status_code == 403
    assert client.post(f"{PAGE}ready/").status_code == 403


def test_the_task_is_saved_bit_by_bit_on_its_page(world):
    lead = world.lead()
    task = world.task(lead)
    client = Client()
    client.force_login(world.seller)
    html = client.get(f"/tasks/{task.pk}/").content.decode()
    assert "Заполнено 0 из 15" in html
    assert "Сохранить ответы" in html
    part = task.people.get().pk
    data = {"part": part, "answer": "save", "q-PRODUCT_PLACE": "Кухня"}
    assert client.post(f"/tasks/{task.pk}/answer/", data).status_code == 302
    task.refresh_from_db()
    assert task.is_open
    assert "Заполнено 1 из 15" in client.get(f"/tasks/{task.pk}/").content.decode()
    wrong = client.post(f"/tasks/{task.pk}/answer/", {**data, "q-CLIENT_TERM": "вчера"})
    assert wrong.status_code == 422
    assert "вчера" in wrong.content.decode()


class AnswerPage:
    """A person's page of a task: what it showed when it was opened is sent with each answer."""

    def __init__(self, world: World, lead: Any, person: Employee) -> None:
        self.client, self.task = Client(), world.task(lead)
        self.client.force_login(person)
        self.url = f"/tasks/{self.task.pk}/"
        self.data: dict[str, Any] = {"answer": "save", "part": self.task.people.get().pk}
        self._read(self.client.get(self.url))

    def _read(self, response: Any) -> str:
        form = response.context["questions"]
        shown = {one.html_name: one.value() for _title, group in form.groups for one in group}
        self.data |= {name: value for name, value in shown.items() if isinstance(value, str | list)}
        self.data["seen"] = form.seen_text
        return response.content.decode()

    def save(self, **answers: str) -> str:
        """The page that comes back, empty when all was saved."""
        self.data |= {f"q-{code}": value for code, value in answers.items()}
        response = self.client.post(f"{self.url}answer/", self.data)
        return "" if response.status_code == 302 else self._read(response)


def test_answers_of_others_stay_though_the_person_sees_none_of_them(world):
    lead = world.lead()
    page = AnswerPage(world, lead, world.seller)
    world.fill(lead, PRODUCT_PLACE="Кухня")
    assert page.save(PRODUCT_SIZES="2400") == ""
    assert (world.value(lead, "PRODUCT_PLACE"), world.value(lead, "PRODUCT_SIZES")) == (
        "Кухня", "2400",
    )  # fmt: skip
    told = page.save(PRODUCT_PLACE="Баня")
    assert "Ответ уже есть" in told
    assert "Кухня" not in told
    assert "Баня" in told
    assert "Ответ уже есть" in page.save(PRODUCT_PLACE="Кухня")  # a guess finds nothing out
    assert world.value(lead, "PRODUCT_PLACE") == "Кухня"


def test_a_page_opened_long_ago_writes_over_nothing_unseen(world):
    lead = world.lead()
    world.let(world.seller, "edit")
    world.fill(lead, PRODUCT_MATERIALS=[world.option("PRODUCT_MATERIALS")])
    page = AnswerPage(world, lead, world.seller)
    world.fill(lead, PRODUCT_PLACE="Кухня", CLIENT_BUDGET=Money(5, "RUB"))
    told = page.save(PRODUCT_PLACE="Баня", PRODUCT_SIZES="2400")
    assert "Тем временем здесь записали: Кухня" in told
    assert world.value(lead, "PRODUCT_SIZES") is None
    assert page.save() == ""  # now it is seen
    assert (world.value(lead, "PRODUCT_PLACE"), world.value(lead, "PRODUCT_SIZES")) == (
        "Баня", "2400",
    )  # fmt: skip
    assert world.value(lead, "CLIENT_BUDGET") == Money(5, "RUB")
    assert ElementVersion.objects.filter(element=lead.pk).first().actor == world.seller
    page = AnswerPage(world, lead, world.seller)
    assert page.save(PRODUCT_PLACE="") == ""
    assert world.value(lead, "PRODUCT_PLACE") is None
    assert world.value(lead, "PRODUCT_MATERIALS") == [world.option("PRODUCT_MATERIALS")]


def test_a_field_that_the_person_does_not_see_hinders_no_answer(world):
    lead = world.lead()
    world.let(world.seller, "edit")
    place = Field.objects.get(list=world.list, code="PRODUCT_PLACE")
    set_field_rights(world.list.pk, place.pk, {}, view_restricted=True, change_restricted=True,
                     actor=world.admin)  # fmt: skip
    page = AnswerPage(world, lead, world.seller)
    assert page.save(PRODUCT_PLACE="Кухня") == ""  # the process writes it
    assert world.value(lead, "PRODUCT_PLACE") == "Кухня"
    page = AnswerPage(world, lead, world.seller)
    assert page.save(PRODUCT_SIZES="2400") == ""
    assert (world.value(lead, "PRODUCT_PLACE"), world.value(lead, "PRODUCT_SIZES")) == (
        "Кухня", "2400",
    )  # fmt: skip


def period() -> Period:
    begin = MONDAY.replace(day=1)
    return Period(begin, begin.replace(month=12, day=31))


def whole(world: World) -> Questionnaire:
    return questionnaires_with_questions().get(pk=world.questionnaire.pk)


def test_the_report_tells_people_and_weak_points(world, django_assert_max_num_queries):
    good, bad = world.lead(), world.lead()
    update_element(world.list.pk, good.pk, world.answers(), version=world.row(good).version,
                   actor=world.admin)  # fmt: skip
    go(now=MONDAY + 2 * HOUR)
    go(now=world.task(bad).deadline + HOUR)
    now = MONDAY.replace(day=30)
    with django_assert_max_num_queries(16):
        found = qualification_report(world.admin, whole(world), period(), now)
    (row,) = found.people
    assert (row.employee, row.asked, row.full, row.late, row.incidents) == (
        world.seller,
        2,
        1,
        1,
        1,
    )
    assert row.share == (800 // 15 + 0) // 2
    weak = {one.name: (one.empty, one.of) for one in found.weak}
    assert weak["Бюджет"] == (1, 2)
    assert weak["Фактура"] == (2, 2)
    assert found.weak[0].share == 100


def test_the_report_counts_only_what_its_reader_sees(world, employee):
    lead = world.lead()
    go(now=world.task(lead).deadline + HOUR)
    client = Client()
    client.force_login(employee)
    assert client.get(REPORT).status_code == 404
    lists_of_leads = world.list.pk
    set_list_rights(lists_of_leads, {Subject("U", employee.pk): frozenset({Right.ADD})},
                    actor=world.admin)  # fmt: skip
    html = client.get(REPORT).content.decode()
    assert "ничего не спрашивали" in html
    assert "seller" not in html
    set_list_rights(lists_of_leads, {Subject("U", employee.pk): frozenset({Right.VIEW})},
                    actor=world.admin)  # fmt: skip
    found = qualification_report(employee, whole(world), period(), timezone.now())
    assert (found.total.asked, found.total.incidents) == (1, 0)


def test_the_page_of_the_report(world, admin_client):
    world.lead()
    html = admin_client.get(REPORT).content.decode()
    assert "seller" in html
    assert "Место применения" in html
    for odd in ("people=abc&questionnaire=999&since=never", "until=9999-12-31",
                "since=&until=0001-01-01"):  # fmt: skip
        assert admin_client.get(f"{REPORT}&{odd}").status_code == 200
    narrow = admin_client.get(f"{REPORT}&people={world.seller.pk}")
    assert "seller" in narrow.content.decode()


# --- a card that the questionnaire holds back -------------------------------------------------


def dropped(client: Client, world: World, lead: Any, code: str, data: Any = None, **query: str):
    """The card of the lead is dropped on a lane of the board, as the browser sends it."""
    there, here = stage("lead", code).pk, stage("lead", "IN_PROCESS").pk
    url = reverse("list_kanban_move", args=[world.list.pk, lead.pk])
    asked = urlencode({"lane": there, "from": here, **query})
    return client.post(f"{url}?{asked}", data or {}, headers={"HX-Request": "true"})


def test_a_card_that_is_held_back_is_asked_for_what_is_missing(world, admin_client):
    lead = world.lead()
    answer = dropped(admin_client, world, lead, "PROCESSED")
    assert answer.status_code == 204
    url = json.loads(answer["HX-Trigger"])["board:ask"]["url"]
    codes = parse_qs(urlparse(url).query)["ask"][0].split(",")
    assert codes == list(world.answers())
    assert world.stage_of(lead) == "IN_PROCESS"
    dialog = admin_client.get(url, headers={"HX-Request": "true"}).content.decode()
    assert all(f'name="{code}"' in dialog or f'name="{code}_' in dialog for code in codes)
    half = admin_client.post(url, {"PRODUCT_PLACE": "Кухня"}, headers={"HX-Request": "true"})
    assert half.status_code == 422
    assert world.stage_of(lead) == "IN_PROCESS"
    dropped(admin_client, world, lead, "NEW")
    assert world.stage_of(lead) == "NEW"


def test_who_may_not_fill_it_in_is_told_why_the_card_stays(world, admin, employee, client):
    lead = world.lead()
    rights = {Subject("U", employee.pk): frozenset({Right.CHANGE})}
    set_list_rights(world.list.pk, rights, actor=admin)
    for code in world.answers():
        field = Field.objects.get(list=world.list, code=code)
        set_field_rights(world.list.pk, field.pk, {}, view_restricted=False,
                         change_restricted=True, actor=admin)  # fmt: skip
    client.force_login(employee)
    answer = dropped(client, world, lead, "PROCESSED")
    assert answer.status_code == 204
    told = json.loads(answer["HX-Trigger"])
    assert "board:ask" not in told
    assert "Бюджет" in json.dumps(told, ensure_ascii=False)
    assert world.stage_of(lead) == "IN_PROCESS"
