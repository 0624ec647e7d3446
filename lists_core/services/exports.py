"""Starting an export, and running it: the current view of a list as a file."""

from __future__ import annotations

import tempfile
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import IO, Any

from django.core.files import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lists_core.access import Right, schema_for, visible_lists
from lists_core.field_types.base import NO_TITLES, Titles
from lists_core.field_types.references import Scope, references
from lists_core.grid.columns import shown_fields
from lists_core.grid.state import GridState, parse_state
from lists_core.jobs.base import progress
from lists_core.models import Job, List
from lists_core.schema.compile import Schema
from lists_core.schema.fields import SchemaField
from lists_core.selectors.elements import found, rows_by_ids
from lists_core.selectors.jobs import packed
from lists_core.selectors.lists import access_list, preference
from lists_core.selectors.titles import row_titles, scope_of
from lists_core.services.audited import tell_list
from lists_core.services.files import keep_file
from lists_core.services.jobs import start_job
from lists_core.transfer.cells import Cell
from lists_core.transfer.writers import SHEET_ROWS, CsvTable, TableWriter, WorkbookTable
from staff.models import Employee
from svod.base.errors import Invalid, NotFound

BATCH = 1_000
#: Exports of one person that wait or run at one time.
AT_ONCE = 5
ALL, SHOWN = "all", "shown"
MIMES = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@transaction.atomic
def start_export(
    list_: List,
    query: Mapping[str, str],
    *,
    actor: Employee,
    format: str,
    separator: str = ";",
    columns: str = SHOWN,
) -> Job:
    """Queue the export of the view that `query` (the grid's address) describes.

    `format` is "csv" or "xlsx"; `columns` "shown" or "all". Raises Invalid when the address
    has something that the list does not have: half of a filter would export too much, and when
    AT_ONCE exports of the person are under way.
    """
    _state(list_, query, actor)
    _take_turn(actor)
    tell_list("export.started", list_, actor, format=format, columns=columns)
    return start_job(
        "export_table",
        actor=actor,
        list_=list_,
        query=dict(query),
        format=format,
        separator=separator,
        columns=columns,
    )


def _take_turn(actor: Employee) -> None:
    """The person's row is locked, so that two requests do not both find the last place free."""
    Employee.objects.select_for_update(no_key=True).get(pk=actor.pk)
    under_way = Job.objects.filter(
        actor=actor, kind="export_table", state__in=[Job.State.QUEUED, Job.State.RUNNING]
    )
    if under_way.count() >= AT_ONCE:
        message = _("You have %(count)d exports under way. Wait for one of them or cancel it.")
        raise Invalid({}, message % {"count": AT_ONCE})


def run_export(job: Job) -> dict[str, Any]:
    """Write the file, rows in batches; returns their number and, for the download, what they
    were: `fields` by key, `ids` (`selectors.jobs.packed`) and `named`, the things whose titles
    stand in them. Rights are asked at each batch."""
    list_, schema, fields, state = _opened(job)
    rows = found(schema, state.element_query(), actor=job.actor)
    ids = array("q", rows.values_list("pk", flat=True).iterator(chunk_size=20_000))
    progress(job, done=0, total=len(ids))
    if job.params["format"] == "xlsx" and len(ids) > SHEET_ROWS:
        message = _("A sheet holds at most %(count)d rows. Choose CSV or narrow the filter.")
        raise Invalid({}, message % {"count": SHEET_ROWS})
    with tempfile.TemporaryFile() as target:
        table = _table(job, target, fields, list_)
        written, named = array("q"), Named()
        for pk, cells in _rows(job, fields, ids, named):
            written.append(pk)
            table.write(cells)
        table.close()
        _current(job, fields)
        job.file = keep_file(
            File(target), _file_name(job, list_), actor=job.actor, mime=MIMES[job.params["format"]]
        )
    job.save(update_fields=["file"])
    return {
        "rows": len(written),
        "cut": getattr(table, "cut", 0),
        "fields": [field.key for field in fields],
        "ids": packed(written),
        "named": named.to_json(),
    }


class Named:
    """The things whose titles an export holds."""

    def __init__(self) -> None:
        self.known: dict[str, dict[Scope, set[int]]] = defaultdict(lambda: defaultdict(set))

    def add(self, fields: Iterable[SchemaField], titles: Mapping[str, Titles]) -> None:
        for field in fields:
            if field.key in titles:
                number = references.get(field.type.reference).number
                self.known[field.type.reference][scope_of(field)].update(
                    map(number, titles[field.key])
                )

    def to_json(self) -> dict[str, list[tuple[Scope, str]]]:
        """Kind → pairs of a scope and the packed ids."""
        return {
            kind: [(scope, packed(ids)) for scope, ids in own.items()]
            for kind, own in self.known.items()
        }


def _opened(job: Job) -> tuple[List, Schema, Sequence[SchemaField], GridState]:
    if job.list_id is None:
        raise NotFound
    list_ = access_list(job.actor, Right.VIEW, job.list_id)
    schema = schema_for(job.actor, list_)
    state = _state(list_, job.params["query"], job.actor)
    if job.params["columns"] == ALL:
        return list_, schema, schema.all_fields, state
    own = preference(job.actor, list_)
    return list_, schema, shown_fields(schema, own, state.columns), state


def _state(list_: List, query: Mapping[str, str], actor: Employee) -> GridState:
    """The view of the address; raise Invalid with what in it could not be used."""
    state = parse_state(query, schema_for(actor, list_), preference(actor, list_))
    if state.notices:
        raise Invalid({"": list(state.notices)}, " ".join(state.notices))
    return state


def _table(job: Job, target: IO[bytes], fields: Sequence[SchemaField], list_: List) -> TableWriter:
    if job.params["format"] == "xlsx":
        return WorkbookTable(target, fields, title=list_.name)
    return CsvTable(target, fields, separator=job.params["separator"])


def _rows(
    job: Job, fields: Sequence[SchemaField], ids: Sequence[int], named: Named
) -> Iterator[tuple[int, list[Cell]]]:
    """(id, cells) of the rows that are still readable when their batch comes."""
    for start in range(0, len(ids), BATCH):
        schema = _current(job, fields)
        rows = rows_by_ids(schema, ids[start : start + BATCH], actor=job.actor)
        titles = row_titles(fields, rows, actor=job.actor)
        named.add(fields, titles)
        known = [(field, titles.get(field.key, NO_TITLES)) for field in fields]
        for row in rows:
            yield row.pk, [field.to_cell(field.read(row), own) for field, own in known]
        progress(job, done=min(start + BATCH, len(ids)))


def _current(job: Job, fields: Sequence[SchemaField]) -> Schema:
    """The list as the actor may read it now; Invalid when he may not read what he asked for."""
    list_ = visible_lists(job.actor).filter(pk=job.list_id or 0).first()
    schema = schema_for(job.actor, list_) if list_ else None
    if schema is None or any(field.key not in schema.by_key for field in fields):
        raise Invalid({}, _("Your rights or the fields of the list have changed. Start anew."))
    return schema


def _file_name(job: Job, list_: List) -> str:
    day = timezone.localdate().isoformat()
    return f"{list_.name[:120]} {day}.{job.params['format']}"
