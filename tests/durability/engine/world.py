"""`python -m tests.durability.engine.world COMMAND`: the portal of the kill test and its people.

`make` builds it; `web N FILE` adds N elements as people would and writes down which were
acknowledged; `answer FILE` answers, always twice; `check` prints what came out as JSON.
"""

from __future__ import annotations

import contextlib
import json
import sys
import time
from pathlib import Path
from typing import Any

import django

django.setup()

from django.db import DatabaseError, InterfaceError, connection  # noqa: E402
from django.db.models import Count, F  # noqa: E402
from django.utils import timezone  # noqa: E402

from lists_core.models import Element, ElementVersion, List  # noqa: E402
from lists_core.schema.cache import schema_of  # noqa: E402
from lists_core.services.elements import create_element  # noqa: E402
from lists_core.services.fields import create_field  # noqa: E402
from lists_core.services.lists import create_list  # noqa: E402
from staff.models import Employee  # noqa: E402
from tests.durability.engine import parts  # noqa: E402, F401
from tests.workflows.processes import put, step  # noqa: E402
from workflows.models import (  # noqa: E402
    Instance,
    IssuedNumber,
    NumeratorList,
    Outgoing,
    StepLog,
    Task,
    Wake,
)  # fmt: skip
from workflows.services.numerators import create_numerator_list  # noqa: E402
from workflows.services.templates import create_template, publish, save_draft  # noqa: E402

LOST = (DatabaseError, InterfaceError)


def make() -> None:
    boss = Employee.objects.create_superuser("boss", "boss@svod.example", "x", last_name="Босс")
    journal = create_list(actor=boss, name="Журнал")
    papers = create_list(actor=boss, name="Заявки")
    create_field(papers.pk, "string", actor=boss, name="Номер", code="NUMBER")
    numerators = create_numerator_list(actor=boss)
    row = create_element(
        numerators.pk, {"NAME": "Заявки", NumeratorList.FORMAT: "{number}"}, actor=boss
    )
    _publish(boss, "child", None, child(journal.pk))
    _publish(boss, "main", papers.pk, main(journal.pk, (numerators.pk, row.pk)))


def main(journal: int, numerator: tuple[int, int]) -> dict[str, Any]:
    """A bit of everything that may go wrong."""
    list_, element = numerator
    loop = step("foreach", "s3", [[_note(journal, "s4", "s4:{{Variable.one}}")]],
                values=["a", "b", "c"], variable="one")  # fmt: skip
    fork = step("parallel", "s5", [
        [step("test_post", "s6")],
        [step("test_nap", "s7", seconds=3)],
        [step("start_process", "s8", process="child", wait=True,
              parameters={"from": "{{Process.id}}"})],
    ])  # fmt: skip
    steps = [
        step("next_number", "s1", list=list_, numerator=element),
        step("element_update", "s2", values={"NUMBER": "{{Step.s1.number}}"}),
        loop,
        fork,
        step("test_ask", "s9"),
        put("answer", "{{Step.s9.value}}", "s10"),
        _note(journal, "s11", "s11"),
    ]
    variables = [{"code": code, "label": code} for code in ("one", "answer")]
    return {"steps": steps, "variables": variables, "triggers": [{"event": "created"}]}


def child(journal: int) -> dict[str, Any]:
    note = step("element_create", "c1", list=journal, values={"NAME": "{{Parameter.from}} child"})
    return {"steps": [note, put("out", "ok", "c2")],
            "parameters": [{"code": "from", "label": "from"}],
            "variables": [{"code": "out", "label": "out", "returned": True}]}  # fmt: skip


def _note(journal: int, id_: str, text: str) -> dict[str, Any]:
    values = {"NAME": f"{{{{Process.id}}}} {text}"}
    return step("element_create", id_, list=journal, values=values)


def _publish(boss: Employee, code: str, list_id: int | None, tree: dict[str, Any]) -> None:
    template = create_template(actor=boss, name=code, code=code, list_id=list_id)
    save_draft(template.pk, tree, draft_version=template.draft_version, actor=boss)
    publish(template.pk, actor=boss)


def web(count: int, acknowledged: Path) -> None:
    """Each element is tried until its write is acknowledged: some may be written twice."""
    with acknowledged.open("w") as file:
        for number in range(count):
            file.write(f"{_until_done(number)}\n")
            file.flush()


def _until_done(number: int) -> int:
    while True:
        try:
            papers = List.objects.get(name="Заявки")
            boss = Employee.objects.get(username="boss")
            return int(create_element(papers.pk, {"NAME": f"{number}"}, actor=boss).pk)
        except LOST:
            connection.close()
            time.sleep(0.2)


def answer(acknowledged: Path) -> None:
    """Answers whatever asks, twice, as an impatient person does."""
    with acknowledged.open("w") as file:
        while True:
            with contextlib.suppress(*LOST):
                for instance in _asking():
                    _click(instance)
                    file.write(f"{instance}\n")
                    file.flush()
            connection.close()
            time.sleep(0.1)


def _asking() -> list[int]:
    waiting = StepLog.objects.filter(step="s9", event="wait")
    answered = Wake.objects.filter(kind=Wake.Kind.ANSWER).values("instance")
    done = StepLog.objects.filter(step="s9", event="done").values("instance")
    waiting = waiting.exclude(instance__in=answered).exclude(instance__in=done)
    return list(waiting.values_list("instance_id", flat=True)[:100])


def _click(instance: int) -> None:
    """Both at once: of answers one after the other the service lets the first alone through,
    and a worker that sees the first only may have to leave it to another."""
    now = timezone.now()
    Wake.objects.bulk_create(
        Wake(
            instance_id=instance, kind=Wake.Kind.ANSWER, key="s9:1",
            payload={"value": value, "timeout": True}, due_at=now,
        )
        for value in ("first", "second")
    )  # fmt: skip


def check() -> dict[str, Any]:
    papers, journal = (List.objects.get(name=name) for name in ("Заявки", "Журнал"))
    elements = schema_of(papers).model.objects
    mains = Instance.objects.filter(version__template__code="main")
    twice = StepLog.objects.filter(event__in=["done", "wait"]).values(
        "instance_id", "step", "visit", "event"
    )
    versions = ElementVersion.objects.filter(element__list=papers).values("element")
    counted = dict(versions.annotate(n=Count("id")).values_list("element", "n"))
    return {
        "elements": sorted(elements.values_list("pk", flat=True)),
        "registered": Element.objects.filter(list=papers).count(),
        "numbered": sorted(int(row) for row in _numbers(papers)),
        "versions_differ": sum(counted[row.pk] != row.version for row in elements.all()),
        "statuses": dict(Instance.objects.values_list("status").annotate(Count("id"))),
        "instances": {
            "main": mains.count(),
            "subjects": mains.values("subject_id").distinct().count(),
            "child": Instance.objects.exclude(pk__in=mains).count(),
        },
        "journal": sorted(schema_of(journal).model.objects.values_list("name", flat=True)),
        "mains": sorted(mains.values_list("pk", flat=True)),
        "numbers": sorted(IssuedNumber.objects.values_list("value", flat=True)),
        "doubled": twice.annotate(n=Count("id")).filter(n__gt=1).count(),
        "outgoing": sorted(Outgoing.objects.values_list("key", flat=True)),
        "answers": sorted({str(row.state["variables"].get("answer")) for row in mains}),
        "wakes": Wake.objects.count(),
        "tasks": Task.objects.filter(state="open").count(),
        "errors": list(Instance.objects.exclude(error="").values_list("error", flat=True)[:5]),
        "late": Instance.objects.filter(finished_at__lt=F("created_at")).count(),
    }  # fmt: skip


def _numbers(papers: List) -> list[str]:
    schema = schema_of(papers)
    return [schema["NUMBER"].read(row) for row in schema.model.objects.all()]


COMMANDS = {
    "make": make,
    "web": lambda: web(int(sys.argv[2]), Path(sys.argv[3])),
    "answer": lambda: answer(Path(sys.argv[2])),
    "check": lambda: sys.stdout.write(json.dumps(check())),
}

if __name__ == "__main__":
    COMMANDS[sys.argv[1]]()
