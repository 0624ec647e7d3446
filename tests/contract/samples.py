"""What the contract tests know of a field type: its values, its bad inputs, its oracle.

A type gives one `Sample`, in a module `strategies_<area>.py` of this folder:

    register(Sample("phone", values=lambda field: …, bad_texts=("abc",), …))

`asks` is the oracle: operator slug → Ask. It is written here from what the operator means,
never from the product's code. `empty` and `not_empty` need none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from lists_core.schema.fields import SchemaField
from staff.models import Employee

Values = Callable[[SchemaField], st.SearchStrategy[Any]]


@dataclass(frozen=True)
class Ask:
    """One operator's oracle.

    `texts(value)` is a strategy of the texts that a filter's inputs send; it is given a value
    that stands in the list, so that answers are not all empty. `fits(value, texts)` tells
    whether ONE value answers. A `negated` operator holds where no value fits, empty included.
    """

    texts: Callable[[Any], st.SearchStrategy[list[str]]]
    fits: Callable[[Any, list[str]], bool]
    negated: bool = False

    def holds(self, items: list[Any], texts: list[str]) -> bool:
        return any(self.fits(item, texts) for item in items) is not self.negated


@dataclass(frozen=True)
class Sample:
    """`settings` are those of the field under test; `prepare(actor)` may add what they refer to
    (ids of a list, …) and returns settings. `settings_post` is what the settings form gets."""

    slug: str
    values: Values
    bad_texts: tuple[str, ...] = ()
    bad_json: tuple[Any, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    settings_post: Mapping[str, Any] = field(default_factory=dict)
    prepare: Callable[[Employee], Mapping[str, Any]] = lambda actor: {}
    asks: Mapping[str, Ask] = field(default_factory=dict)
    #: A value → what a sorted list is ordered by; None for types that do not sort.
    sort_key: Callable[[SchemaField, Any], Any] | None = None
    #: What of a value must survive the way through a text.
    in_text: Callable[[Any], Any] = lambda value: value
    #: People type free text into it: the XSS corpus goes in.
    free_text: bool = False


SAMPLES: dict[str, Sample] = {}


def register(sample: Sample) -> None:
    assert sample.slug not in SAMPLES, f"{sample.slug} has two samples"
    SAMPLES[sample.slug] = sample


def load() -> None:
    for path in sorted(Path(__file__).parent.glob("strategies_*.py")):
        import_module(f"tests.contract.{path.stem}")
