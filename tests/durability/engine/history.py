"""Lives of instances as recorded once: what later code must make of the same signals.

`SVOD_RECORD=60 pytest tests/durability/test_engine_replay.py` records `histories.json` anew, which
is right only when a change of behaviour is meant; the diff then shows it.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from staff.models import Employee
from tests.workflows.processes import START, template_of
from workflows.engine.state import State
from workflows.engine.work import work
from workflows.models import Instance, StepLog, Wake
from workflows.services.instances import launch
from workflows.values import ValueEncoder

FILE = Path(__file__).with_name("histories.json")
#: One line of a script: ["work", batch], ["wait", days] or ["answer", value].
Script = list[list[Any]]


class Life:
    """One instance of a history, played from its start or taken up where it stood."""

    def __init__(self, history: dict[str, Any], boss: Employee) -> None:
        self.now = START
        template = template_of(history["steps"], code=f"h{Instance.objects.count()}")
        parameters = history["parameters"]
        self.instance = launch(template, boss, parameters=parameters, now=START)

    def play(self, script: Script) -> dict[str, Any]:
        """What stands in the database afterwards."""
        for deed, value in script:
            getattr(self, deed)(value)
        return self.stands()

    def work(self, batch: int) -> None:
        work(self.now, batch=batch)

    def wait(self, days: int) -> None:
        self.now += timedelta(days=days)

    def answer(self, value: int) -> None:
        """Every step that waits is answered, whether it asked or not."""
        self.instance.refresh_from_db()
        for token in State.from_json(self.instance.state).tokens.values():
            if token.waiting:
                Wake.objects.create(
                    instance=self.instance, key=token.key, kind="answer",
                    payload={"value": value}, due_at=self.now,
                )  # fmt: skip

    def stands(self) -> dict[str, Any]:
        """Everything that the engine needs to go on, and the journal so far."""
        self.instance.refresh_from_db()
        rows = Wake.objects.filter(instance=self.instance).order_by("due_at", "pk")
        wakes = [
            [one.kind, one.key, (one.due_at - START).total_seconds(), one.payload, one.alone]
            for one in rows
        ]
        return {
            "status": self.instance.status,
            "state": json.loads(json.dumps(self.instance.state, cls=ValueEncoder)),
            "wakes": wakes,
            "now": (self.now - START).total_seconds(),
            "log": self.journal(),
        }

    def journal(self) -> list[list[Any]]:
        rows = StepLog.objects.filter(instance=self.instance)
        return [list(row) for row in rows.values_list("step", "visit", "event")]

    def take_up(self, stood: dict[str, Any]) -> None:
        """Stand as an instance stood that an earlier version has left there."""
        self.now = START + timedelta(seconds=stood["now"])
        Wake.objects.filter(instance=self.instance).delete()
        Instance.objects.filter(pk=self.instance.pk).update(
            state=stood["state"], status=stood["status"]
        )
        for kind, key, due, payload, alone in stood["wakes"]:
            Wake.objects.create(
                instance=self.instance, kind=kind, key=key, payload=payload, alone=alone,
                due_at=START + timedelta(seconds=due),
            )  # fmt: skip


def drawn_lines(chance: random.Random) -> Script:
    return [
        *chance.choice([
            [["answer", chance.randrange(9)]],
            [["wait", chance.choice([1, 40, 400])]],
            [["answer", 1], ["answer", 2]],
        ]),
        ["work", chance.choice([1, 100])],
    ]  # fmt: skip


def record(count: int, boss: Employee) -> list[dict[str, Any]]:
    from tests.durability.engine.plan import drawn_parameters, drawn_steps, numbered

    histories: list[dict[str, Any]] = []
    while len(histories) < count:
        steps = numbered(drawn_steps.example())
        used = list(types(steps))
        if not {"start_process", "test_post"} & set(used) and len(used) > 3:
            history = {"steps": steps, "parameters": drawn_parameters.example()}
            histories.append(_lived(history, boss, random.Random(len(histories))))
    return histories


def _lived(history: dict[str, Any], boss: Employee, chance: random.Random) -> dict[str, Any]:
    """Signals until it is over; `cut` is how it stood after the first third of them."""
    life, script = Life(history, boss), [["work", chance.choice([1, 100])]]
    stood = [life.play(script)]
    while stood[-1]["status"] != "done" and len(script) < 60:
        lines = drawn_lines(chance)
        script += lines
        stood += [life.play([line]) for line in lines]
    cut = len(script) // 3
    return history | {"script": script, "cut": cut, "then": stood[cut], "end": stood[-1]}


def types(steps: list[dict[str, Any]]) -> Iterator[str]:
    for one in steps:
        yield one["type"]
        for branch in one["branches"]:
            yield from types(branch["steps"])
