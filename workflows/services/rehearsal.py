"""Trying a draft out: the engine itself runs it on a chosen element, and nothing stays.

Everything happens in one transaction that is rolled back. Waits are jumped over by moving the
engine's clock; messages are neither sent nor kept, those who wait for a reply get a good one;
where people are asked, the person who tries it out answers for them, or lets the time pass.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from staff.models import Employee
from svod.base.errors import DomainError
from workflows.engine.work import work_on
from workflows.models import Instance, Outgoing, StepLog, Template, Version, Wake
from workflows.services.instances import start
from workflows.services.rehearsal_questions import Answer, Question, answered, questions_of
from workflows.shape import shaped

LONGEST_SECONDS = 8
MOST_TURNS = 300
HORIZON = timedelta(days=3660)
State = Outgoing.State


@dataclass
class Rehearsal:
    """What came of it. `log` are unsaved-again rows of the journal, by the order of things."""

    instances: list[Instance] = field(default_factory=list)
    log: list[StepLog] = field(default_factory=list)
    outgoing: list[Outgoing] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    jumps: list[tuple[datetime, datetime]] = field(default_factory=list)
    error: str = ""
    #: Why it was not gone on with, when the process itself is not to blame.
    cut: str = ""

    @property
    def instance(self) -> Instance | None:
        return self.instances[0] if self.instances else None


def rehearse(
    template: Template,
    tree: Mapping[str, Any],
    *,
    actor: Employee,
    subject_id: int | None,
    parameters: Mapping[str, Any] | None = None,
    answers: Sequence[Answer] = (),
    now: datetime | None = None,
) -> Rehearsal:
    """Run the draft as the actor, or for an administrator as the process would.

    `template` is a designed one (`open_template`). Raises NotFound and Forbidden by the element.
    """
    trial = _Trial(answers, now or timezone.now())
    with transaction.atomic():
        try:
            trial.begin(template, tree, actor, subject_id, parameters)
            trial.go()
        finally:
            trial.look()
            transaction.set_rollback(True)
    return trial.found


class _Trial:
    def __init__(self, answers: Sequence[Answer], now: datetime) -> None:
        self.answers = {one.key: one for one in answers}
        self.now, self.began = now, now
        self.used: set[str] = set()
        self.ids: list[int] = []
        self.found = Rehearsal()
        self.stops_at = time.monotonic() + LONGEST_SECONDS

    def begin(
        self,
        template: Template,
        tree: Mapping[str, Any],
        actor: Employee,
        subject_id: int | None,
        parameters: Mapping[str, Any] | None,
    ) -> None:
        """Start it from a version that nobody else will ever see."""
        number = template.versions.count() + 1
        template.active_version = Version.objects.create(
            template=template, number=number, tree=shaped(tree), published_by=actor
        )
        template.is_paused = False
        if not actor.is_superuser:
            # A draft that nobody has approved must not read with lent rights.
            template.run_as = Template.RunAs.STARTER
        try:
            with transaction.atomic():
                instance = start(
                    template, actor=actor, subject_id=subject_id, parameters=parameters,
                    now=self.now,
                )  # fmt: skip
        except DomainError as error:
            self.found.error = str(error)
        else:
            self.ids = [instance.pk]

    def go(self) -> None:
        for _turn in range(MOST_TURNS if self.ids else 0):
            if time.monotonic() > self.stops_at:
                self.found.cut = _("This takes too long to be tried out.")
                return
            worked = sum(work_on(pk, self.now) for pk in self.ids)
            self._children()
            if worked or self._replied() or self._answered():
                continue
            if self.found.questions or not self._jump():
                return
        if self.ids:
            self.found.cut = _("The trial was ended: the process goes on and on.")

    def _children(self) -> None:
        """Processes that this one has started take part."""
        known = Instance.objects.filter(parent__in=self.ids).exclude(pk__in=self.ids)
        self.ids += known.order_by("pk").values_list("pk", flat=True)

    def _replied(self) -> int:
        """A good reply for every step that waits for one."""
        rows = Outgoing.objects.filter(instance__in=self.ids, state=State.NEW)
        waiting = [row for row in rows.exclude(wake_key="") if row.instance_id]
        for row in waiting:
            reply = {"ok": True, "result": {}}
            Wake.objects.create(
                instance_id=row.instance_id or 0, kind=Wake.Kind.REPLY, key=row.wake_key,
                payload=reply, due_at=self.now,
            )  # fmt: skip
        rows.update(state=State.DONE)
        return len(waiting)

    def _answered(self) -> bool:
        """Give the answers there are; remember the questions that have none."""
        asked = questions_of(self.ids)
        for question in asked:
            answer = self.answers.get(question.key)
            if answer is None or question.key in self.used:
                continue
            self.used.add(question.key)
            if answer.passes:
                continue
            try:
                answered(question, answer, now=self.now)
            except DomainError as error:
                question.problem = str(error)
                self.found.questions = [question]
                return False
            return True
        self.found.questions = [one for one in asked if one.key not in self.used]
        return False

    def _jump(self) -> bool:
        """On to the next moment that something waits for."""
        due = Wake.objects.filter(instance__in=self.ids, parked=False, due_at__gt=self.now)
        moment = due.order_by("due_at").values_list("due_at", flat=True).first()
        if moment is None or moment - self.began > HORIZON:
            return False
        self.found.jumps.append((self.now, moment))
        self.now = moment
        return True

    def look(self) -> None:
        """Read what is to be shown before it is undone."""
        rows = Instance.objects.filter(pk__in=self.ids).select_related("version__template")
        by_id = {one.pk: one for one in rows}
        self.found.instances = [by_id[pk] for pk in self.ids]
        self.found.log = list(StepLog.objects.filter(instance__in=self.ids).order_by("pk"))
        self.found.outgoing = list(Outgoing.objects.filter(instance__in=self.ids).order_by("pk"))
