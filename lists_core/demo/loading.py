"""How the demo's lists are described and loaded: by the services of people's own work."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import transaction

from lists_core.field_types.base import field_types
from lists_core.models import List
from lists_core.services.fields import create_field
from lists_core.services.imports_batch import Importer
from lists_core.services.lists import create_list
from lists_core.services.sections import create_section
from lists_core.transfer.spec import ColumnSpec, ImportSpec
from lists_core.transfer.tables import Layout
from staff.models import Employee

DATA = Path(__file__).parent / "data"
BATCH = 5_000
EMPTY = ("NA",)
Row = Mapping[str, str]


class DemoError(Exception):
    """The demo's own data do not fit its lists: a fault of the program."""


@dataclass(frozen=True)
class DemoField:
    """A field and what `create_field` takes for it."""

    code: str
    type: str
    name: str
    settings: dict[str, Any] = field(default_factory=dict)
    given: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        unknown = self.settings.keys() - field_types.get(self.type).SettingsForm.base_fields.keys()
        if unknown:
            raise DemoError(f"{self.code}: {self.type} has no settings {unknown}")


@dataclass(frozen=True)
class DemoList:
    """A list and its elements. `rows` map the codes of fields to texts as an import takes them."""

    code: str
    settings: dict[str, Any]
    fields: Sequence[DemoField]
    rows: Iterable[Row]
    sections: Sequence[str] = ()
    #: What all employees may do in it, a slug of ROLES.
    everyone: str = "edit"


def load_list(demo: DemoList, *, actor: Employee) -> List:
    """The list of this code, made with all its elements unless it is there already."""
    present = List.objects.filter(code=demo.code).first()
    if present:
        return present
    with transaction.atomic():
        list_ = create_list(
            actor=actor,
            everyone=demo.everyone,
            code=demo.code,
            has_sections=bool(demo.sections),
            **demo.settings,
        )
        for name in demo.sections:
            create_section(list_.pk, actor=actor, name=name)
        for place, entry in enumerate(demo.fields, start=1):
            create_field(
                list_.pk,
                entry.type,
                actor=actor,
                code=entry.code,
                name=entry.name,
                settings=entry.settings,
                sort=place * 10,
                **entry.given,
            )
        if demo.rows:
            _land(demo, list_, actor)
    return List.objects.get(pk=list_.pk)


def _land(demo: DemoList, list_: List, actor: Employee) -> None:
    rows = iter(demo.rows)
    batch = list(islice(rows, BATCH))
    codes = tuple(batch[0])
    spec = ImportSpec(
        file_id=0,
        layout=Layout(),
        headings=codes,
        columns=tuple(ColumnSpec(index, code) for index, code in enumerate(codes)),
        empty=EMPTY,
    )
    importer = Importer(spec, list_.pk, actor=actor)
    while batch:
        lines = [(number, list(row.values())) for number, row in enumerate(batch, start=1)]
        outcome = importer.land(lines)
        if outcome.errors:
            raise DemoError(f"{demo.code}: {outcome.errors[:5]}")
        batch = list(islice(rows, BATCH))


def table(name: str) -> Iterator[dict[str, str]]:
    """The rows of a data file by heading."""
    path = DATA / name
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def options(**tones: str) -> dict[str, Any]:
    """Settings of a choice: the names of its options with their colours, in order."""
    rows = [
        {"id": None, "name": name, "color": tone, "is_default": False}
        for name, tone in tones.items()
    ]
    return {"look": "select", "options": rows}
