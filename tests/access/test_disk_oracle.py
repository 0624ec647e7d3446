"""The Disk gives every person what `oracle_disk` says: in drawn worlds and in one made by hand."""

from __future__ import annotations

import os

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings

from lists_core.models import DiskFile
from lists_core.services import disk_copies
from tests.access import adapters_disk
from tests.access.adapters_disk import DISK, all_disk_pages, disk_differences, disk_pages
from tests.access.oracle_disk import DiskWorld
from tests.access.plant_leaks import ROOT
from tests.access.planted_disk import PLANTED_DISK
from tests.access.worlds_disk import build_disk, canary, disks, small_disk

pytestmark = pytest.mark.django_db
EXAMPLES = int(os.environ.get("SVOD_ORACLE", "0"))
DRAWN = settings(
    max_examples=EXAMPLES or 6,
    deadline=None,
    derandomize=not EXAMPLES,
    database=None,
    phases=[Phase.generate] + ([Phase.shrink] if EXAMPLES else []),
    suppress_health_check=list(HealthCheck),
)


@DRAWN
@given(world=disks())
def test_drawn_disks(db: None, world: DiskWorld) -> None:
    with transaction.atomic():
        looking = [number for number, row in world.people.items() if row.get("looks")]
        found = disk_differences(build_disk(world), looking, DISK)
        transaction.set_rollback(True)
    assert not found, "\n".join([*found, repr(world)])


def first_difference() -> str:
    """The first adapter that tells on the small Disk; "" when all are silent. The pages, which
    are slow, are opened by one person, who sees a part of most things; with SVOD_ORACLE by all,
    about everything."""
    pages = all_disk_pages if EXAMPLES else disk_pages
    with transaction.atomic():
        built = build_disk(small_disk())
        for adapter in [*DISK, pages, copies]:
            people = [5] if adapter is disk_pages else built.world.people
            found = disk_differences(built, people, [adapter])
            if found:
                transaction.set_rollback(True)
                return found[0]
        transaction.set_rollback(True)
    return ""


def copies(look: adapters_disk.DiskLook) -> None:
    """A copy of a folder holds what its maker saw in the folder, and no more."""
    if not look.actor.is_active or look.person != 3:
        return
    with transaction.atomic():
        made = disk_copies.copy_item(
            "folder", look.built.folders[1].pk, folder_id=look.built.folders[2].pk,
            actor=look.actor,
        )  # fmt: skip
        inside = DiskFile.objects.filter(folder__in=made.descendants(include_self=True))
        names = set(inside.values_list("name", flat=True))
        transaction.set_rollback(True)
    look.same("a copy holds", names, {canary("file", n) for n in (2, 3, 6)})


def test_everything_on_the_small_disk() -> None:
    assert not first_difference()


def test_the_planted_leaks_can_still_be_planted() -> None:
    for name, file, old, new in PLANTED_DISK:
        assert (ROOT / file).read_text().count(old) == 1, name
        assert old != new
