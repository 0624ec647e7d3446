"""Links replaced in all lists, and given back: in batches, so that a killed worker goes on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lists_core.field_types.on_delete import RULES
from lists_core.jobs.base import JobKind, job_kinds, record_progress, stop_if_asked
from lists_core.models import Job
from lists_core.selectors.linking import ELEMENT, SECTION, every_pointing, linking_rows
from lists_core.services import link_listener
from lists_core.services.link_deletion import TO_PARENT, check_replacing, finish
from lists_core.services.link_returns import forget_lost, give_back, living, waiting
from lists_core.services.link_writes import Batch, Replacing, replace_links
from lists_core.services.section_deletion import check_deletable, empty_batch
from svod.base.errors import DomainError

BATCH = 500
TOLD = 200
COUNTED = 100_000
Outcome = dict[str, Any]
__all__ = ["ReplaceLinks", "ReturnLinks", "link_listener"]


@job_kinds.register
class ReplaceLinks(JobKind):
    """`params`: `of` (the kind), `ids` and `new` as in `Replacing`, `rules` when only some fields
    are meant (then the ids are gone already), `delete` when the ids go to the bin in the end.

    `result`: `lists` counts what changed and what was left by list, `left` tells of at most
    TOLD elements why, `place` is (list, id) up to which all is done.
    """

    slug = "link_replace"
    label = gettext_lazy("Replacing a value in all lists")
    resumable = True
    result_template = "lists/directories/result.html"

    def run(self, job: Job) -> Outcome:
        asked, outcome = replacing(job), dict(job.result) or self._begin(job)
        lists = sorted({one.list.pk for one in every_pointing(asked.target, asked.kind)})
        for list_id in lists:
            after = _after(outcome, list_id)
            while after is not None:
                stop_if_asked(job)
                with transaction.atomic():
                    now = _checked(job, asked)
                    batch = replace_links(list_id, now, actor=job.actor, after=after, limit=BATCH)
                    outcome = _added(outcome, list_id, batch)
                    record_progress(job, done=job.done + batch.told, result=outcome)
                after = batch.last
        return {**outcome, **self._finish(job, asked)}

    def over(self, job: Job) -> None:
        """A value that was to go and stayed gets nothing back when it is deleted another time."""
        asked = replacing(job)
        if job.params.get("delete") and asked.kind == ELEMENT and not job.result.get("deleted"):
            forget_lost(asked.target, asked.old)

    def summary(self, job: Job) -> str:
        changed = sum(one["changed"] for one in job.result.get("lists", {}).values())
        left = sum(one["left"] for one in job.result.get("lists", {}).values())
        said = [_("Elements changed: %(count)d.") % {"count": changed}]
        if left:
            said.append(_("Left out: %(count)d.") % {"count": left})
        if job.result.get("deleted"):
            said.append(_("The old value is deleted."))
        return " ".join(said)

    def _begin(self, job: Job) -> Outcome:
        asked = replacing(job)
        total = linking_rows(asked.target, asked.kind, asked.old, limit=COUNTED)
        outcome: Outcome = {"lists": {}, "left": [], "place": [0, 0]}
        record_progress(job, done=0, total=total, result=outcome)
        return outcome

    def _finish(self, job: Job, asked: Replacing) -> Outcome:
        """Deletion is asked for like any other: what is still in the way is told."""
        if not job.params.get("delete"):
            return {}
        try:
            if asked.kind == SECTION and job.params["delete"] == TO_PARENT:
                self._empty(job, asked)
            finish(asked, job.params.get("delete"), actor=job.actor)
        except DomainError as error:
            return {"kept": str(error)}
        return {"deleted": True}

    def _empty(self, job: Job, asked: Replacing) -> None:
        """What a section holds goes up in batches, if it may be deleted then."""
        for pk in asked.old:
            check_deletable(asked.target, pk, actor=job.actor)
            ids = [0]
            while ids:
                stop_if_asked(job)
                with transaction.atomic():
                    ids = empty_batch(asked.target, pk, actor=job.actor, after=ids[-1])


@job_kinds.register
class ReturnLinks(JobKind):
    """Gives the elements `ids`, which came back from the bin, the links that they had."""

    slug = "link_return"
    label = gettext_lazy("Giving links back")
    resumable = True

    def run(self, job: Job) -> Outcome:
        list_id, ids, back = job.list_id or 0, job.params["ids"], job.result.get("back", 0)
        if not job.result:
            record_progress(job, done=0, total=waiting(ids, limit=COUNTED))
        while True:
            stop_if_asked(job)
            with transaction.atomic():
                seen, given = give_back(list_id, ids, actor=job.actor, limit=BATCH)
                back += given
                record_progress(job, done=job.done + seen, result={"back": back})
            if not seen:
                return {"back": back}

    def summary(self, job: Job) -> str:
        return _("Links given back: %(count)d.") % {"count": job.result.get("back", 0)}


def replacing(job: Job) -> Replacing:
    given = job.params
    rules = frozenset(given.get("rules") or RULES)
    goes = bool(given.get("rules") or given.get("delete"))
    old, new = frozenset(given["ids"]), given.get("new")
    return Replacing(given["of"], job.list_id or 0, old, new, rules, remember=goes)


def _checked(job: Job, asked: Replacing) -> Replacing:
    """With the rights of now; links to what is gone already are emptied by rule, but not to
    what has come back from the bin meanwhile."""
    if not job.params.get("rules"):
        check_replacing(asked, actor=job.actor)
        return asked
    back = living(asked.target, asked.old) if asked.kind == ELEMENT else frozenset()
    return replace(asked, old=asked.old - back)


def _after(outcome: Mapping[str, Any], list_id: int) -> int | None:
    """The id after which the list has not been looked at; None when it is done."""
    done, last = outcome["place"]
    if list_id < done:
        return None
    return last if list_id == done else 0


def _added(outcome: Outcome, list_id: int, batch: Batch) -> Outcome:
    known = outcome["lists"].get(str(list_id), {"changed": 0, "left": 0})
    numbers = {
        "changed": known["changed"] + batch.changed,
        "left": known["left"] + len(batch.left),
    }
    lists = (
        {**outcome["lists"], str(list_id): numbers} if any(numbers.values()) else outcome["lists"]
    )
    left = [*outcome["left"], *([list_id, pk, text] for pk, text in batch.left.items())][:TOLD]
    place = [list_id, batch.last] if batch.last is not None else [list_id + 1, 0]
    return {**outcome, "lists": lists, "left": left, "place": place}
