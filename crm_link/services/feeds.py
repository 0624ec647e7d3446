"""From events of lists to work of consolidation rules, and the work with its failures."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from crm_link.models import FeedDue, FeedRule
from crm_link.services.feed_news import tell_fails
from crm_link.services.feed_plan import plan_of
from crm_link.services.feeding import Report, settle
from lists_core.models import OutboxEvent
from staff.models import Employee
from svod.base.errors import Conflict, DomainError
from svod.base.tasks import wake

log = structlog.get_logger(__name__)
AT_ONCE = 500
ATTEMPTS = 5
WAITS = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1))
TOPICS = {"element.created", "element.changed", "element.deleted", "element.restored"}
TOLD = (DomainError, ValidationError)


def take_events(events: Sequence[OutboxEvent]) -> None:
    """Note which elements are to be looked at, in the transaction that handles the events."""
    concerned = [one for one in events if one.topic in TOPICS and one.list_id]
    lists = {one.list_id for one in concerned}
    rules = FeedRule.objects.filter(source__in=lists, is_active=True) if lists else []
    by_list: dict[int, list[int]] = {}
    for rule in rules:
        by_list.setdefault(rule.source_id, []).append(rule.pk)
    dues = [
        FeedDue(rule_id=rule, source=pk)
        for one in concerned
        for rule in by_list.get(one.list_id or 0, [])
        for pk in one.payload.get("ids", [])
    ]
    if dues:
        FeedDue.objects.bulk_create(dues, batch_size=2000)
        wake("crm_link.feed")


def work_feeds(now: datetime | None = None) -> int:
    """Do what is due, rule by rule; returns how many sources were looked at.

    One that fails tells why and the others go on.
    """
    now = now or timezone.now()
    due = FeedDue.objects.filter(due_at__lte=now, attempts__lt=ATTEMPTS, rule__is_active=True)
    rules = due.order_by().values_list("rule", flat=True).distinct()
    return sum(_work(pk, now) for pk in list(rules))


def _work(rule_id: int, now: datetime) -> int:
    done = 0
    while number := _batch(rule_id, now):
        done += number
    return done


@transaction.atomic
def _batch(rule_id: int, now: datetime) -> int:
    """One batch of a rule, unless another worker is at it."""
    rule = locked(rule_id, skip=True)
    if rule is None:
        return 0
    rows = FeedDue.objects.filter(rule=rule, due_at__lte=now, attempts__lt=ATTEMPTS)
    dues = list(rows.order_by("pk")[:AT_ONCE])
    if dues and not _tried(rule, dues):
        for due in dues:  # which of them is it?
            _tried(rule, [due], now=now)
    return len(dues)


def _tried(rule: FeedRule, dues: Sequence[FeedDue], now: datetime | None = None) -> bool:
    """Whether it was done; with `now` a failure is noted and put off."""
    try:
        with transaction.atomic():
            carry_out(rule, {due.source for due in dues})
            FeedDue.objects.filter(pk__in=[due.pk for due in dues]).delete()
    except Exception as error:
        if not isinstance(error, TOLD):
            log.exception("feed_failed", rule=rule.pk)
        if now is not None:
            _put_off(rule, dues, reason(error), now)
        return False
    if rule.error and not FeedDue.objects.filter(rule=rule).exclude(error="").exists():
        FeedRule.objects.filter(pk=rule.pk).update(error="", failed_at=None)
    return True


def _put_off(rule: FeedRule, dues: Sequence[FeedDue], why: str, now: datetime) -> None:
    attempts = max(due.attempts for due in dues)
    wait = WAITS[min(attempts, len(WAITS) - 1)]
    own = FeedDue.objects.filter(pk__in=[due.pk for due in dues])
    own.update(attempts=F("attempts") + 1, error=why, due_at=now + wait)
    _note_failure(rule, why, now)


def _note_failure(rule: FeedRule, why: str, now: datetime) -> None:
    """People are told once, until the rule has worked again."""
    noted = FeedRule.objects.filter(pk=rule.pk)
    if noted.filter(error="").exists():
        tell_fails(rule, why)
    noted.update(error=why, failed_at=now)


def reason(error: Exception) -> str:
    """What a person can read of a failure."""
    if isinstance(error, ValidationError):
        return " ".join(error.messages)
    texts = [text for own in getattr(error, "errors", {}).values() for text in own]
    if texts:
        return " ".join(dict.fromkeys(texts))
    return str(error) if isinstance(error, DomainError) else _("Something went wrong.")


def carry_out(rule: FeedRule, ids: Collection[int]) -> Report:
    """Bring the groups of these sources up to date, as the rule's employee."""
    with working_as(rule) as actor:
        return settle(plan_of(rule, actor), ids)


@contextmanager
def working_as(rule: FeedRule) -> Iterator[Employee]:
    """The rule's employee, in their language but in the portal's time: what is one day does not
    depend on who works. Raises Conflict where there is none."""
    actor = rule.run_as
    if actor is None:
        raise Conflict(_("An administrator has to name the employee for whom the rule works."))
    if not actor.is_active:
        raise Conflict(
            _("%(person)s, for whom the rule works, is deactivated.") % {"person": actor}
        )
    with translation.override(actor.language), timezone.override(None):
        yield actor


def locked(rule_id: int, *, skip: bool = False) -> Any:
    """The rule, nobody else's until the transaction ends; None while it rests or is gone."""
    rows = FeedRule.objects.filter(pk=rule_id, is_active=True).select_related("run_as")
    return rows.select_for_update(skip_locked=skip, of=("self",)).first()


def try_again(rule: FeedRule) -> int:
    """Take up what has failed, also what was given up; returns how much."""
    failed = FeedDue.objects.filter(rule=rule).exclude(error="")
    number = failed.update(attempts=0, due_at=timezone.now())
    wake("crm_link.feed")
    return number


def forget_failures(rule_id: int) -> None:
    """All was looked at anew: what had failed before is done."""
    FeedDue.objects.filter(rule=rule_id).exclude(error="").delete()
    FeedRule.objects.filter(pk=rule_id).update(error="", failed_at=None)
