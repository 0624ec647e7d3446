"""The shared Disk: the tree, names, versions, the bin, uploads, and fields that refer to it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from lists_core.models import DiskFile, DiskFileVersion, DiskFolder, StoredFile
from lists_core.schema.cache import forget_schemas, schema_of
from lists_core.selectors import disk as selectors
from lists_core.selectors.disk_bin import binned_files, binned_folders
from lists_core.selectors.titles import row_titles
from lists_core.services import disk, disk_files, fields, lists
from lists_core.services.elements import create_element
from staff.models import Employee
from svod.base.errors import Forbidden, Invalid, NotFound
from tests.lists_core.file_samples import HTML, PDF, picture, upload

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def storage(settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def anna() -> Employee:
    forget_schemas()
    return Employee.objects.create_superuser("anna", "anna@svod.example", "x", last_name="Анна")


@pytest.fixture
def boris() -> Employee:
    return Employee.objects.create_user("boris", "boris@svod.example", "x", last_name="Борис")


@pytest.fixture
def portal(anna: Employee) -> Client:
    client = Client(headers={"HX-Request": "true", "HX-Request-Type": "partial"})
    client.force_login(anna)
    return client


def folder(actor: Employee, name: str, parent: DiskFolder | None = None) -> DiskFolder:
    return disk.create_folder(name, parent_id=parent.pk if parent else None, actor=actor)


def put(actor: Employee, name: str, content: bytes = PDF, **more: object) -> DiskFile:
    more.setdefault("folder_id", None)
    return disk_files.add_file(upload(name, content), actor=actor, **more)


def names(actor: Employee, place: DiskFolder | None = None) -> list[str]:
    folders, files = selectors.folders_in(actor, place), selectors.files_in(actor, place)
    return [item.name for item in (*folders, *files)]


def content(client: Client, url: str) -> bytes:
    return b"".join(client.get(url).streaming_content)


# --- the tree -------------------------------------------------------------------------------


def test_folders_are_named_moved_and_never_in_themselves(anna: Employee, boris: Employee) -> None:
    papers = folder(anna, "Договоры")
    year = folder(boris, "2026", papers)
    with pytest.raises(Invalid):
        folder(boris, "ДОГОВОРЫ")
    for target in (papers, year):
        with pytest.raises(Invalid):
            disk.move_item("folder", papers.pk, folder_id=target.pk, actor=anna)
    disk.move_item("folder", year.pk, folder_id=None, actor=anna)
    disk.rename_item("folder", year.pk, "Архив", actor=boris)
    assert names(anna) == ["Архив", "Договоры"]
    assert [step.name for step in selectors.path_of(anna, folder(anna, "Январь", papers))] == [
        "Договоры", "Январь",
    ]  # fmt: skip


def test_names_on_the_disk_are_safe_and_keep_their_kind(anna: Employee) -> None:
    assert folder(anna, "../../etc").name == "etc"
    file = put(anna, "Акт.pdf")
    renamed = disk.rename_item("file", file.pk, "../Счёт\u202e", actor=anna)
    assert renamed.name == "Счёт.pdf"
    put(anna, "Акт.pdf")
    with pytest.raises(Invalid):
        disk.rename_item("file", file.pk, "акт.pdf", actor=anna)


def test_a_folder_takes_all_into_the_bin_and_back(anna: Employee) -> None:
    papers = folder(anna, "Договоры")
    year = folder(anna, "2026", papers)
    gone = put(anna, "старый.pdf", folder_id=year.pk)
    put(anna, "новый.pdf", folder_id=year.pk)
    disk.delete_item("file", gone.pk, actor=anna)
    disk.delete_item("folder", papers.pk, actor=anna)
    assert names(anna) == []
    assert [item.name for item in binned_folders(anna)] == ["Договоры"]
    assert [item.name for item in binned_files(anna)] == ["старый.pdf"]
    with pytest.raises(NotFound):
        selectors.access_folder(anna, year.pk)
    assert list(selectors.search_files(anna, "новый")) == []
    disk.restore_item("file", gone.pk, actor=anna)
    assert names(anna) == ["старый.pdf"], "its folder is still in the bin"
    folder(anna, "договоры")
    with pytest.raises(Invalid):
        disk.restore_item("folder", papers.pk, actor=anna)
    DiskFolder.objects.filter(name="договоры").delete()
    disk.restore_item("folder", papers.pk, actor=anna)
    assert names(anna, DiskFolder.objects.get(pk=year.pk)) == ["новый.pdf"]


def test_only_active_employees_use_the_disk(anna: Employee, boris: Employee) -> None:
    file = put(anna, "Акт.pdf")
    boris.is_active = False
    for forbidden in (
        lambda: folder(boris, "x"),
        lambda: put(boris, "x.pdf"),
        lambda: selectors.files_in(boris, None),
        lambda: disk.delete_item("file", file.pk, actor=boris),
        lambda: disk_files.restore_version(file.pk, 1, actor=boris),
    ):
        with pytest.raises(Forbidden):
            forbidden()


# --- versions -------------------------------------------------------------------------------


def test_versions_are_kept_and_restored(anna: Employee, boris: Employee) -> None:
    file = put(anna, "заметка.txt", b"one")
    disk_files.add_version(file.pk, upload("другое имя.txt", b"two"), actor=boris)
    restored = disk_files.restore_version(file.pk, 1, actor=anna)
    with restored.current.content.open("rb") as current:
        assert current.read() == b"one"
    kept = [(row.number, row.file.size, row.created_by) for row in selectors.versions_of(file)]
    assert kept == [(3, 3, anna), (2, 3, boris), (1, 3, anna)]
    for wrong in ("x.pdf", "x"):
        with pytest.raises(Invalid):
            disk_files.add_version(file.pk, upload(wrong, PDF), actor=anna)
    with pytest.raises(Invalid):
        disk_files.restore_version(file.pk, 9, actor=anna)


def test_a_taken_name_asks_what_to_do(anna: Employee, storage: Path) -> None:
    first = put(anna, "Акт.pdf")
    with pytest.raises(disk_files.NameTaken) as caught:
        put(anna, "акт.PDF")
    assert caught.value.file == first
    assert StoredFile.objects.count() == 1
    assert put(anna, "акт.PDF", clash="both").name == "акт (2).PDF"
    assert put(anna, "Акт.pdf", clash="both").name == "Акт (3).pdf"
    assert put(anna, "акт.PDF", clash="version") == first
    assert DiskFileVersion.objects.filter(disk_file=first).count() == 2


def test_the_address_of_a_file_gives_its_current_version(portal: Client, anna: Employee) -> None:
    file = put(anna, "Акт.txt", b"one")
    disk_files.add_version(file.pk, upload("Акт.txt", b"two"), actor=anna)
    disk.rename_item("file", file.pk, "Итог", actor=anna)
    answer = portal.get(file.content_url)
    assert b"".join(answer.streaming_content) == b"two"
    assert "%D0%98%D1%82%D0%BE%D0%B3.txt" in answer["Content-Disposition"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    old = file.versions.get(number=1).file
    assert content(portal, old.get_absolute_url()) == b"one"
    disk.delete_item("file", file.pk, actor=anna)
    assert portal.get(file.content_url).status_code == 404


# --- pages ----------------------------------------------------------------------------------


def send(client: Client, name: str, data: bytes, **more: str) -> HttpResponse:
    return client.post(reverse("disk_upload"), {"file": upload(name, data), **more})


def test_uploads_through_the_page(portal: Client, anna: Employee) -> None:
    place = folder(anna, "Фото")
    assert send(portal, "вид.png", picture(), folder=str(place.pk)).status_code == 201
    assert names(anna, place) == ["вид.png"]
    taken = send(portal, "вид.png", picture(), folder=str(place.pk))
    assert (taken.status_code, taken.json()["clash"]) == (409, DiskFile.objects.get().pk)
    again = send(portal, "вид.png", picture(), folder=str(place.pk), clash="version")
    assert again.status_code == 201
    assert DiskFileVersion.objects.count() == 2
    assert send(portal, "вид2.png", HTML).status_code == 422
    for wrong in ("999999", "x", "-1", "9" * 40):
        assert send(portal, "a.txt", b"1", folder=wrong).status_code == 404
    json = {"file": {"filepath": "/etc/passwd"}}
    url = reverse("disk_upload")
    assert portal.post(url, json, content_type="application/json").status_code == 415


def test_every_page_opens_alone_and_as_a_part(
    portal: Client, anna: Employee, django_assert_max_num_queries
) -> None:
    place = folder(anna, "<script>alert(1)</script>")
    file = put(anna, "<img src=x>.png", picture(), folder_id=place.pk)
    other = put(anna, "старый.pdf")
    disk.delete_item("file", other.pk, actor=anna)
    whole = Client()
    whole.force_login(anna)
    urls = [
        reverse("disk"),
        place.get_absolute_url(),
        file.get_absolute_url(),
        reverse("disk_preview", args=[file.pk]),
        reverse("disk_bin"),
        reverse("disk_folder_add"),
        reverse("disk_rename", args=["folder", place.pk]),
        reverse("disk_move", args=["file", file.pk]),
        reverse("disk") + "?q=img",
        reverse("disk") + "?q=%25&page=99",
    ]
    for url in urls:
        with django_assert_max_num_queries(24):
            answers = [portal.get(url), whole.get(url)]
        for answer, is_page in zip(answers, (False, True), strict=True):
            text = answer.content.decode()
            assert answer.status_code == 200, url
            assert ("<html" in text) is is_page, url
            assert "<script>alert" not in text
            assert "<img src=x>" not in text


def test_deletion_offers_to_take_it_back_and_the_bin_says_when_it_lets_go(
    portal: Client, anna: Employee, settings: Any
) -> None:
    file = put(anna, "старый.pdf")
    answer = portal.post(reverse("disk_delete", args=["file", file.pk]))
    events = json.loads(answer["HX-Trigger"])
    assert "svod:saved" in events
    undo = events["toast"]["toasts"][0]["undo"]
    settings.DISK_BIN_DAYS = 17
    assert "17 " in portal.get(reverse("disk_bin")).content.decode()
    settings.DISK_BIN_DAYS = 0
    assert "text-secondary" not in portal.get(reverse("disk_bin")).content.decode()
    portal.post(undo)
    assert DiskFile.objects.get().deleted_at is None


def test_a_part_loads_itself_anew_with_its_own_search(portal: Client, anna: Employee) -> None:
    put(anna, "вид.png", picture())
    text = portal.get(reverse("disk"), {"q": "вид"}).content.decode()
    assert 'hx-get="/disk/?q=%D0%B2%D0%B8%D0%B4"' in text


def test_the_number_of_queries_does_not_grow(
    portal: Client, anna: Employee, django_assert_max_num_queries
) -> None:
    for number in range(12):
        put(anna, f"{number}.txt", b"x")
        folder(anna, f"Папка {number}")
    portal.get(reverse("disk"))
    with django_assert_max_num_queries(7):
        portal.get(reverse("disk"))


def test_forms_of_the_page(portal: Client, anna: Employee) -> None:
    add = reverse("disk_folder_add")
    made = portal.post(add, {"name": "Договоры"})
    assert made.status_code == 204
    assert "svod:saved" in made["HX-Trigger"]
    assert portal.post(add, {"name": "договоры"}).status_code == 422
    assert portal.post(add, {"name": " "}).status_code == 422
    assert 'value="' + "я" * 201 in portal.post(add, {"name": "я" * 201}).content.decode()
    place = DiskFolder.objects.get()
    file = put(anna, "a.txt", b"1")
    move = reverse("disk_move", args=["file", file.pk])
    assert portal.post(move, {"folder": place.pk}).status_code == 204
    for wrong in ("999999", "x", "²"):
        assert portal.post(move, {"folder": wrong}).status_code == 422
    assert names(anna, place) == ["a.txt"]
    remove = reverse("disk_delete", args=["file", file.pk])
    assert portal.get(remove).status_code == 405
    assert portal.post(remove).status_code == 204
    assert portal.post(remove).status_code == 404
    assert portal.post(reverse("disk_restore", args=["file", file.pk])).status_code == 204
    strange = ["/disk/x/1/rename/", "/disk/file/99999/rename/", "/disk/folders/99999/"]
    assert [portal.get(url).status_code for url in strange] == [404, 404, 404]


def test_strangers_are_sent_to_sign_in(anna: Employee) -> None:
    file = put(anna, "a.txt", b"1")
    for url in (reverse("disk"), file.content_url, reverse("disk_suggest")):
        assert Client().get(url).status_code == 302


# --- the field ------------------------------------------------------------------------------


def test_the_field_refers_to_the_disk(portal: Client, anna: Employee) -> None:
    file = put(anna, "Устав.pdf", folder_id=folder(anna, "Общее").pk)
    list_ = lists.create_list(actor=anna, everyone="edit", name="Дела")
    make = {"actor": anna, "name": "Файл", "code": "DOC", "multiple": True}
    fields.create_field(list_.pk, "disk_file", **make)
    list_.refresh_from_db()
    row = create_element(list_.pk, {"NAME": "Дело", "DOC": [file.pk]}, actor=anna)
    field = schema_of(list_)["DOC"]

    def shown() -> tuple[str, str]:
        titles = row_titles([field], [row], actor=anna)[field.key]
        value = field.read(row)
        return field.to_text(value, titles), field.render(value, titles)

    assert shown()[0] == "Устав.pdf"
    assert f'href="/disk/files/{file.pk}/content/preview/"' in shown()[1]
    disk.rename_item("file", file.pk, "Устав новый", actor=anna)
    assert shown()[0] == "Устав новый.pdf"
    assert StoredFile.objects.count() == 1, "nothing is copied"
    answer = portal.get(reverse("disk_suggest"), {"q": "новый"}).json()["results"]
    assert answer == [{"value": file.pk, "text": "Устав новый.pdf", "note": "Общее"}]
    known = field.from_texts(["устав новый.PDF", "нет.pdf"], actor=anna)
    assert known["устав новый.PDF"] == [file.pk]
    assert isinstance(known["нет.pdf"], ValidationError)
    disk.delete_item("file", file.pk, actor=anna)
    assert "Устав" not in "".join(shown())
    with pytest.raises(Invalid):
        create_element(list_.pk, {"NAME": "Дело", "DOC": [file.pk]}, actor=anna)
