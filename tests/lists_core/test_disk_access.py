"""Rights on the Disk through its services and pages: granting, limits of it, what fields show."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from lists_core.access import Right
from lists_core.access.disk import ROOT, rights_on_item
from lists_core.filters.tree import parse_filter
from lists_core.models import DiskFile, DiskFolder, DiskRoot
from lists_core.schema.cache import forget_schemas, schema_of
from lists_core.selectors import disk as selectors
from lists_core.selectors import elements
from lists_core.selectors.access_page import fingerprint
from lists_core.selectors.disk_access import disk_thing, granted_there
from lists_core.selectors.disk_uses import used_by
from lists_core.selectors.titles import row_titles
from lists_core.services import disk, disk_files, fields, lists
from lists_core.services.access_changes import Change, Stale
from lists_core.services.disk_rights import save_disk_access
from lists_core.services.elements import create_element
from staff.models import AuditEntry, Employee
from staff.subjects import EVERYONE, Subject
from svod.base.errors import Forbidden, Invalid, NotFound
from tests.lists_core.file_samples import PDF, browser, upload

pytestmark = pytest.mark.django_db
VIEW = frozenset({Right.VIEW})


@pytest.fixture(autouse=True)
def storage(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    forget_schemas()


def person(login: str) -> Employee:
    return Employee.objects.create_user(login, f"{login}@svod.example", "x", last_name=login)


@pytest.fixture
def anna() -> Employee:
    return person("anna")


@pytest.fixture
def boris() -> Employee:
    return person("boris")


def share(
    actor: Employee, item: DiskFolder | DiskFile, grants: dict, *, closed: bool = True
) -> None:
    kind = "disk_folder" if isinstance(item, DiskFolder) else "disk_file"
    thing = disk_thing(actor, kind, item.pk)
    stamp = fingerprint(thing, granted_there(thing))
    save_disk_access(thing, Change(stamp, grants, restricted=closed), actor=actor)


def put(actor: Employee, name: str = "Акт.pdf", folder: DiskFolder | None = None) -> DiskFile:
    place = folder.pk if folder else None
    return disk_files.add_file(upload(name, PDF), folder_id=place, actor=actor)


def test_a_closed_folder_is_its_makers_until_it_is_shared(anna: Employee, boris: Employee) -> None:
    folder = disk.create_folder("Личное", parent_id=None, actor=anna)
    file = put(anna, folder=folder)
    assert selectors.access_disk_file(boris, file.pk) == file
    share(anna, folder, {})
    assert rights_on_item(anna, folder) >= {Right.FULL}, "who closes it keeps what they held"
    web = browser(boris)
    for url in (folder.get_absolute_url(), file.content_url, file.current.get_absolute_url()):
        assert web.get(url).status_code == 404
    assert list(selectors.search_files(boris, "акт")) == []
    share(anna, folder, {Subject("U", boris.pk): VIEW, Subject("U", anna.pk): frozenset(Right)})
    assert web.get(file.content_url).status_code == 200
    for deed in (
        lambda: disk.rename_item("file", file.pk, "x", actor=boris),
        lambda: disk_files.add_version(file.pk, upload("x.pdf", PDF), actor=boris),
        lambda: disk.create_folder("x", parent_id=folder.pk, actor=boris),
        lambda: put(boris, "x.pdf", folder),
        lambda: disk.delete_item("folder", folder.pk, actor=boris),
        lambda: share(boris, folder, {}),
    ):
        with pytest.raises(Forbidden):
            deed()
    page = web.get(folder.get_absolute_url()).content.decode()
    assert "Загрузить файлы" not in page
    assert reverse("disk_rename", args=["file", file.pk]) not in page


def test_nobody_gives_more_than_they_hold_or_over_others(anna: Employee, boris: Employee) -> None:
    folder = disk.create_folder("Общее", parent_id=None, actor=anna)
    both = {
        Subject("U", boris.pk): frozenset({Right.ACCESS}),
        Subject("U", anna.pk): frozenset(Right),
    }
    share(anna, folder, both)
    with pytest.raises(Forbidden):
        share(boris, folder, {**both, EVERYONE: frozenset({Right.CHANGE})})
    thing = disk_thing(boris, "disk_folder", folder.pk)
    begun = fingerprint(thing, granted_there(thing))
    share(boris, folder, {**both, EVERYONE: VIEW})
    with pytest.raises(Stale):
        save_disk_access(thing, Change(begun, both, restricted=True), actor=boris)
    entry = AuditEntry.objects.filter(event="access.changed").latest("pk")
    assert entry.subject == f"disk_folder:{folder.pk}"


def test_the_rights_of_the_beginning_are_changed_by_administrators(boris: Employee) -> None:
    with pytest.raises(Forbidden):
        disk_thing(boris, "disk", ROOT)
    admin = Employee.objects.create_superuser("admin", "admin@svod.example", "x")
    thing = disk_thing(admin, "disk", ROOT)
    stamp = fingerprint(thing, granted_there(thing))
    assert EVERYONE in granted_there(thing)
    save_disk_access(thing, Change(stamp, {EVERYONE: VIEW}), actor=admin)
    assert DiskRoot.objects.count() == 1
    assert rights_on_item(boris, None) == VIEW
    with pytest.raises(Forbidden):
        put(boris)


def test_the_access_page_saves_and_explains(anna: Employee, boris: Employee) -> None:
    folder = disk.create_folder("Договоры", parent_id=None, actor=anna)
    url = reverse("disk_item_access", args=["folder", folder.pk])
    web = Client()
    web.force_login(anna)
    page = web.get(url, {"person": boris.pk}).content.decode()
    assert "Редактирование" in page
    assert "sv-acc-steps" in page
    stamp = page.split('name="fingerprint" value="')[1].split('"')[0]
    code = f"U{boris.pk}"
    sent = {"fingerprint": stamp, "restricted": "on", "subject": code, f"role-{code}": "view"}
    assert web.post(url, sent).status_code == 302
    assert rights_on_item(boris, DiskFolder.objects.get()) == VIEW
    assert web.post(url, sent).status_code == 409
    stranger = Client()
    stranger.force_login(boris)
    assert stranger.get(url).status_code == 403
    assert stranger.get(reverse("disk_access")).status_code == 403


def test_a_move_and_the_bin_open_nothing(anna: Employee, boris: Employee) -> None:
    closed = disk.create_folder("Закрытое", parent_id=None, actor=anna)
    file = put(anna, folder=closed)
    share(anna, closed, {})
    with pytest.raises(NotFound):
        disk.move_item("file", file.pk, folder_id=None, actor=boris)
    mine = disk.create_folder("Моё", parent_id=None, actor=boris)
    share(boris, mine, {})
    with pytest.raises(NotFound):
        disk.move_item("file", put(anna, "b.pdf").pk, folder_id=mine.pk, actor=anna)
    disk.delete_item("folder", closed.pk, actor=anna)
    DiskFile.objects.filter(pk=file.pk).update(deleted_at="2026-11-01T00:00Z")
    with pytest.raises(Invalid):
        disk.restore_item("file", file.pk, actor=anna)
    with pytest.raises(NotFound):
        disk.restore_item("folder", closed.pk, actor=boris)


def test_a_move_gives_no_control_over_others_files(anna: Employee, boris: Employee) -> None:
    theirs = disk.create_folder("Общее", parent_id=None, actor=anna)
    inside, file = put(anna, "в папке.pdf", theirs), put(anna)
    mine = disk.create_folder("Моё", parent_id=None, actor=boris)
    for kind, item in (("file", file), ("folder", theirs)):
        with pytest.raises(Invalid) as refused:
            disk.move_item(kind, item.pk, folder_id=mine.pk, actor=boris)
        assert "автора" in refused.value.errors["folder"][0]
    for thing in (inside, file):
        assert Right.FULL not in rights_on_item(boris, DiskFile.objects.get(pk=thing.pk))
    disk.move_item("file", file.pk, folder_id=theirs.pk, actor=boris)
    disk.move_item("file", file.pk, folder_id=mine.pk, actor=anna)
    own = put(boris, "моё.pdf", theirs)
    disk.move_item("file", own.pk, folder_id=mine.pk, actor=boris)


def test_who_passes_through_a_folder_reads_no_history(anna: Employee, boris: Employee) -> None:
    folder = disk.create_folder("Сокращения", parent_id=None, actor=anna)
    disk.rename_item("folder", folder.pk, "Зарплаты", actor=anna)
    file = put(anna, folder=folder)
    share(anna, folder, {})
    share(anna, file, {Subject("U", boris.pk): VIEW})
    history = reverse("disk_history", args=["folder", folder.pk])
    for who, status, offered in ((boris, 403, False), (anna, 200, True)):
        web = browser(who)
        assert web.get(history).status_code == status
        page = web.get(reverse("disk")).content.decode()
        assert ("Зарплаты" in page, history in page) == (True, offered)


def test_a_hidden_file_does_not_tell_of_its_name(anna: Employee, boris: Employee) -> None:
    file = put(anna)
    share(anna, file, {})
    made = put(boris)
    assert (made.pk != file.pk, made.name) == (True, "Акт (2).pdf")


def test_a_field_shows_the_file_to_who_may_read_it(anna: Employee, boris: Employee) -> None:
    admin = Employee.objects.create_superuser("admin", "admin@svod.example", "x")
    list_ = lists.create_list(actor=admin, everyone="edit", name="Дела")
    fields.create_field(list_.pk, "disk_file", actor=admin, name="Файл", code="DOC")
    list_.refresh_from_db()
    file = put(anna, "Тайна.pdf")
    share(anna, file, {})
    row = create_element(list_.pk, {"NAME": "Дело", "DOC": file.pk}, actor=anna)
    schema = schema_of(list_)
    field = schema["DOC"]

    def shown(actor: Employee) -> str:
        return field.to_text(field.read(row), row_titles([field], [row], actor=actor)[field.key])

    assert shown(anna) == "Тайна.pdf"
    assert "Тайна" not in shown(boris)
    with pytest.raises(Invalid):
        create_element(list_.pk, {"NAME": "Ещё", "DOC": file.pk}, actor=boris)
    asked = {"and": [{"field": "DOC", "op": "contains", "value": ["тайна"]}]}
    for actor, found in ((anna, 1), (boris, 0)):
        query = elements.ElementQuery(filter=parse_filter(json.dumps(asked), schema))
        assert elements.found(schema, query, actor=actor).count() == found
    assert [(use.label, [p.title for p in use.places]) for use in used_by(anna, file)] == [
        ("Элементы списков", ["Дело"])
    ]
