"""Plant each leak of planted_disk.py and see the Disk's oracle turn red; see plant_leaks.py."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.access.plant_leaks import planted
from tests.access.planted_disk import PLANTED_DISK
from tests.access.test_disk_oracle import first_difference

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(0)]


@pytest.mark.parametrize("leak", PLANTED_DISK, ids=lambda leak: leak[0])
def test_it_is_caught(leak: tuple[str, str, str, str], tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    name, *change = leak
    with planted(*change):
        red = first_difference()
    print(f"\n| {name} | {red or 'NOT CAUGHT'} |")
    assert red
