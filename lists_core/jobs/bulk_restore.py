"""Everything that a search finds in the bin of a list, brought back."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from lists_core.access import Right, schema_for
from lists_core.jobs.base import job_kinds
from lists_core.jobs.bulk import BulkKind
from lists_core.models import Job
from lists_core.selectors.bin import bin_of
from lists_core.selectors.lists import access_list
from lists_core.services.bulk import Batch
from lists_core.services.bulk_restore import bulk_restore


@job_kinds.register
class BulkRestore(BulkKind):
    """`params`: `search`, as in the box of the bin."""

    slug = "bulk_restore"
    told = gettext_lazy("Brought back: %(count)d.")
    label = gettext_lazy("Restoring many elements")

    def batch(self, job: Job) -> Batch:
        return lambda ids: bulk_restore(job.list_id or 0, ids, actor=job.actor)

    def _found(self, job: Job) -> Any:
        list_ = access_list(job.actor, Right.DELETE, job.list_id or 0)
        schema = schema_for(job.actor, list_)
        return bin_of(schema, actor=job.actor, search=job.params["search"])
