"""Celery tasks: ids in, one service call."""

from __future__ import annotations

from celery import shared_task

from lists_core.services import files, jobs, outbox


@shared_task(name="lists_core.run_job")
def run_job(job_id: str) -> None:
    jobs.run_job(job_id)


@shared_task(name="lists_core.sweep_jobs")
def sweep_jobs() -> None:
    jobs.sweep_jobs()


@shared_task(name="lists_core.forget_old_jobs")
def forget_old_jobs() -> None:
    jobs.forget_old_jobs()


@shared_task(name="lists_core.forget_old_events")
def forget_old_events() -> None:
    outbox.forget_old_events()


@shared_task(name="lists_core.delete_unused_files")
def delete_unused_files() -> None:
    files.delete_orphans()
