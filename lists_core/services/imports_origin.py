"""Which line of which import became which element: no line lands twice.

A batch is written down in its own transaction under the key (import, first line), so of two
workers with the same lines one fails. And an import of the same file again passes over the lines
whose element is still there.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.db import connection
from django.db.models import BigIntegerField, F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from lists_core.access import Right, schema_for
from lists_core.models import ImportBatch, ImportRun, Job, List
from lists_core.selectors.elements import elements
from lists_core.selectors.files import access_file
from lists_core.selectors.lists import access_list
from lists_core.selectors.suggest import among
from lists_core.transfer.spec import ImportSpec
from staff.models import Employee
from svod.base.errors import Invalid

Line = tuple[int, list[str]]
#: A double click sends its second request before a person has seen anything of the first.
JUST_NOW = timedelta(seconds=5)
UNDER_WAY = (Job.State.QUEUED, Job.State.RUNNING)
RECORD = """
    INSERT INTO lists_core_importbatch (run_id, first, last, lines, elements)
    VALUES (%s, %s, %s, %s, %s)
"""


def identity_of(spec: ImportSpec, sha256: str) -> str:
    """The digest of all that decides which line of the file becomes which element."""
    layout, columns = spec.layout.to_json(), [[one.index, one.code] for one in spec.columns]
    whole = [sha256, layout, columns, spec.mode, spec.empty, spec.name_pattern]
    return hashlib.sha256(json.dumps(whole, ensure_ascii=False).encode()).hexdigest()


def check_alone(list_: List, spec: ImportSpec, *, actor: Employee) -> str:
    """The import's identity. Raises Invalid while the same import is under way: a second press
    of the button is not a second import. Of two at once one waits for the other's commit."""
    identity = identity_of(spec, access_file(actor, spec.file_id).sha256)
    _refuse(identity, Q(list=list_, identity=identity, job__state__in=UNDER_WAY))
    return identity


def check_no_twin(list_: List | None, spec: ImportSpec, *, actor: Employee) -> None:
    """The same for an import that makes fields or, with `list_` None, its list. A second press
    would make them anew, so the identities tell the two not apart from two different imports.
    Raises Invalid."""
    sha256 = access_file(actor, spec.file_id).sha256
    busy = Q(job__state__in=UNDER_WAY)
    twin = Q(job__params__file_id=spec.file_id) & (busy | Q(at__gt=timezone.now() - JUST_NOW))
    _refuse(sha256, Q(sha256=sha256) & (twin | Q(list=list_) & busy if list_ else twin))


def _refuse(key: str, runs: Q) -> None:
    """Raise Invalid when there are such runs. Who asks by the same key waits for the commit."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int(key[:15], 16)])
    if ImportRun.objects.filter(runs).exists():
        raise Invalid({"": [_("The same file is being imported at this moment.")]})


def remember_run(job: Job, spec: ImportSpec, identity: str) -> ImportRun:
    sha256 = access_file(job.actor, spec.file_id).sha256
    return ImportRun.objects.create(
        list_id=job.list_id or 0, actor=job.actor, job=job, sha256=sha256, identity=identity
    )


def _array(numbers: Iterable[int]) -> str:
    """An array as PostgreSQL writes it: thousands of numbers, which a model would check one by
    one."""
    return f"{{{','.join(map(str, numbers))}}}"


class Origin:
    """What earlier imports of the same brought, and what this one brings. A trial run brings
    nothing, so it has no run."""

    def __init__(self, job: Job, spec: ImportSpec) -> None:
        self.job = job
        self.run = ImportRun.objects.filter(job=job).first()
        self.earlier = [] if spec.mode != "add" or spec.again else self._earlier(spec)

    def _earlier(self, spec: ImportSpec) -> list[int]:
        sha256 = access_file(self.job.actor, spec.file_id).sha256
        same = ImportRun.objects.filter(list=self.job.list_id, sha256=sha256)
        same = same.filter(identity=identity_of(spec, sha256)).exclude(job=self.job)
        return list(same.values_list("pk", flat=True))

    def rest(self, lines: Sequence[Line]) -> list[Line]:
        """Those of the lines that no element stands for. One that the actor may not see, or
        that lies in the bin, does not count."""
        if not self.earlier or not lines:
            return list(lines)
        brought = self._brought(lines[0][0], lines[-1][0])
        there = self._there(brought.values())
        return [line for line in lines if brought.get(line[0]) not in there]

    def _brought(self, first: int, last: int) -> dict[int, int]:
        """Line → the element it became; of several imports the last one counts."""
        batches = ImportBatch.objects.filter(run__in=self.earlier, first__lte=last, last__gte=first)
        found: dict[int, int] = {}
        for lines, ids in batches.order_by("run_id").values_list("lines", "elements"):
            found.update(zip(lines, ids, strict=True))
        return found

    def _there(self, ids: Iterable[int]) -> set[int]:
        wanted, actor = list(ids), self.job.actor
        if not wanted:
            return set()
        schema = schema_for(actor, access_list(actor, Right.VIEW, self.job.list_id or 0))
        rows = elements(schema, actor).filter(among(F("pk"), wanted, BigIntegerField()))
        return set(rows.values_list("pk", flat=True))

    def record(self, first: int, last: int, made: Sequence[tuple[int, int]]) -> None:
        """Write the batch down. Raises IntegrityError when somebody has landed these lines."""
        if self.run:
            lines, ids = zip(*made, strict=True) if made else ((), ())
            with connection.cursor() as cursor:
                cursor.execute(RECORD, [self.run.pk, first, last, _array(lines), _array(ids)])

    def close(self, spec: ImportSpec) -> None:
        """Where elements are found by keys, the keys know what is there."""
        if self.run and spec.mode != "add":
            self.run.batches.all().delete()
