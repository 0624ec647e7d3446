"""The Disk's quotas, bin, copies, history and previews."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from lists_core.models import DiskFile, DiskFolder, StoredFile
from lists_core.selectors import disk as selectors
from lists_core.selectors.disk_history import history_of
from lists_core.selectors.disk_quota import person_room, portal_room
from lists_core.services import disk, disk_bin, disk_copies, disk_files
from lists_core.services.disk_bin import empty_disk_bin, purge_item
from lists_core.services.disk_quota import QuotaFull
from staff.models import Employee
from svod.base.errors import Forbidden, NotFound
from tests.lists_core.file_samples import browser, upload

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def storage(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def person(login: str) -> Employee:
    return Employee.objects.create_user(login, f"{login}@svod.example", "x", last_name=login)


@pytest.fixture
def anna() -> Employee:
    return person("anna")


@pytest.fixture
def boris() -> Employee:
    return person("boris")


def put(actor: Employee, name: str, size: int = 10, folder: DiskFolder | None = None) -> DiskFile:
    place = folder.pk if folder else None
    return disk_files.add_file(upload(name, b"x" * size), folder_id=place, actor=actor)


# --- room ---------------------------------------------------------------------------------


def test_versions_and_the_bin_count_and_the_quota_refuses_in_words(
    anna: Employee, boris: Employee, settings: Any
) -> None:
    settings.DISK_PERSON_QUOTA_BYTES, settings.DISK_QUOTA_BYTES = 100, 150
    file = put(anna, "a.txt", 40)
    disk_files.add_version(file.pk, upload("a.txt", b"y" * 40), actor=anna)
    disk_files.restore_version(file.pk, 1, actor=anna)
    disk_copies.copy_item("file", file.pk, folder_id=None, actor=anna)
    assert (person_room(anna).used, portal_room().used) == (80, 80), "restored and copied: no room"
    disk.delete_item("file", file.pk, actor=anna)
    sent = {"file": upload("b.txt", b"z" * 30)}
    answer = browser(anna).post(reverse("disk_upload"), sent)
    assert answer.status_code == 413
    assert "вы заняли 80" in answer.json()["error"]
    assert StoredFile.objects.count() == 2, "nothing is kept of what is refused"
    with pytest.raises(QuotaFull):
        disk_files.add_version(put(boris, "c.txt", 60).pk, upload("c.txt", b"z" * 30), actor=boris)
    shown = browser(anna).get(reverse("disk_room")).content.decode()
    assert "<meter" in shown
    assert "Ваши файлы: 80" in shown


# --- the bin ------------------------------------------------------------------------------


def test_what_is_deleted_for_ever_is_gone_with_its_versions(
    anna: Employee, boris: Employee
) -> None:
    folder = disk.create_folder("Старое", parent_id=None, actor=anna)
    file = put(anna, "a.txt", folder=folder)
    disk.delete_item("folder", folder.pk, actor=boris)
    with pytest.raises(Forbidden):
        purge_item("folder", folder.pk, actor=boris)
    page = browser(boris).get(reverse("disk_bin")).content.decode()
    assert "Старое" in page
    assert reverse("disk_purge", args=["folder", folder.pk]) not in page
    purge_item("folder", folder.pk, actor=anna)
    assert not DiskFile.objects.exists()
    assert not DiskFolder.objects.exists()
    assert StoredFile.objects.get(pk=file.current_id).released_at is not None
    with pytest.raises(NotFound):
        purge_item("folder", folder.pk, actor=anna)


def test_the_bin_empties_itself_when_the_time_is_up(anna: Employee, settings: Any) -> None:
    folder = disk.create_folder("Старое", parent_id=None, actor=anna)
    put(anna, "a.txt", folder=folder)
    kept = put(anna, "b.txt")
    disk.delete_item("folder", folder.pk, actor=anna)
    disk.delete_item("file", kept.pk, actor=anna)
    past = timezone.now() - timedelta(days=settings.DISK_BIN_DAYS, hours=1)
    DiskFolder.objects.update(deleted_at=past)
    DiskFile.objects.filter(folder=folder).update(deleted_at=past)
    settings.DISK_BIN_DAYS = 0
    assert empty_disk_bin() == 0
    settings.DISK_BIN_DAYS = 30
    assert empty_disk_bin() == 1
    assert list(DiskFile.objects.values_list("name", flat=True)) == ["b.txt"]
    assert not DiskFolder.objects.exists()


def test_what_is_restored_meanwhile_is_not_emptied(
    anna: Employee, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = disk.create_folder("Старое", parent_id=None, actor=anna)
    put(anna, "a.txt", folder=folder)
    disk.delete_item("folder", folder.pk, actor=anna)
    past = timezone.now() - timedelta(days=settings.DISK_BIN_DAYS, hours=1)
    DiskFolder.objects.update(deleted_at=past)
    DiskFile.objects.update(deleted_at=past)

    def somebody_was_first() -> None:
        monkeypatch.undo()
        disk.restore_item("folder", folder.pk, actor=anna)

    monkeypatch.setattr(disk_bin, "lock_disk", somebody_was_first)
    assert empty_disk_bin() == 0
    assert [file.name for file in selectors.files_in(anna, folder)] == ["a.txt"]


# --- copies, history, previews ------------------------------------------------------------


def test_a_folder_is_copied_with_what_is_in_it(anna: Employee, boris: Employee) -> None:
    papers = disk.create_folder("Договоры", parent_id=None, actor=anna)
    year = disk.create_folder("2026", parent_id=papers.pk, actor=anna)
    put(anna, "a.txt", folder=year)
    copy = disk_copies.copy_item("folder", papers.pk, folder_id=papers.pk, actor=boris)
    again = disk_copies.copy_item("folder", papers.pk, folder_id=None, actor=boris)
    assert (copy.name, again.name) == ("Договоры", "Договоры (2)")
    inner = again.children.get(name="2026")
    assert [file.name for file in selectors.files_in(boris, inner)] == ["a.txt"]
    assert DiskFile.objects.filter(folder=inner).get().created_by == boris
    assert StoredFile.objects.count() == 1


def test_what_one_may_not_read_takes_no_room_in_a_copy(
    anna: Employee, boris: Employee, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk_copies, "MOST", 3)
    folder = disk.create_folder("Договоры", parent_id=None, actor=anna)
    for number in range(6):
        put(anna, f"{number}.txt", folder=folder)
    DiskFile.objects.filter(name__lt="4").update(restricted=True)
    copy = disk_copies.copy_item("folder", folder.pk, folder_id=None, actor=boris)
    assert [file.name for file in selectors.files_in(boris, copy)] == ["4.txt", "5.txt"]


def test_the_history_tells_what_was_done(anna: Employee, boris: Employee) -> None:
    folder = disk.create_folder("Акты", parent_id=None, actor=anna)
    file = put(anna, "a.txt")
    disk.rename_item("file", file.pk, "акт", actor=boris)
    disk.move_item("file", file.pk, folder_id=folder.pk, actor=boris)
    disk_files.add_version(file.pk, upload("b.txt", b"2"), actor=anna)
    disk_files.restore_version(file.pk, 1, actor=anna)
    told = [(line.title, line.text) for line in history_of(anna, file)]
    assert told == [
        ("Возвращена прежняя версия", "версия 3 с содержимым версии 1"),
        ("Новая версия", "версия 2"),
        ("Перемещено", "Диск → Акты"),
        ("Переименовано", "«a.txt» → «акт.txt»"),
        ("Создано", "a.txt"),
    ]
    page = browser(boris).get(reverse("disk_history", args=["file", file.pk])).content.decode()
    assert "Диск → Акты" in page


def test_a_text_is_previewed_by_its_letters(anna: Employee) -> None:
    text = "Привет <b>\r\nмир\x07".encode("cp1251")
    file = disk_files.add_file(upload("записка.txt", text), folder_id=None, actor=anna)
    page = browser(anna).get(file.content_url + "preview/").content.decode()
    assert "Привет &lt;b&gt;\nмир</pre>" in page
    long = put(anna, "длинный.txt", 300_000)
    page = browser(anna).get(long.content_url + "preview/").content.decode()
    assert "Показано начало" in page
    assert page.count("x" * 1000) < 300


def test_pages_cost_the_same_however_much_there_is(anna: Employee, boris: Employee) -> None:
    web = browser(boris)
    pages = [reverse("disk"), reverse("disk") + "?q=a&look=tiles", reverse("disk_bin")]
    counts = []
    for round_ in range(2):
        for number in range(1 + 3 * round_):
            folder = disk.create_folder(f"П{round_}{number}", parent_id=None, actor=anna)
            put(anna, f"a{round_}{number}.txt")
            put(anna, "b.txt", folder=folder)
            gone = put(anna, f"c{round_}{number}.txt")
            disk.delete_item("file", gone.pk, actor=anna)
        counts.append([queries(web, page) for page in pages])
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 17


def queries(web: Any, page: str) -> int:
    web.get(page)
    with CaptureQueriesContext(connection) as found:
        assert web.get(page).status_code == 200
    return len(found)
