"""Reading jobs: everybody sees his own, and of their lists what he still may see."""

from __future__ import annotations

import zlib
from array import array
from base64 import b64decode, b64encode
from collections.abc import Iterable
from itertools import accumulate, pairwise

from django.db.models import QuerySet

from lists_core.access import schema_for, visible_lists
from lists_core.field_types.references import Scope, references
from lists_core.models import Job
from lists_core.selectors.across import all_readable
from staff.models import Employee

EXPORT = "export_table"


def jobs_of(actor: Employee) -> QuerySet[Job]:
    """The actor's jobs with their lists and files, the newest first."""
    return Job.objects.filter(actor=actor).select_related("list", "file").defer("result")


def without_unseen_lists(jobs: Iterable[Job], actor: Employee) -> list[Job]:
    """The jobs; in memory they have no list when the actor may not see it any more."""
    found = list(jobs)
    wanted = {job.list_id for job in found if job.list_id}
    seen = set(visible_lists(actor).filter(pk__in=wanted).values_list("pk", flat=True))
    for job in found:
        if job.list_id not in seen:
            job.list = None
    return found


def may_have_file(job: Job, actor: Employee) -> bool:
    """Whether the job's file is still for its starter.

    An export holds what they could read when it was made; it is given out for as long as they
    may read all of that: its list, its fields, every element in it and every thing named in it.
    """
    if job.kind != EXPORT:
        return actor.is_active
    list_ = visible_lists(actor).filter(pk=job.list_id or 0).first()
    if list_ is None or "named" not in job.result:
        return False
    schema = schema_for(actor, list_)
    return (
        schema.by_key.keys() >= set(job.result["fields"])
        and all_readable(actor, {list_.pk: unpacked(job.result["ids"])})
        and all(
            references.get(kind).kept(_wanted(ids), actor=actor)
            for kind, ids in job.result["named"].items()
        )
    )


def _wanted(ids: Iterable[tuple[Scope, str]]) -> dict[Scope, set[int]]:
    return {scope: set(unpacked(text)) for scope, text in ids}


def packed(ids: Iterable[int]) -> str:
    """Ids as text for a job's result: their differences, which compress to next to nothing."""
    steps = array("q", [after - before for before, after in pairwise([0, *sorted(ids)])])
    return b64encode(zlib.compress(steps.tobytes())).decode()


def unpacked(text: str) -> list[int]:
    return list(accumulate(array("q", zlib.decompress(b64decode(text)))))
