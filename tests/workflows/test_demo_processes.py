"""The demo's processes, each to its end with a moved clock."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone, translation
from docx import Document

from lists_core.demo.office import load_office
from lists_core.models import Element, List, StoredFile
from lists_core.schema.cache import forget_schemas, schema_of
from staff.demo import load_people
from staff.models import Employee
from workflows.demo.portal import load
from workflows.engine.work import work_all
from workflows.models import Instance, IssuedNumber, Task, TaskPerson, Template
from workflows.services.events import handle_events
from workflows.services.outgoing import send_due
from workflows.services.task_answers import Given, answer_task

pytestmark = pytest.mark.django_db
People = Mapping[str, Employee]


@pytest.fixture
def people(settings: Any, tmp_path: Path) -> People:
    """The portal with its demo, in which the processes have come to where they wait."""
    settings.MEDIA_ROOT = tmp_path
    forget_schemas()
    found = load_people()
    with translation.override("ru"):
        load_office(actor=found["admin"])
        load(found["admin"], found)
    return found


def element(code: str, name: str) -> Any:
    return schema_of(List.objects.get(code=code)).model.objects.get(name=name)


def shown(code: str, name: str, field: str) -> Any:
    """A value of an element; of a choice its text."""
    known = schema_of(List.objects.get(code=code))[field]
    value = known.read(element(code, name))
    if known.type.slug == "list" and value:
        return known.field.options.get(pk=value).name
    return value


def instance(code: str, name: str) -> Instance:
    return Instance.objects.get(subject_id=element(code, name).pk, parent=None)


def open_task(of: Instance) -> Task:
    return of.tasks.get(state="open")


def asked(task: Task) -> set[str]:
    parts = task.people.exclude(role=TaskPerson.Role.OBSERVER).filter(is_open=True)
    return set(parts.values_list("employee__email", flat=True))


def mails(*logins: str) -> set[str]:
    return {f"{login}@svod.example" for login in logins}


def answer(of: Instance, code: str, **values: Any) -> None:
    """Everybody who is asked gives this answer."""
    task = open_task(of)
    for part in task.people.filter(role="responsible", is_open=True):
        given = Given(answer=code, comment="Так решено", values=values)
        answer_task(task.pk, part.pk, given, actor=part.employee)
    go()


def go(moment: datetime | None = None) -> None:
    while handle_events(moment):
        pass
    work_all(moment or timezone.now())


def test_people_find_work_in_their_inboxes_and_a_second_load_changes_nothing(
    people: People,
) -> None:
    busy = set(
        TaskPerson.objects.filter(is_open=True, task__state="open").values_list(
            "employee__email", flat=True
        )
    )
    assert len(busy) >= 6
    assert people["admin"].email in busy
    assert not Instance.objects.exclude(status="waiting").exists()
    before = [model.objects.count() for model in (Instance, Task, Template, Element)]
    with translation.override("ru"):
        load(people["admin"], people)
    assert [model.objects.count() for model in (Instance, Task, Template, Element)] == before


def test_numbers_follow_the_kind_without_gaps(people: People) -> None:
    year = timezone.localdate().year
    texts = set(IssuedNumber.objects.values_list("text", flat=True))
    assert texts == {
        f"ВХ-{year}/001", f"ИСХ-{year}/001", f"ДОГ-{year}-00001", f"ДОГ-{year}-00002",
        f"РЕК-{year}/001",
    }  # fmt: skip
    number = shown("DEMO_DOCUMENTS", "Намокшие коробки по накладной 4512", "NUMBER")
    assert number == f"РЕК-{year}/001"


CERTIFICATE = ("DEMO_CERTIFICATES", "Сертификат ISO 9001")


def until() -> date:
    found: date = shown(*CERTIFICATE, "UNTIL")
    return found


def nine(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, datetime.min.time())) + timedelta(hours=9)


def test_a_certificate_is_renewed_and_waits_for_its_new_date(people: People) -> None:
    running = instance(*CERTIFICATE)
    begins = nine(until() - timedelta(days=60))
    go(begins - timedelta(minutes=1))
    assert not running.tasks.exists()
    go(begins + timedelta(minutes=1))
    assert shown(*CERTIFICATE, "STATE") == "Продлевается"
    task = open_task(running)
    assert asked(task) == mails("anna.smirnova")
    assert timezone.localdate(task.deadline) == until()
    answer(running, "done")
    new = until() + timedelta(days=365)
    answer(running, "done", UNTIL=new, NUMBER="НОВЫЙ-1")
    assert (until(), shown(*CERTIFICATE, "NUMBER")) == (new, "НОВЫЙ-1")
    assert shown(*CERTIFICATE, "STATE") == "Действует"
    assert not running.tasks.filter(state="open").exists()
    go(nine(new - timedelta(days=60)) + timedelta(minutes=1))
    assert asked(open_task(running)) == mails("anna.smirnova")


def test_a_certificate_that_nobody_renews_is_escalated_and_ends_expired(people: People) -> None:
    running = instance(*CERTIFICATE)
    ends = nine(until())
    go(nine(until() - timedelta(days=60)) + timedelta(minutes=1))
    for day in range(-8, 3):  # reminders, then the deadline
        go(ends + timedelta(days=day))
    assert asked(open_task(running)) == mails("anna.smirnova", "igor.vorontsov")
    for day in range(3, 9):
        go(ends + timedelta(days=day))
    assert shown(*CERTIFICATE, "STATE") == "Просрочен"
    assert Instance.objects.get(pk=running.pk).status == "done"
    left = Task.objects.get(instance=running, title__startswith="Просрочено")
    assert asked(left) == mails("igor.vorontsov")


def test_a_large_contract_goes_to_the_lawyer_and_then_to_both_bosses(people: People) -> None:
    which = ("DEMO_DOCUMENTS", "Поставка упаковки на 2027 год")
    running = instance(*which)
    assert asked(open_task(running)) == mails("pavel.gromov")
    answer(running, "yes")
    assert asked(open_task(running)) == mails("igor.vorontsov", "elena.kuznetsova")
    answer(running, "yes")
    assert shown(*which, "STATE") == "Согласован"
    assert Instance.objects.get(pk=running.pk).status == "done"


def test_a_small_contract_needs_the_lawyer_alone_and_may_be_refused(people: People) -> None:
    which = ("DEMO_DOCUMENTS", "Обслуживание кондиционеров")
    running = instance(*which)
    answer(running, "no")
    assert shown(*which, "STATE") == "Отклонён"
    assert Instance.objects.get(pk=running.pk).status == "done"


def test_an_approval_that_is_late_goes_to_the_manager(people: People) -> None:
    running = instance("DEMO_DOCUMENTS", "Обслуживание кондиционеров")
    late = open_task(running).deadline
    assert late is not None
    go(late + timedelta(minutes=1))
    assert asked(open_task(running)) == mails("igor.vorontsov")
    answer(running, "yes")
    assert shown("DEMO_DOCUMENTS", "Обслуживание кондиционеров", "STATE") == "Согласован"


def test_an_incoming_paper_is_done_by_the_secretary(people: People) -> None:
    which = ("DEMO_DOCUMENTS", "Запрос документов по НДС за III квартал")
    running = instance(*which)
    assert asked(open_task(running)) == mails("marina.lebedeva")
    answer(running, "done")
    assert shown(*which, "STATE") == "Исполнен"


def test_an_outgoing_letter_is_sent_when_it_was_approved(people: People) -> None:
    which = ("DEMO_DOCUMENTS", "Предложение о совместной рассылке")
    running = instance(*which)
    answer(running, "yes")
    send_due()
    assert [one.to for one in mail.outbox if "ИСХ-" in one.subject] == [
        ["partners@katalog.example"]
    ]
    assert shown(*which, "STATE") == "Исполнен"


def test_a_claim_is_answered_by_a_document_made_of_the_template(people: People) -> None:
    which = ("DEMO_DOCUMENTS", "Намокшие коробки по накладной 4512")
    running = instance(*which)
    assert asked(open_task(running)) == mails("olga.petrova")
    answer(running, "done", ANSWER="Возместим ущерб до пятницы.")
    assert shown(*which, "ANSWER") == "Возместим ущерб до пятницы."
    for _round in range(3):  # the document, then the letter
        send_due()
        go()
    stored = StoredFile.objects.get(pk=shown(*which, "FILES")[0])
    with stored.content.open("rb") as content:
        text = "\n".join(one.text for one in Document(io.BytesIO(content.read())).paragraphs)
    assert "Возместим ущерб до пятницы." in text
    assert shown(*which, "NUMBER") in text
    assert "Тридцать шесть тысяч пятьсот рублей" in text.replace("тридцать", "Тридцать")
    letters = [one for one in mail.outbox if "РЕК-" in one.subject]
    assert [one.to for one in letters] == [["claims@yantar.example"]]
    assert letters[0].attachments
    assert shown(*which, "STATE") == "Исполнен"
    assert Instance.objects.get(pk=running.pk).status == "done"


def test_a_task_finds_its_person_by_the_role(people: People) -> None:
    running = Instance.objects.get(version__template__code="demo-role-task")
    assert asked(open_task(running)) == mails("elena.kuznetsova")
    assert running.started_by == people["igor.vorontsov"]
    answer(running, "done")
    row = schema_of(List.objects.get(code="DEMO_TASKS")).model.objects.get(pk=running.subject_id)
    assert shown("DEMO_TASKS", row.name, "STATE") == "Готово"
    assert shown("DEMO_TASKS", row.name, "ASSIGNEE") == people["elena.kuznetsova"].pk
    assert Instance.objects.get(pk=running.pk).status == "done"
