"""Celery tasks: a message carries nothing but "look at the table"."""

from __future__ import annotations

from celery import shared_task

from workflows.engine import work as engine


@shared_task(name="workflows.work")
def work() -> None:
    engine.work_all()
