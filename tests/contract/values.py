"""Values of a field, single or multiple, and hypothesis' settings for tests with a database.

`SVOD_CONTRACT=100` draws a hundred examples of each, other ones each time; usually a few and
always the same, so that a red test stays red until somebody mends it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from lists_core.schema.fields import SchemaField
from tests.contract.samples import SAMPLES

EXAMPLES = int(os.environ.get("SVOD_CONTRACT", "0"))
FIXTURES = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]


def examples(count: int) -> settings:
    """Without shrinking: over a database it takes minutes, and the message tells enough."""
    return settings(
        max_examples=EXAMPLES or count,
        derandomize=not EXAMPLES,
        deadline=None,
        suppress_health_check=FIXTURES,
        database=None,
        phases=(Phase.explicit, Phase.generate),
        print_blob=bool(EXAMPLES),
    )


def outcome(call: Callable[[], Any]) -> Any:
    """What the call gives, or the ValidationError it raises; anything else is a failure."""
    try:
        return call()
    except ValidationError as error:
        return error


def refused(result: Any) -> bool:
    return isinstance(result, ValidationError) and all(map(str, result.messages))


def filled(field: SchemaField) -> st.SearchStrategy[Any]:
    """A value that is not empty."""
    one = SAMPLES[field.field.type].values(field)
    # Different ones: a list of options or of files has each but once.
    many = st.lists(one, min_size=1, max_size=3, unique_by=repr)
    return many.map(lambda items: field.type.arrange(field.field, items)) if field.multiple else one


def values(field: SchemaField) -> st.SearchStrategy[Any]:
    return st.one_of(filled(field), filled(field), filled(field), st.none())
