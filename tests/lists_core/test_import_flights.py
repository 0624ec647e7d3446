"""All 336,776 flights through the page: what the list says is what Python's csv says."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db.models import Sum
from django.test import Client

from lists_core.demo.flights import load_links
from lists_core.filters.tree import parse_filter
from lists_core.models import ElementVersion, Field, Job, List
from lists_core.schema.cache import forget_schemas, schema_of
from lists_core.selectors.elements import ElementQuery, found
from staff.models import Employee
from tests.lists_core.flights_file import ROWS, flights
from tests.lists_core.transfer import run_import, upload

pytestmark = pytest.mark.django_db
Row = dict[str, str]
NUMBERS = ("dep_delay", "arr_delay", "air_time", "distance", "flight")


def number(name: str, fits: Callable[[int], bool]) -> Callable[[Row], bool]:
    return lambda row: row[name] != "NA" and fits(int(row[name]))


FILTERS: list[tuple[list[dict[str, Any]], Callable[[Row], bool]]] = [
    ([{"field": "carrier", "op": "any_of", "value": ["UA"]}], lambda r: r["carrier"] == "UA"),
    ([{"field": "dep_delay", "op": "gt", "value": ["60"]}], number("dep_delay", lambda n: n > 60)),
    ([{"field": "dep_delay", "op": "empty"}], lambda r: r["dep_delay"] == "NA"),
    ([{"field": "distance", "op": "between", "value": ["500", "1000"]}],
     number("distance", lambda n: 500 <= n <= 1000)),
    ([{"field": "origin", "op": "none_of", "value": ["EWR"]}], lambda r: r["origin"] != "EWR"),
    ([{"field": "dest", "op": "any_of", "value": ["IAH", "MIA"]},
      {"field": "air_time", "op": "lte", "value": ["180"]}],
     lambda r: r["dest"] in {"IAH", "MIA"} and r["air_time"] != "NA" and int(r["air_time"]) <= 180),
    ([{"field": "time_hour", "op": "between", "value": ["2013-07-01", "2013-07-31"]}],
     lambda r: "2013-07-01" <= r["time_hour"][:10] <= "2013-07-31"),
    ([{"field": "NAME", "op": "contains", "value": ["1545 ewr"]}],
     lambda r: r["flight"].endswith("1545") and r["origin"] == "EWR"),
    ([{"field": "arr_delay", "op": "lt", "value": ["0"]},
      {"field": "month", "op": "eq", "value": ["12"]}],
     lambda r: r["month"] == "12" and r["arr_delay"] != "NA" and int(r["arr_delay"]) < 0),
    ([{"field": "tailnum", "op": "empty"}], lambda r: r["tailnum"] not in r["planes"]),
]  # fmt: skip


@pytest.fixture
def admin(settings: Any, tmp_path: Path) -> Employee:
    forget_schemas()
    settings.MEDIA_ROOT = tmp_path
    # The dates of a filter are days of the person's zone; the file's are of UTC.
    return Employee.objects.create_superuser("admin", "a@svod.example", "x", time_zone="UTC")


@pytest.fixture
def links(admin: Employee) -> dict[str, List]:
    airlines, airports, planes = load_links(actor=admin)
    return {"carrier": airlines, "origin": airports, "dest": airports, "tailnum": planes}


def test_every_flight_lands_as_it_stands_in_the_file(
    client: Client, admin: Employee, links: dict[str, List], settings: Any
) -> None:
    settings.TIME_ZONE = "UTC"
    client.force_login(admin)
    content = flights()
    job = landed(client, content, links)
    assert (job.result["created"], job.result["failed"]) == (ROWS, 0)
    rows = list(csv.DictReader(io.StringIO(content.decode())))
    planes = ids(links["tailnum"], admin, "name")
    for row in rows:
        row["planes"] = planes  # type: ignore[assignment]
    compare_sums(job.list, admin, rows)
    codes = {
        "carrier": ids(links["carrier"], admin, "CODE"),
        "dest": ids(links["dest"], admin, "CODE"),
        "origin": ids(links["origin"], admin, "CODE"),
    }
    for conditions, fits in FILTERS:
        assert count(job.list, admin, conditions, codes) == sum(map(fits, rows)), conditions
    # Not by a join: what earlier tests left in the statistics has it look at all for each.
    assert ElementVersion.objects.filter(list=job.list).count() == ROWS


def landed(client: Client, content: bytes, links: dict[str, List]) -> Job:
    """The job of an import into a new list, with three link columns and a composed name."""
    url = upload(client, None, content, "Рейсы.csv")
    headings = client.get(url).context["draft"].headings
    changes: dict[str, Any] = {"name_pattern": "{carrier} {flight} {origin}→{dest}"}
    for name, list_ in links.items():
        place = headings.index(name)
        changes |= {f"target_{place}": f"new:element:{list_.pk}", f"lenient_{place}": "on"}
    job = run_import(client, url, **changes)
    assert job.state == Job.State.DONE, job.error
    return job


def ids(list_: List, admin: Employee, code: str) -> dict[str, int]:
    """Key → element id."""
    schema = schema_of(list_)
    column = "name" if code == "name" else schema[code].main_column
    return dict(schema.model.objects.values_list(column, "pk"))


def compare_sums(list_: List, admin: Employee, rows: list[Row]) -> None:
    columns = {name: field_of(list_, name).column for name in NUMBERS}
    model = schema_of(list_).model
    sums = model.objects.aggregate(**{name: Sum(column) for name, column in columns.items()})
    for name in NUMBERS:
        assert sums[name] == sum(Decimal(row[name]) for row in rows if row[name] != "NA"), name
    assert model.objects.count() == len(rows)


def field_of(list_: List, name: str) -> Field:
    return list_.fields.get(name=name)


def count(
    list_: List, admin: Employee, conditions: list[dict[str, Any]], codes: dict[str, dict[str, int]]
) -> int:
    """How many elements a filter finds; its fields are given by the file's headings."""
    asked = []
    for condition in conditions:
        name = condition["field"]
        known = codes.get(name, {})
        values = [str(known.get(value, value)) for value in condition.get("value", [])]
        code = name if name == "NAME" else field_of(list_, name).code
        asked.append({**condition, "field": code, "value": values})
    schema = schema_of(list_)
    tree = parse_filter(json.dumps({"and": asked}), schema)
    return int(found(schema, ElementQuery(filter=tree), actor=admin).count())
