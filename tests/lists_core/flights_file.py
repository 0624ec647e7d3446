"""The 336,776 flights: the real file where there is one, else one of the same shape."""

from __future__ import annotations

import csv
import io
import os
import random
import zipfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

from lists_core.demo.loading import table
from lists_core.field_types.base import field_types
from lists_core.models import List, StoredFile
from lists_core.transfer.draft import Draft
from lists_core.transfer.forms import default_settings
from lists_core.transfer.spec import ColumnSpec, ImportSpec, NewField
from lists_core.transfer.tables import detect_layout

ROWS = 336_776
SHARED = Path(__file__).resolve().parents[3] / "shared/data/flights/flights.csv.zip"
HEADINGS = """year month day dep_time sched_dep_time dep_delay arr_time sched_arr_time arr_delay
carrier flight tailnum origin dest air_time distance hour minute time_hour""".split()  # noqa: SIM905


def flights(rows: int = 0) -> bytes:
    """The CSV file: `SVOD_FLIGHTS` names it, or it lies beside the repository, or it is made.

    With `rows` the first so many of the made one.
    """
    if rows:
        return _made(rows)
    path = Path(os.environ.get("SVOD_FLIGHTS", SHARED))
    if not path.exists():
        return _made()
    if path.suffix != ".zip":
        return path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        return archive.read("flights.csv")


def flights_spec(file: StoredFile, links: Mapping[str, List]) -> ImportSpec:
    """The import of the file with its guessed types; `links` are lists by the columns that point
    into them, where unknown names are left empty."""
    layout = detect_layout(file)
    draft = Draft(file, layout, ("NA",))
    columns = []
    for place, name in enumerate(draft.headings):
        guessed = draft.guesses[place]
        slug = "element" if name in links else guessed.type
        settings = default_settings(field_types.get(slug))
        settings |= {"list": links[name].pk} if name in links else guessed.settings
        new = NewField(slug, name, settings)
        columns.append(ColumnSpec(place, new=new, lenient=name in links))
    pattern = "{carrier} {flight} {origin}→{dest}"
    return ImportSpec(
        file.pk, layout, draft.headings, tuple(columns), empty=("NA",), name_pattern=pattern
    )


def _made(rows: int = ROWS) -> bytes:
    """The same file every time, with missing values, unknown planes and unknown airports."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADINGS)
    writer.writerows(islice(_rows(random.Random(2013)), rows))
    return text.getvalue().encode()


def _rows(chance: random.Random) -> Iterator[list[object]]:
    carriers = [row["carrier"] for row in table("airlines.csv.gz")]
    planes = [row["tailnum"] for row in table("planes.csv.gz")] + ["N0UNKNOWN", "NA"] * 300
    airports = ["BQN", "SJU", *[row["faa"] for row in table("airports.csv.gz")][:105]]
    start = datetime(2013, 1, 1, 10, tzinfo=UTC)
    for number in range(ROWS):
        hour = start + timedelta(minutes=number * 1.56)
        delay = "NA" if chance.random() < 0.025 else max(-43, int(chance.gauss(12, 40)))
        cancelled = delay == "NA"
        at = hour.hour * 100 + chance.randrange(60)
        yield [
            2013, hour.month, hour.day, "NA" if cancelled else at, at, delay,
            "NA" if cancelled else at, at, "NA" if cancelled else delay - 5,
            chance.choice(carriers), chance.randrange(1, 8500), chance.choice(planes),
            chance.choice(["EWR", "LGA", "JFK"]), chance.choice(airports),
            "NA" if cancelled else chance.randrange(20, 695), chance.randrange(80, 4983),
            hour.hour, chance.randrange(60), f"{hour:%Y-%m-%dT%H}:00:00Z",
        ]  # fmt: skip
