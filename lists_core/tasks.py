"""Celery tasks: ids in, one service call."""

from __future__ import annotations

from celery import shared_task

from lists_core.services import (
    designer_bins,
    disk_bin,
    drafts,
    element_bin,
    files,
    import_schedules,
    indexes,
    jobs,
    outbox,
)


@shared_task(name="lists_core.run_job")
def run_job(job_id: str) -> None:
    jobs.run_job(job_id)


@shared_task(name="lists_core.sweep_jobs")
def sweep_jobs() -> None:
    jobs.sweep_jobs()


@shared_task(name="lists_core.forget_old_jobs")
def forget_old_jobs() -> None:
    jobs.forget_old_jobs()


@shared_task(name="lists_core.forget_old_drafts")
def forget_old_drafts() -> None:
    drafts.forget_old_drafts()


@shared_task(name="lists_core.forget_old_events")
def forget_old_events() -> None:
    outbox.forget_old_events()


@shared_task(name="lists_core.delete_unused_files")
def delete_unused_files() -> None:
    files.delete_orphans()


@shared_task(name="lists_core.empty_designer_bins")
def empty_designer_bins() -> None:
    designer_bins.empty_designer_bins()


@shared_task(name="lists_core.empty_element_bins")
def empty_element_bins() -> None:
    element_bin.empty_element_bins()


@shared_task(name="lists_core.empty_disk_bin")
def empty_disk_bin() -> None:
    disk_bin.empty_disk_bin()


@shared_task(name=indexes.TASK)
def keep_indexes() -> None:
    indexes.keep_indexes()


@shared_task(name="lists_core.start_imports")
def start_imports() -> None:
    import_schedules.start_due()
