"""Export and import again, through files: every type's values come back as they were."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lists_core.models import Job, StoredFile
from lists_core.selectors.elements import elements
from lists_core.services.exports import start_export
from lists_core.services.imports import start_import
from lists_core.services.jobs import run_job
from lists_core.transfer.spec import ColumnSpec, ImportSpec, headings_of
from lists_core.transfer.tables import detect_layout, sample
from tests.contract.conftest import World
from tests.contract.test_texts import text_of
from tests.contract.values import examples, filled


@pytest.fixture(autouse=True)
def own_files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def done(job: Job) -> Job:
    run_job(job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.DONE, job.error
    return job


def exported(world: World, **options: Any) -> StoredFile:
    job = done(start_export(world.list, {}, actor=world.actor, columns="all", **options))
    assert job.file is not None
    return job.file


def imported(world: World, file: StoredFile, codes: list[str]) -> Job:
    """Every row again as a new element, each column into the field it came from."""
    layout = detect_layout(file)
    headings = headings_of(sample(file, layout), layout)
    names = {field.name: field.code for field in world.schema.all_fields}
    columns = [
        ColumnSpec(index, names[heading])
        for index, heading in enumerate(headings)
        if names[heading] in codes
    ]
    spec = ImportSpec(file.pk, layout, headings, tuple(columns))
    return done(start_import(world.list, spec, actor=world.actor))


@pytest.mark.parametrize(
    "options", [{"format": "csv", "separator": ","}, {"format": "csv"}, {"format": "xlsx"}], ids=str
)
@given(data=st.data())
@examples(2)
def test_a_table_comes_back_as_it_was(
    world: World, options: dict[str, Any], data: st.DataObject
) -> None:
    fields = [field for field in world.open_fields if field.type.importable]
    # Drawn before anything is done: what fails later is then told as what it is.
    drawn = [[data.draw(filled(field)) for _place in range(6)] for field in fields]
    world.schema.model.objects.all().delete()
    for field, values in zip(fields, drawn, strict=True):
        plain = [value for value in values if not _has_separator(world, field, value)]
        world.fill(plain, field)
    before = list(elements(world.schema, world.actor).order_by("pk"))
    job = imported(world, exported(world, **options), ["NAME", *(field.code for field in fields)])
    assert job.result["failed"] == 0, job.result["errors"]
    after = elements(world.schema, world.actor).order_by("pk")[len(before) :]
    known = world.sample.in_text
    for field in fields:
        was = [_plain(field, field.read(row), known) for row in reversed(before)]
        got = [_plain(field, field.read(row), known) for row in after]
        assert got == was


def _plain(field: Any, value: Any, known: Any) -> list[Any]:
    return [known(item) for item in field.items(value)]


def _has_separator(world: World, field: Any, value: Any) -> bool:
    return field.multiple and any(";" in text_of(world, world.one, item) for item in value)
