"""The sample of the field that names open lines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from openlines.models import Line
from staff.models import Employee
from tests.contract.oracles import choices
from tests.contract.samples import Sample, register
from tests.contract.strategies_links import BAD_JSON, BAD_TEXTS, NAMES, existing


def lines(actor: Employee) -> Mapping[str, Any]:
    for name in NAMES:
        Line.objects.create(name=name)
    return {}


register(
    Sample(
        "chat_line",
        values=existing(lambda field: Line.objects.values_list("pk", flat=True)),
        prepare=lines,
        bad_texts=BAD_TEXTS,
        bad_json=BAD_JSON,
        asks=choices(),
    )
)
