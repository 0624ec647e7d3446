"""Whoever started long work is told of its end, once; of short work nobody is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from lists_core.models import Job
from lists_core.services.job_news import LONG, tell_finished
from staff.models import Employee, Notification

pytestmark = pytest.mark.django_db


@pytest.fixture
def job() -> Job:
    anna = Employee.objects.create_user("anna", "anna@svod.example", "x")
    began = timezone.now() - LONG - timedelta(seconds=1)
    return Job.objects.create(kind="export_table", actor=anna, state="running", started_at=began)


def test_the_end_is_told_once(job: Job) -> None:
    for _again in range(2):
        tell_finished(job, Job.State.DONE)
    row = Notification.objects.get()
    assert (row.employee, row.kind, row.url) == (job.actor, "job", reverse("job", args=[job.pk]))
    assert row.text.startswith("Готово: ")


def test_a_failure_is_told(job: Job) -> None:
    tell_finished(job, Job.State.FAILED)
    assert Notification.objects.get().text.startswith("Не выполнено: ")


def test_short_or_cancelled_work_is_not(job: Job) -> None:
    tell_finished(job, Job.State.CANCELLED)
    job.started_at = timezone.now()
    tell_finished(job, Job.State.DONE)
    assert not Notification.objects.exists()
