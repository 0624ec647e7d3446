"""The sample of secrets: a value is a fresh `Sealed` of some words."""

from __future__ import annotations

from hypothesis import strategies as st

from lists_core.field_types.secret import MASK, seal
from lists_core.schema.fields import SchemaField
from tests.contract.samples import Sample, register
from tests.contract.strategies_types import TEXTS


def secrets(field: SchemaField) -> st.SearchStrategy[object]:
    return TEXTS.map(lambda text: seal(field.field, text))


register(
    Sample(
        "secret",
        values=secrets,
        bad_texts=(MASK, "•", "x" * 4097, "ж" * 2049, "a\x00b"),
        bad_json=(MASK, 1, True, ["a"], {"a": 1}, "a\ud800", "x" * 5000),
    )
)
