"""Celery tasks: a message carries nothing but "look at the table"."""

from __future__ import annotations

from celery import shared_task

from openlines.services import alarms, reading, recognition, sending, waiting
from svod.base.locks import only_one


@shared_task(name="openlines.work")
def work() -> None:
    """What is due: alarms of conversations, those that wait for somebody to be free, customers
    to look up."""
    while alarms.look():
        pass
    waiting.look()
    while recognition.look():
        pass


@shared_task(name="openlines.send")
def send() -> None:
    """Answers on their way out. By itself and one at a time: mail servers that hang hold one
    process of the workers, whose threads serve the others."""
    with only_one("openlines.send") as mine:
        if mine:
            sending.send_due()


@shared_task(name="openlines.read")
def read() -> None:
    """Ask the channels that do not come by themselves; one process of the workers, as above."""
    with only_one("openlines.read") as mine:
        if mine:
            reading.read_due()
