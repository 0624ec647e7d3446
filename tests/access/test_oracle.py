"""Every reading selector gives every person what the access oracle says, in drawn worlds."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings

from lists_core.schema.cache import forget_schemas
from tests.access import adapters, oracle
from tests.access.look import differences, lookers
from tests.access.worlds import Prepared, World, build, prepare, worlds

pytestmark = pytest.mark.django_db
EXAMPLES = int(os.environ.get("SVOD_ORACLE", "0"))


def examples(usual: int) -> settings:
    return settings(
        max_examples=EXAMPLES or usual,
        deadline=None,
        derandomize=not EXAMPLES,
        suppress_health_check=list(HealthCheck),
    )


@pytest.fixture
def prepared(db, tmp_path, settings) -> Prepared:
    settings.MEDIA_ROOT = tmp_path
    return prepare()


@examples(15)
@given(world=worlds())
def test_reading(prepared: Prepared, world: World) -> None:
    try:
        with transaction.atomic():
            found = differences(build(world, prepared), lookers(world), adapters.READING)
            transaction.set_rollback(True)
    finally:
        forget_schemas()
    assert not found, "\n".join([*found, repr(world)])


def test_the_oracle_is_short() -> None:
    lines = Path(oracle.__file__).read_text().splitlines()
    assert sum(1 for line in lines if line.strip()) <= 120
