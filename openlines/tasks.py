"""Celery tasks: a message carries nothing but "look at the table"."""

from __future__ import annotations

from celery import shared_task

from openlines.services import alarms, reading, sending
from svod.base.locks import only_one


@shared_task(name="openlines.work")
def work() -> None:
    """What is due: alarms of conversations, and answers on their way out."""
    while alarms.look():
        pass
    while sending.send_due():
        pass


@shared_task(name="openlines.read")
def read() -> None:
    """Ask the channels that do not come by themselves. One at a time: a hanging one waits."""
    with only_one("openlines.read") as mine:
        if mine:
            reading.read_due()
