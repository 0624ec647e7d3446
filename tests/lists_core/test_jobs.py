"""Jobs: their pages, whose they are, and what becomes of them when workers die."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lists_core.jobs.base import JobKind, JobLost, job_kinds, progress
from lists_core.models import Job
from lists_core.services import jobs
from lists_core.services.files import keep_file
from lists_core.services.jobs import cancel_job, run_job, start_job, sweep_jobs
from staff.models import Employee
from svod.base.errors import Invalid, NotFound

pytestmark = pytest.mark.django_db
State = Job.State


class Probe(JobKind):
    """What `act` does is the job; `calls` counts how often it was begun."""

    slug = "probe"
    label = "Проба"

    def __init__(self) -> None:
        self.calls = 0
        self.act: Any = lambda job: {"fine": True}

    def run(self, job: Job) -> dict[str, Any]:
        self.calls += 1
        return self.act(job)


@pytest.fixture
def probe() -> Iterator[Probe]:
    kind = Probe()
    job_kinds.register(kind)
    yield kind
    job_kinds.unregister("probe")


@pytest.fixture
def person() -> Employee:
    return Employee.objects.create_user("me", "me@svod.example", "x", last_name="Я")


@pytest.fixture
def web(client: Client, person: Employee) -> Client:
    client.force_login(person)
    return client


def ran(job: Job) -> Job:
    run_job(job.pk)
    job.refresh_from_db()
    return job


def raising(error: BaseException) -> Any:
    def act(job: Job) -> dict[str, Any]:
        raise error

    return act


def test_a_job_runs_once_however_often_it_is_delivered(probe: Probe, person: Employee) -> None:
    job = start_job("probe", actor=person)
    for _time in range(3):
        ran(job)
    assert (job.state, job.result, probe.calls) == (State.DONE, {"fine": True}, 1)
    assert job.finished_at is not None


@pytest.mark.parametrize(
    ("error", "text"),
    [(Invalid({}, "Так нельзя."), "Так нельзя."), (ValueError("secret"), "Something went wrong")],
)
def test_a_failure_tells_what_a_person_may_know(
    probe: Probe, person: Employee, error: Exception, text: str
) -> None:
    Employee.objects.update(language="en")
    probe.act = raising(error)
    job = ran(start_job("probe", actor=person))
    assert job.state == State.FAILED
    assert text in job.error
    assert "secret" not in job.error


def test_the_job_speaks_its_actors_language_and_zone(probe: Probe, person: Employee) -> None:
    Employee.objects.update(time_zone="Asia/Vladivostok", language="en")
    probe.act = lambda job: {"zone": timezone.get_current_timezone_name()}
    assert ran(start_job("probe", actor=person)).result == {"zone": "Asia/Vladivostok"}


def test_cancel_before_and_within(probe: Probe, person: Employee) -> None:
    waiting = start_job("probe", actor=person)
    assert cancel_job(waiting.pk, actor=person).state == State.CANCELLED
    assert ran(waiting).state == State.CANCELLED
    assert probe.calls == 0

    def stops(job: Job) -> dict[str, Any]:
        progress(job, done=1, total=3)
        cancel_job(job.pk, actor=person)
        progress(job, done=2)
        return {}

    probe.act = stops
    job = ran(start_job("probe", actor=person))
    assert (job.state, job.done, job.total) == (State.CANCELLED, 2, 3)


def killed(job: Job) -> Job:
    """As a worker leaves it that died without a word."""
    Job.objects.filter(pk=job.pk).update(state=State.RUNNING, attempts=1, done=5)
    return job


def test_a_job_without_a_worker_is_closed_or_taken_up(probe: Probe, person: Employee) -> None:
    job = ran(killed(start_job("probe", actor=person)))
    assert (job.state, probe.calls) == (State.FAILED, 0)
    assert job.error
    probe.resumable = True
    job = ran(killed(start_job("probe", actor=person)))
    assert (job.state, job.attempts, probe.calls) == (State.DONE, 2, 1)


def test_a_job_that_kills_every_worker_is_given_up(probe: Probe, person: Employee) -> None:
    probe.resumable = True
    job = start_job("probe", actor=person)
    Job.objects.filter(pk=job.pk).update(state=State.RUNNING, attempts=jobs.MAX_ATTEMPTS)
    assert (ran(job).state, probe.calls) == (State.FAILED, 0)


def test_a_cancelled_job_is_not_taken_up(probe: Probe, person: Employee) -> None:
    probe.resumable = True
    job = killed(start_job("probe", actor=person))
    cancel_job(job.pk, actor=person)
    assert (ran(job).state, probe.calls) == (State.CANCELLED, 0)


def test_a_worker_that_lost_its_job_writes_no_more(probe: Probe, person: Employee) -> None:
    def late(job: Job) -> dict[str, Any]:
        Job.objects.filter(pk=job.pk).update(attempts=7)  # another one has taken it up
        with pytest.raises(JobLost):
            progress(job, done=1)
        raise JobLost

    probe.act = late
    job = ran(start_job("probe", actor=person))
    assert (job.state, job.done, job.attempts) == (State.RUNNING, 0, 7)


def test_out_of_time_leaves_the_job_to_be_taken_up(probe: Probe, person: Employee) -> None:
    probe.resumable = True
    probe.act = raising(SoftTimeLimitExceeded())
    job = ran(start_job("probe", actor=person))
    assert job.state == State.RUNNING
    probe.act = lambda job: {}
    assert ran(job).state == State.DONE


def test_the_sweep_delivers_what_should_be_at_work(
    probe: Probe, person: Employee, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F-05: a broker that forgot everything costs a minute, no job."""
    sent: list[Any] = []
    monkeypatch.setattr(jobs, "wake", lambda task, *args: sent.append(args))
    lost, fresh, over = (start_job("probe", actor=person) for _time in range(3))
    sent.clear()
    ran(over)
    old = timezone.now() - timedelta(minutes=2)
    Job.objects.exclude(pk=fresh.pk).update(created_at=old)
    assert sweep_jobs() == 1
    assert sent == [(str(lost.pk),)]


def test_old_files_and_jobs_are_let_go(
    probe: Probe, person: Employee, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    job = ran(start_job("probe", actor=person))
    job.file = keep_file(ContentFile(b"x"), "x.csv", actor=person)
    job.save()
    for days, left, filed in ((0.9, 1, 1), (1.1, 1, 0), (31, 0, 0)):
        Job.objects.update(finished_at=timezone.now() - timedelta(days=days))
        jobs.forget_old_jobs()
        assert Job.objects.count() == left
        assert Job.objects.exclude(file=None).count() == filed


def test_pages_show_my_jobs_only(web: Client, probe: Probe, person: Employee) -> None:
    other = Employee.objects.create_user("other", "o@svod.example", "x")
    mine, foreign = start_job("probe", actor=person), start_job("probe", actor=other)
    page = web.get(reverse("jobs")).content.decode()
    assert mine.get_absolute_url() in page
    assert foreign.get_absolute_url() not in page
    assert web.get(foreign.get_absolute_url()).status_code == 404
    with pytest.raises(NotFound):
        cancel_job(foreign.pk, actor=person)


def test_the_page_polls_until_the_job_is_over(web: Client, probe: Probe, person: Employee) -> None:
    job = start_job("probe", actor=person)
    htmx = {"HX-Request": "true", "HX-Request-Type": "partial"}
    part = web.get(job.get_absolute_url(), headers=htmx).content.decode()
    assert 'hx-trigger="every 1s"' in part
    assert "<html" not in part
    ran(job)
    part = web.get(job.get_absolute_url(), headers=htmx).content.decode()
    assert "hx-trigger" not in part
    response = web.post(reverse("job_cancel", args=[start_job("probe", actor=person).pk]))
    assert response.status_code == 302
    assert Job.objects.filter(state=State.CANCELLED).count() == 1


def test_pages_cost_a_fixed_number_of_queries(
    web: Client, probe: Probe, person: Employee, django_assert_max_num_queries: Any
) -> None:
    web.get(reverse("jobs"))  # what a process learns once
    for _time in range(12):
        start_job("probe", actor=person)
    with django_assert_max_num_queries(12):
        web.get(reverse("jobs"))
