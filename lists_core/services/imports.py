"""Starting an import, and running it batch by batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from lists_core.access import Right, require
from lists_core.jobs.base import JobCancelled, record_progress, stop_if_asked
from lists_core.models import Job, List, StoredFile
from lists_core.models.elements import WRITTEN_AT_ONCE
from lists_core.schema import ddl
from lists_core.schema.cache import schema_of
from lists_core.schema.fields import SchemaField
from lists_core.selectors.files import access_file
from lists_core.selectors.lists import access_list
from lists_core.services.audited import tell_list
from lists_core.services.fields import create_field
from lists_core.services.imports_batch import Importer, Line, Outcome, known_fields
from lists_core.services.imports_origin import Origin, check_alone, check_no_twin, remember_run
from lists_core.services.imports_refused import keep_refused, refused_file
from lists_core.services.jobs import start_job
from lists_core.services.listeners import heard
from lists_core.services.lists import create_list
from lists_core.transfer.spec import ColumnSpec, ImportSpec, name_parts
from lists_core.transfer.tables import Rows, count_lines, open_rows, read_ahead
from staff.models import Employee
from svod.base.collecting import collect_young, seldom_collected
from svod.base.errors import DomainError, Invalid

BATCH = WRITTEN_AT_ONCE
#: Where upper apps hear every row, and may keep others out until the batch is written.
HEARD = 1_000
SHOWN_ERRORS = 20


def start_import(list_: List, spec: ImportSpec, *, actor: Employee) -> Job:
    """Make the fields that the import needs and queue it. A dry one makes nothing.

    Raises Invalid (errors by "name_pattern", "columns" or "column-<index>"), Forbidden.
    """
    check_start(list_, spec, actor=actor)
    makes = any(column.new for column in spec.columns)
    if makes:
        require(actor, Right.FULL, list_)
    if spec.dry:
        return start_job("import_table", actor=actor, list_=list_, **spec.to_json())
    with transaction.atomic():
        if makes:
            check_no_twin(list_, spec, actor=actor)
        ready = replace(spec, columns=_with_fields(list_, spec, actor))
        identity = check_alone(list_, ready, actor=actor)
        tell_list("import.started", list_, actor, mode=spec.mode, file=spec.file_id)
        job = start_job("import_table", actor=actor, list_=list_, **ready.to_json())
        remember_run(job, ready, identity)
        return job


def start_import_as_list(
    spec: ImportSpec, *, actor: Employee, everyone: str = "none", **settings: Any
) -> Job:
    """Make a list with the file's fields and queue the import into it. Raises as start_import."""
    with transaction.atomic():
        check_no_twin(None, spec, actor=actor)
        list_ = create_list(actor=actor, everyone=everyone, **settings)
        return start_import(list_, spec, actor=actor)


def check_start(list_: List, spec: ImportSpec, *, actor: Employee) -> None:
    """Raises Invalid, Forbidden for an import that the actor may not begin."""
    check_spec(spec, list_, actor=actor)
    require(actor, Right.CHANGE if spec.mode == "update" else Right.ADD, list_)


def check_spec(spec: ImportSpec, list_: List, *, actor: Employee) -> None:
    """Raise Invalid for a choice of columns that cannot work."""
    errors: dict[str, list[str]] = {}
    schema = known_fields(spec, list_, actor) if list_.pk else None
    codes = [column.code for column in spec.columns if column.code]
    for column in spec.columns:
        message = _column_error(column, codes, schema)
        if message:
            errors[f"column-{column.index}"] = [message]
    if not spec.columns and not spec.name_pattern:
        errors["columns"] = [_("Choose a field for at least one column.")]
    if spec.mode != "add" and not spec.keys:
        errors["columns"] = [_("Mark the column by which elements are found.")]
    if spec.mode != "update" and "NAME" not in codes:
        errors |= _pattern_errors(spec)
    if errors:
        raise Invalid(errors)


def _column_error(column: ColumnSpec, codes: Sequence[str], schema: Any) -> str:
    entry = schema.get(column.code) if schema and column.code else None
    if column.code and column.code != "NAME" and entry is None:
        return _("This list has no such field.")
    if entry is not None and entry.key in schema.locked and not column.key:
        return _("You may not change this field.")
    if column.code and codes.count(column.code) > 1:
        return _("Another column goes into this field already.")
    if column.key and entry is not None and (entry.multiple or entry.type.concealed):
        return _key_error(entry)
    if column.code == "ID" and not column.key:
        return _("An ID can only be a key.")
    return ""


def _key_error(entry: SchemaField) -> str:
    if entry.multiple:
        return _("A field with several values cannot be a key.")
    return _("A secret cannot be a key.")


def _pattern_errors(spec: ImportSpec) -> dict[str, list[str]]:
    try:
        parts = name_parts(spec.name_pattern, spec.headings)
    except LookupError as error:
        return {"name_pattern": [_("The file has no column “%(name)s”.") % {"name": error}]}
    return (
        {} if parts else {"name_pattern": [_("Choose a column for the name, or compose it here.")]}
    )


def _with_fields(list_: List, spec: ImportSpec, actor: Employee) -> tuple[ColumnSpec, ...]:
    """The columns with their new fields made."""
    made = []
    for column in spec.columns:
        if column.new:
            field = create_field(
                list_.pk,
                column.new.type,
                actor=actor,
                name=column.new.name,
                settings=column.new.settings,
                sort=(column.index + 1) * 10 + 1000,
            )
            made.append(replace(column, code=field.code, new=None))
        else:
            made.append(column)
    return tuple(made)


# --- the work ---------------------------------------------------------------------------


def run_import(job: Job) -> dict[str, Any]:
    """Land the file batch by batch from row `job.done` on; returns the counts.

    A batch, its place in the file and the progress over it land together, so an interrupted
    import goes on exactly where it stopped.
    """
    spec = ImportSpec.from_json(job.params)
    file = access_file(job.actor, spec.file_id)
    tally, origin = Tally(job), Origin(job, spec)
    try:
        with open_rows(file, spec.layout) as rows, seldom_collected():
            lines = max(count_lines(file, spec.layout), 1)
            _land_all(job, spec, rows, tally, origin, lines)
    except (JobCancelled, DomainError):
        _close(job, file, spec, tally)
        raise
    if tally.counts["created"] and not spec.dry:
        ddl.analyze(_list_of(job).pk)
    origin.close(spec)
    return _close(job, file, spec, tally)


class Tally:
    """The counts of an import and its first errors, as they stand in the job's result."""

    def __init__(self, job: Job) -> None:
        self.counts = dict.fromkeys(("created", "updated", "unchanged", "skipped", "failed"), 0)
        self.counts |= {key: job.result.get(key, 0) for key in self.counts}
        self.errors: list[list[Any]] = job.result.get("errors", [])

    def add(self, outcome: Outcome, *, skipped: int) -> None:
        """`skipped` rows were passed over, for an earlier import brought them."""
        self.counts["skipped"] += skipped
        for key in ("created", "updated", "unchanged"):
            self.counts[key] += getattr(outcome, key)
        self.counts["failed"] += len(outcome.errors)
        self.errors = [*self.errors, *map(list, outcome.errors)][:SHOWN_ERRORS]

    def to_json(self) -> dict[str, Any]:
        return {**self.counts, "errors": self.errors}


def _land_all(
    job: Job, spec: ImportSpec, rows: Rows, tally: Tally, origin: Origin, lines: int
) -> None:
    importer: Importer | None = None
    total = max(lines - spec.layout.header, job.done)
    done = job.done
    numbered = islice(enumerate(rows, start=1), spec.layout.header + done, None)
    record_progress(job, done=done, total=total)
    for turn, batch in enumerate(read_ahead(numbered, _batch_size(job))):
        importer = importer or Importer(spec, _list_of(job).pk, actor=job.actor)
        done += len(batch)
        with transaction.atomic():
            filled = _filled(batch)
            rest = origin.rest(filled)
            outcome = importer.land(rest)
            origin.record(batch[0][0], batch[-1][0], outcome.made)
            keep_refused(job, outcome.errors)
            tally.add(outcome, skipped=len(filled) - len(rest))
            record_progress(job, done=done, total=max(total, done), result=tally.to_json())
        if turn % 2:
            collect_young()  # the circles of two batches, before more lie beside them
        stop_if_asked(job)
    record_progress(job, done=done, total=done)


def _list_of(job: Job) -> List:
    """The job's list, while its person sees it."""
    return access_list(job.actor, Right.VIEW, job.list_id or 0)


def _batch_size(job: Job) -> int:
    return HEARD if heard(schema_of(_list_of(job))) else BATCH


def _filled(batch: Sequence[Line]) -> list[Line]:
    """The rows with anything in them: blank lines are no rows."""
    return [(number, row) for number, row in batch if any(row)]


def _close(job: Job, file: StoredFile, spec: ImportSpec, tally: Tally) -> dict[str, Any]:
    """The final result; the rows that did not land become a file to be mended. Of a job that is
    taken up after this nothing waits any more, and its file stays."""
    stored, result = refused_file(job, file, spec), {**tally.to_json(), "dry": spec.dry}
    own = Job.objects.filter(pk=job.pk)
    with transaction.atomic():
        if stored is not None:
            own.update(file=stored)
        own.update(result=result)
        job.lines.all().delete()
    return result
