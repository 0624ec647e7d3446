"""The same files in every storage: on the disk (the default), in memory, behind S3's protocol.

What a browser gets comes through the portal and its checks, whichever storage holds the bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from lists_core.models import DiskFile, StoredFile
from lists_core.selectors.files import RELEASED_LIFE
from lists_core.sent_files import text_of
from lists_core.services import disk, disk_files
from lists_core.services.disk_bin import purge_item
from lists_core.services.files import delete_orphans
from staff.models import Employee
from tests.lists_core.fake_s3 import fake_s3
from tests.lists_core.file_samples import browser, picture, upload

pytestmark = pytest.mark.django_db
FILES = "django.core.files.storage.FileSystemStorage"
MEMORY = "django.core.files.storage.InMemoryStorage"
S3 = "storages.backends.s3.S3Storage"


def use(settings: Any, backend: str, **options: Any) -> None:
    default = {"BACKEND": backend, "OPTIONS": options}
    settings.STORAGES = {**settings.STORAGES, "default": default}


@pytest.fixture(params=[FILES, MEMORY, S3], ids=["disk", "memory", "s3"])
def storage(request: Any, settings: Any, tmp_path: Path, monkeypatch: Any) -> Iterator[None]:
    if request.param != S3:
        use(settings, request.param, **({"location": tmp_path} if request.param == FILES else {}))
        yield
        return
    with fake_s3() as (address, _objects):
        keys = {"access_key": "key", "secret_key": "secret", "region_name": "us-east-1"}
        use(settings, S3, bucket_name="svod", endpoint_url=address, **keys)
        yield


@pytest.fixture
def anna() -> Employee:
    return Employee.objects.create_superuser("anna", "anna@svod.example", "x", last_name="Анна")


@pytest.mark.usefixtures("storage")
def test_a_file_lives_in_every_storage(anna: Employee) -> None:
    file = disk_files.add_file(upload("заметка.txt", "первая".encode()), folder_id=None, actor=anna)
    disk_files.add_version(file.pk, upload("заметка.txt", "вторая".encode()), actor=anna)
    shown = disk_files.add_file(upload("вид.png", picture()), folder_id=None, actor=anna)
    web = browser(anna)
    got = web.get(file.content_url)
    assert got.body.decode() == "вторая"
    assert got["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert got["X-Content-Type-Options"] == "nosniff"
    assert got["Content-Disposition"].startswith("attachment;")
    assert "location" not in got.headers
    old = file.versions.get(number=1).file
    assert web.get(old.get_absolute_url()).body.decode() == "первая"
    assert text_of(old) == {"text": "первая", "cut": False}
    assert web.get(shown.current.thumbnail_url)["Content-Type"] == "image/webp"
    gone(anna, shown, web)


def gone(anna: Employee, file: DiskFile, web: Any) -> None:
    """Deleted for ever, its bytes go when their time is up; lost bytes are told as missing."""
    stored = file.current
    kept = [stored.content.name, stored.thumbnail.name]
    assert all(map(default_storage.exists, kept))
    disk.delete_item("file", file.pk, actor=anna)
    purge_item("file", file.pk, actor=anna)
    assert all(map(default_storage.exists, kept)), "not before its time"
    past = timezone.now() - RELEASED_LIFE - timedelta(days=1)
    StoredFile.objects.filter(pk=stored.pk).update(released_at=past, uploaded_at=past)
    assert delete_orphans() == 1
    assert not any(map(default_storage.exists, kept))
    lost = DiskFile.objects.get().current
    default_storage.delete(lost.content.name)
    assert web.get(DiskFile.objects.get().content_url).status_code == 404
