"""Celery tasks of CRM: a message carries nothing but "look at the table"."""

from __future__ import annotations

from celery import shared_task

from crm_link.services.booking_deeds import free_expired
from crm_link.services.booking_papers import make_papers
from crm_link.services.feeds import work_feeds
from crm_link.services.orphans import tell_orphans
from crm_link.services.reminders import tell_due
from crm_link.services.web_forms import forget_visits
from svod.base.locks import only_one


@shared_task(name="crm_link.free_expired")
def expire() -> None:
    """Bookings whose time is up; one worker at a time."""
    with only_one("crm_link.free_expired") as mine:
        if mine:
            free_expired()


@shared_task(name="crm_link.make_papers")
def papers() -> None:
    """Documents that bookings ask for; one maker at a time."""
    with only_one("crm_link.make_papers") as mine:
        if mine:
            make_papers()


@shared_task(name="crm_link.feed")
def feed() -> None:
    """What consolidation rules have to look at; sent after commits for speed."""
    work_feeds()


@shared_task(name="crm_link.tell_activities")
def tell_activities() -> None:
    """Reminders of activities, and deadlines that have passed."""
    while tell_due():
        pass


@shared_task(name="crm_link.forget_visits")
def visits() -> None:
    """Visits of sites that are older than their forms keep."""
    forget_visits()


@shared_task(name="crm_link.tell_orphans")
def orphans() -> None:
    """Web forms and telephony that turn customers away, for their employee has left."""
    tell_orphans()
