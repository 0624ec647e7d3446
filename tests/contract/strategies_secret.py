"""Secret: any text that can be stored; what of it shows is the mask."""

from __future__ import annotations

from hypothesis import strategies as st

from lists_core.schema.fields import SchemaField
from tests.contract.samples import Sample, register

TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30)


def secrets(field: SchemaField) -> st.SearchStrategy[object]:
    return TEXT.filter(lambda text: text.strip() and "•" not in text).map(field.clean)


register(
    Sample(
        "secret",
        values=secrets,
        bad_texts=("••••••••", "x" * 4001),
        bad_json=(5, True, {"a": 1}, "••••••••"),
        free_text=True,
    )
)
