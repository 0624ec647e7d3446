"""Reading a page in bounded time, however few of a list's elements a person may see.

PostgreSQL likes to walk the index of the sort and to ask each row whether it is visible. Where
hardly any is, or all lie at the far end of the sort, a page of a million elements takes seconds
that way (benchmarks/RESULTS.md). Behind the fence the same query, with the same predicate, may
not walk an index: it collects what is visible by bitmaps of indexes and sorts that.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from time import monotonic
from typing import Any, TypeVar

from django.db import OperationalError, connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from lists_core.access import Right, list_rights
from lists_core.schema.compile import Schema
from staff.models import Employee
from svod.base.errors import DomainError

#: In the planner's units: behind the fence such a query takes some 20 ms on quiet cores.
CHEAP = 12_000
#: A walk this short in the planner's eyes would meet every thirtieth row or more often: then so
#: much is visible that the fence is never cheap, and its plan need not be looked at.
SHORT = 100
#: How long a walk may take: several times what it does when nothing lies at its far end.
PATIENCE_MS, PATIENCE_BY_COST = 15, 0.06
WALKS = {"Index Scan", "Index Only Scan"}
#: What may stand in a plan above a walk that is not read to its end.
ABOVE = {"Limit", "Gather", "Gather Merge", "Incremental Sort", "Result", "Subquery Scan"}
CANCELLED = "57014"
Result = TypeVar("Result")
NO_WALKS = """
    SELECT set_config('enable_indexscan', 'off', true),
        set_config('enable_indexonlyscan', 'off', true)
"""
#: The limit of a statement within another one's: the smaller holds. 0 is without one.
SHORTEN = """
    SELECT set_config('jit', 'off', true), set_config('statement_timeout', round(least(%s::numeric,
        nullif(1000 * extract(epoch FROM current_setting('statement_timeout')::interval), 0)
    ))::text, true)
"""
#: Several quick statements need not be told of each millisecond.
NOTICEABLE = 0.9
LOWER = "SELECT set_config('statement_timeout', %s, true)"
SAVEPOINTS = ("SAVEPOINT", "RELEASE", "ROLLBACK")


def bounded(rows: QuerySet[Any], schema: Schema, actor: Employee) -> list[Any]:
    """The rows of a sorted and sliced query over the actor's elements of the list.

    Who sees every section of the list pays nothing for the guard, others a look at the plan.
    """
    plan = None if _sees_all_sections(actor, schema) else _plan(rows)
    if plan is None or not _is_walk(plan):
        return list(rows)
    if plan["Total Cost"] > SHORT:
        with fenced():
            if _plan(rows)["Total Cost"] <= CHEAP:
                return list(rows.all())
    patience = PATIENCE_MS + PATIENCE_BY_COST * plan["Total Cost"]
    known = in_time(lambda: list(rows.all()), patience)
    if known is not None:
        return known
    with fenced():
        return list(rows.all())


def in_time(read: Callable[[], Result], milliseconds: float) -> Result | None:
    """What `read` finds, or None when the database needs longer than that for all its statements.

    Inside another `in_time` and inside `together` the shorter of both limits holds.
    """
    above = _clock.get()
    clock = _Clock(milliseconds, above)
    if above and above.left <= 0:
        return None
    try:
        # PostgreSQL compiles nothing for a statement that is to be short.
        with _set_by(SHORTEN, [max(clock.limit, 1)]), _by(clock), connection.execute_wrapper(clock):
            return read()
    except _OutOfTime:
        return None
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") != CANCELLED:
            raise
    return None


@contextmanager
def together(milliseconds: float) -> Iterator[None]:
    """Whatever is read by `in_time` in here shares that much time: the next has what is left."""
    with _by(_Clock(milliseconds, _clock.get())):
        yield


class _Clock:
    """The time that several statements share; `limit` is what the database was last told."""

    def __init__(self, milliseconds: float, above: _Clock | None) -> None:
        self.limit = min(milliseconds, above.left) if above else milliseconds
        self.ends = monotonic() + self.limit / 1000

    @property
    def left(self) -> float:
        return 1000 * (self.ends - monotonic())

    def __call__(
        self, execute: Callable[..., Any], sql: Any, params: Any, many: Any, context: Any
    ) -> Any:
        """Around each statement: the first has its limit, a later one what is left of it."""
        if _clock.get() is self and not _is_of_savepoint(sql):
            self._lower()
        return execute(sql, params, many, context)

    def _lower(self) -> None:
        left = self.left
        if left <= 0:
            raise _OutOfTime
        if left < NOTICEABLE * self.limit:
            # Through the driver: the wrapper must not meet its own statement.
            connection.connection.execute(LOWER, [f"{max(left, 1):.0f}"])
            self.limit = left


class _OutOfTime(Exception):  # never leaves this module
    """The statements before have taken all the time."""


def _is_of_savepoint(sql: Any) -> bool:
    return isinstance(sql, str) and sql.startswith(SAVEPOINTS)


_clock: ContextVar[_Clock | None] = ContextVar("clock", default=None)


@contextmanager
def _by(clock: _Clock) -> Iterator[None]:
    token = _clock.set(clock)
    try:
        yield
    finally:
        _clock.reset(token)


@contextmanager
def fenced() -> Iterator[None]:
    """No walks along an index in here; bitmaps of indexes and scans of the table remain."""
    with _set_by(NO_WALKS):
        yield


@contextmanager
def _set_by(statement: str, given: Sequence[Any] = ()) -> Iterator[None]:
    """Settings of PostgreSQL for the reads in here; a write in here would be rolled back."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, given)
        yield
        # A setting outlives a savepoint that is released, but not one that is rolled back.
        transaction.set_rollback(True)


def _sees_all_sections(actor: Employee, schema: Schema) -> bool:
    """Whether only single restricted elements can be hidden from the actor."""
    if not actor.is_active:
        return True
    rights = list_rights(actor, schema.list_id)
    return all(Right.VIEW in place.on_all for place in rights.places)


def _plan(rows: QuerySet[Any]) -> dict[str, Any]:
    text = rows.explain(format="json")
    if not text:  # Django knows without asking that nothing can be found
        return {"Node Type": "Result", "Total Cost": 0}
    plan: dict[str, Any] = json.loads(text)[0]["Plan"]
    return plan


def expected(rows: QuerySet[Any]) -> float:
    """About how many rows the query finds, by the planner's statistics."""
    return float(_plan(rows.order_by()).get("Plan Rows", 0))


def _is_walk(plan: dict[str, Any]) -> bool:
    """Whether the planner means to read an index until enough rows of it have fitted."""
    while plan["Node Type"] in ABOVE and plan.get("Plans"):
        plan = plan["Plans"][0]
    return plan["Node Type"] in WALKS


class TooSlow(DomainError):
    """A read took longer than it may; nothing is wrong with it but the number of rows."""

    code = "too_slow"
    message = _("There are too many elements for this question. Narrow the filter.")
