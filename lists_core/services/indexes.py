"""The keeper of indexes: decides, builds one at a time, lets go of what nobody uses.

One keeper at a time, held by an advisory lock of its session. A keeper that dies leaves at most
an invalid index; the next one drops it and begins again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import timedelta
from time import monotonic

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import F
from django.utils import timezone

from lists_core.access import Right
from lists_core.models import Field, List, ListIndex
from lists_core.schema import ddl, indexes
from lists_core.schema.cache import schemas_of
from lists_core.schema.compile import Schema
from lists_core.schema.fields import SchemaField
from lists_core.schema.indexes import Want
from lists_core.selectors.index_wants import standing_wants
from lists_core.selectors.lists import access_list
from lists_core.services.index_use import gather, share_sizes
from staff.models import Employee
from svod.base.errors import Invalid, NotFound
from svod.base.tasks import wake

log = structlog.get_logger(__name__)
State, Keep = ListIndex.State, ListIndex.Keep
TASK = "lists_core.keep_indexes"
KEEPER = 0x53564F49  # an advisory lock apart from those of `schema/ddl.py`
#: Rows from which a list gets indexes; a scan of fewer takes less than 5 ms.
LARGE = 10_000
UNUSED = timedelta(days=60)
#: Each costs every write of the list something.
MOST_OF_A_LIST = 60
ATTEMPTS = 6
BUDGET_S = 20 * 60
#: What a build leaves of the task's time, to drop what it left and to analyze.
SPARE_S = 4 * 60
CANCELLED, LOCKED = "57014", "55P03"  # as PostgreSQL says why a statement ended
#: A build that came so near to its limit ended by it and gave way to nobody.
NEARLY = 0.9
#: Until the next try after others ended a build: a dump may go on for an hour.
GAVE_WAY, BLOCKED = timedelta(minutes=1), timedelta(minutes=15)


def keep_indexes() -> int:
    """One round of everything; returns how many indexes were built. Safe to call any time."""
    with _alone() as alone:
        if not alone:
            return 0
        _decide()
        _mend()
        _let_go()
        return _build_waiting()


@contextmanager
def _alone() -> Iterator[bool]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, 0)", [KEEPER])
        alone = bool(cursor.fetchone()[0])
    try:
        yield alone
    finally:
        if alone:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, 0)", [KEEPER])


# --- deciding ---------------------------------------------------------------------------


def _decide() -> None:
    """Write down what large lists were asked by, and what they need in any case."""
    large = {pk: rows for pk, rows in indexes.row_estimates().items() if rows >= LARGE}
    share_sizes(large)
    used = gather(large)
    for schema in _schemas(large):
        want_indexes(schema, used.get(schema.list_id, set()) | standing_wants(schema))


def _schemas(list_ids: Collection[int]) -> Iterator[Schema]:
    yield from schemas_of(List.objects.filter(pk__in=list_ids, deleted_at=None)).values()


def want_indexes(schema: Schema, wants: Collection[Want]) -> None:
    """Keep a row for each of the wants that can be built, with the moment."""
    now = timezone.now()
    rows = [
        ListIndex(list_id=schema.list_id, column=want.column, kind=want.kind, asked_at=now)
        for want in wants
        if indexes.is_possible(schema, want)
    ]
    ListIndex.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["list", "column", "kind"],
        update_fields=["asked_at"],
    )


# --- what stands there, and what goes ---------------------------------------------------


def _mend() -> None:
    """Make the rows say what the database says; what a killed build left is dropped."""
    built = indexes.own_indexes()
    for name in [name for name, valid in built.items() if not valid]:
        log.warning("index_left_half_built", index=name)
        _drop(name)
        built.pop(name)
    rows = {row.name: row for row in ListIndex.objects.all()}
    for name in built.keys() - rows.keys():
        _drop(name)
    lost = [row.pk for name, row in rows.items() if name not in built and row.state == State.READY]
    broken = ListIndex.objects.filter(state=State.BUILDING)
    broken.update(state=State.WAITING, attempts=F("attempts") + 1)
    hopeless = ListIndex.objects.filter(state=State.WAITING, attempts__gte=ATTEMPTS)
    hopeless.update(state=State.FAILED)
    ListIndex.objects.filter(pk__in=lost).update(state=State.WAITING, built_at=None)
    ready = [row.pk for name, row in rows.items() if name in built and row.state != State.READY]
    ListIndex.objects.filter(pk__in=ready).update(state=State.READY, error="")


def _let_go() -> None:
    """Drop what is barred, what nobody has used for long, and what has no field any more."""
    rows = list(ListIndex.objects.select_related("list"))
    schemas = schemas_of({row.list for row in rows if row.list.deleted_at is None})
    scanned = indexes.last_scans([row.name for row in rows if row.state == State.READY])
    line, binned = timezone.now() - UNUSED, _in_the_bin(rows)
    for row in rows:
        used = max(row.asked_at, scanned.get(row.name) or row.asked_at)
        if row.keep == Keep.BARRED or (row.keep == Keep.PINNED and row.pk in binned):
            _drop_of(row)
        elif not _has_place(row, schemas) or (row.keep == Keep.AUTO and used < line):
            _drop_of(row)
            row.delete()


def _in_the_bin(rows: Collection[ListIndex]) -> set[int]:
    """Ids of those whose field is deleted and may come back: what an administrator decided about
    them is kept as long as its data is."""
    lists = {row.list_id for row in rows}
    fields = Field.objects.filter(list__in=lists).exclude(deleted_at=None)
    columns = {(field.list_id, name) for field in fields for name in SchemaField.of(field).columns}
    return {row.pk for row in rows if (row.list_id, row.column) in columns}


def _has_place(row: ListIndex, schemas: dict[int, Schema]) -> bool:
    """A list in the bin keeps its indexes: it may come back."""
    if row.list.deleted_at is not None:
        return True
    return indexes.is_possible(schemas[row.list_id], Want(row.column, row.kind))


def _drop_of(row: ListIndex) -> None:
    if row.state == State.READY:
        _drop(row.name)
        ListIndex.objects.filter(pk=row.pk).update(state=State.WAITING, built_at=None)


def _drop(name: str) -> None:
    try:
        indexes.drop(name)
        log.info("index_dropped", index=name)
    except DatabaseError as error:  # in a minute once more
        log.warning("index_not_dropped", index=name, error=str(error))


# --- building ---------------------------------------------------------------------------


def _build_waiting() -> int:
    """One after another, the newest wish first, for as long as a task may take."""
    start, built = monotonic(), 0
    touched: set[int] = set()
    while monotonic() < start + BUDGET_S and (row := _next_row()):
        if _build(row, _seconds_left(start)):
            built += 1
            touched.add(row.list_id)
    for list_id in touched:
        _try(lambda pk=list_id: ddl.analyze(pk))  # type: ignore[misc]
    return built


def _seconds_left(start: float) -> float:
    """How long a build may take: what is left of the task that began then."""
    left = settings.CELERY_TASK_SOFT_TIME_LIMIT - SPARE_S - (monotonic() - start)
    return min(indexes.LONGEST_S, left)


def _next_row() -> ListIndex | None:
    waiting = ListIndex.objects.filter(
        state=State.WAITING, retry_at__lte=timezone.now(), list__deleted_at=None
    ).exclude(keep=Keep.BARRED)
    found = list(waiting.order_by("-keep", "-asked_at", "pk").select_related("list"))
    binned = _in_the_bin(found)
    for row in found:
        if row.pk not in binned and (row.keep == Keep.PINNED or _has_room(row)):
            return row
    return None


def _has_room(row: ListIndex) -> bool:
    built = ListIndex.objects.filter(list=row.list_id, state=State.READY).count()
    return built < MOST_OF_A_LIST


def _build(row: ListIndex, seconds: float) -> bool:
    schema = schemas_of([row.list])[row.list_id]
    own = ListIndex.objects.filter(pk=row.pk)
    own.update(state=State.BUILDING)
    start = monotonic()
    try:
        error = _try(lambda: indexes.build(schema, row, seconds=seconds))
    except SoftTimeLimitExceeded as late:
        _cut_off(row.list_id)
        error = late
    if error is None:
        own.update(state=State.READY, attempts=0, error="", built_at=timezone.now())
        log.info("index_built", index=row.name)
        return True
    log.warning("index_not_built", index=row.name, error=str(error))
    _drop(row.name)
    _put_off(row, error, monotonic() - start)
    return False


def _cut_off(list_id: int) -> None:
    """The task's time is over in the middle of a build: its session is left, the build ended."""
    connection.close()
    indexes.give_way(list_id)


def _try(work: Callable[[], None]) -> Exception | None:
    try:
        work()
    except (DatabaseError, ValueError) as error:
        return error
    return None


def _put_off(row: ListIndex, error: Exception, seconds: float) -> None:
    """Once more after 1, 2, 4… minutes. A build that gave way to a change of the list, or waited
    in vain for somebody else's long transaction, has not failed: it begins again later. Nor has
    one that was given less than the whole time."""
    own = ListIndex.objects.filter(pk=row.pk)
    soon = timezone.now() + timedelta(minutes=2**row.attempts)
    if wait := _pause(error, seconds):
        own.update(state=State.WAITING, retry_at=timezone.now() + wait)
    elif row.attempts + 1 < ATTEMPTS:
        tried = F("attempts") + 1
        own.update(state=State.WAITING, retry_at=soon, attempts=tried, error=str(error))
    else:
        own.update(state=State.FAILED, error=str(error))


def _pause(error: Exception, seconds: float) -> timedelta | None:
    """How long to let be what ended through others; None when the build itself failed."""
    reason = getattr(error.__cause__, "sqlstate", "")
    if reason == LOCKED:
        return BLOCKED
    early = seconds < NEARLY * indexes.LONGEST_S
    return GAVE_WAY if reason == CANCELLED and early else None


# --- what an administrator of the list decides ------------------------------------------


def ask_for_index(list_id: int, want: Want, *, actor: Employee) -> ListIndex:
    """Build it whatever the list's size, and keep it. Raises Invalid for what cannot be built."""
    schema = schemas_of([access_list(actor, Right.FULL, list_id)])[list_id]
    if want.kind not in ListIndex.Kind.values or not indexes.is_possible(schema, want):
        raise Invalid({"want": []})
    given = {"keep": Keep.PINNED, "retry_at": timezone.now(), "attempts": 0}
    row, _made = ListIndex.objects.update_or_create(
        list_id=list_id, column=want.column, kind=want.kind, defaults=given
    )
    _again(row)
    return row


def change_index(list_id: int, index_id: int, deed: str, *, actor: Employee) -> ListIndex:
    """One of DEEDS. Raises NotFound for an index of another list or another deed."""
    access_list(actor, Right.FULL, list_id)
    row = ListIndex.objects.filter(list=list_id, pk=index_id).first()
    if row is None or deed not in DEEDS:
        raise NotFound
    row.keep = DEEDS[deed]
    row.save(update_fields=["keep"])
    if deed == "build":
        _again(row)
    wake(TASK)
    return row


#: What a button says → what holds from then on; the keeper does the rest.
DEEDS = {"build": Keep.AUTO, "drop": Keep.BARRED, "pin": Keep.PINNED, "unpin": Keep.AUTO}


def _again(row: ListIndex) -> None:
    """At once, however often it failed before."""
    now = timezone.now()
    own = ListIndex.objects.filter(pk=row.pk)
    own.update(asked_at=now, retry_at=now, attempts=0, error="")
    own.filter(state=State.FAILED).update(state=State.WAITING)
    wake(TASK)
