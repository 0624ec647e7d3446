"""Documents: what fills a template, where it goes, that a repeat makes nothing twice."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.utils import translation
from moneyed import Money
from PIL import Image

from lists_core.access import Right
from lists_core.models import DiskFile, StoredFile
from lists_core.schema.cache import schema_of
from lists_core.selectors.files import held, readable_files
from lists_core.services.element_bin import purge_elements
from lists_core.services.elements import create_element, delete_elements
from lists_core.services.fields import create_field
from lists_core.services.files import keep_file, upload_file
from lists_core.services.lists import create_list
from lists_core.services.rights import set_list_rights
from staff.models import Employee
from staff.subjects import Subject
from svod.base.errors import Forbidden, NotFound
from tests.lists_core.element_world import World, make_world
from tests.workflows.docx_files import cells, docx, texts, upload
from tests.workflows.processes import START, begin, put, step, template_of, variables, worked
from workflows.documents import pdf, words
from workflows.documents.filling import NotFilled
from workflows.models import DocumentTemplate, MadeDocument, Outgoing
from workflows.services.document_templates import (
    BadTemplate,
    create_document_template,
    replace_document_template,
)
from workflows.services.documents import Wanted, make
from workflows.services.outgoing import send_due


@pytest.fixture(autouse=True)
def russian():
    with translation.override("ru"):
        yield


@pytest.fixture
def world(db: None) -> World:
    made = make_world()
    made.field("money", "SUM")
    made.field("date", "DAY")
    made.field("employee", "BOSS")
    made.field("file", "PAPERS", multiple=True)
    made.anna.patronymic = "Петровна"
    made.anna.save()
    return made


def template(world: World, *paragraphs: str, **given: Any) -> DocumentTemplate:
    parts = {name: given.pop(name) for name in ("table", "header", "title") if name in given}
    content = docx(*paragraphs, **parts)
    return create_document_template(
        actor=world.anna, name="Договор", upload=upload(content), list_id=world.list.pk, **given
    )


def content_of(made: MadeDocument) -> bytes:
    with made.file.content.open("rb") as file:
        return bytes(file.read())


def filled(world: World, of: DocumentTemplate, element: Any, actor: Any = None) -> list[str]:
    made = make(of, (world.list.pk, element.pk), actor or world.anna)
    return texts(content_of(made))


def test_fields_by_code_and_caption_words_dates_and_cases(world: World) -> None:
    of = template(
        world,
        "{{ NAME }} от {{ DAY|дата_словами }}: {{ SUM }} ({{ Sum|прописью }})",
        "{{ BOSS|родительный }}, {{ BOSS.FULL_NAME|инициалы }}, {{ Boss.Должность }}.",
        "{{ TAGS }}; {% if PRICE > 10 %}дорого{% else %}дёшево{% endif %}; {{ PRICE * 2 }}",
        "{{ DAY|date_in_words }}; {{ DAY|дата('дд.мм.гг') }}; {{ NOTE }}",
        header="№ {{ ID }}",
    )
    element = world.add(
        "Ель & <b>", SUM=Money("1021.50", "RUB"), DAY=date(2026, 11, 24), BOSS=world.anna.pk,
        TAGS=["а", "б"], PRICE=Decimal("12.50"),
    )  # fmt: skip
    assert filled(world, of, element) == [
        "Ель & <b> от 24 ноября 2026 г.: 1\xa0021,50\xa0₽ "
        "(Одна тысяча двадцать один рубль 50 копеек)",
        "Ивановой Анны Петровны, Иванова А. П., .",
        "а; б; дорого; 25,00",
        "двадцать четвёртое ноября две тысячи двадцать шестого года; 24.11.26; ",
    ]


def test_an_english_person_gets_english_words(world: World) -> None:
    of = template(world, "{{ SUM|in_words }}, {{ DAY|date_words }}, {{ SUM }}")
    element = world.add(SUM=Money("2.05", "USD"), DAY=date(2026, 11, 24))
    with translation.override("en"):
        (line,) = filled(world, of, element)
    assert line.startswith("Two dollars and 05 cents, 24 November 2026, ")


def rows_of(world: World) -> tuple[Any, Any]:
    """A second list whose elements link to those of the first."""
    goods = create_list(actor=world.anna, everyone="edit", name="Товары")
    settings = {"list": world.list.pk}
    link = create_field(goods.pk, "element", actor=world.anna, name="Договор", code="CONTRACT",
                        settings=settings)  # fmt: skip
    create_field(goods.pk, "number", actor=world.anna, name="Цена, руб.", code="PRICE")
    create_field(goods.pk, "number", actor=world.anna, name="Штук", code="COUNT")
    goods.refresh_from_db()
    return goods, link


TABLE = [
    ["№", "Товар", "Сумма"],
    ["{%tr for row in rows %}", "", ""],
    ["{{ loop.index }}", "{{ row.NAME }}", "{{ row.Цена_руб * row.COUNT }}"],
    ["{%tr endfor %}", "", ""],
    ["", "Итого", "{{ rows|сумма('PRICE') }}"],
]


def test_a_table_has_a_row_for_each_element_that_links_here(world: World) -> None:
    goods, link = rows_of(world)
    of = template(world, "{{ NAME }}", table=TABLE, rows_field_id=link.pk)
    element, other = world.add("Договор"), world.add("Другой")
    for number, contract in ((1, element), (2, element), (3, other)):
        values = {"NAME": f"Т{number}", "CONTRACT": contract.pk, "PRICE": Decimal(number),
                  "COUNT": Decimal(2)}  # fmt: skip
        create_element(goods.pk, values, actor=world.anna)
    made = make(of, (world.list.pk, element.pk), world.anna)
    assert cells(content_of(made)) == [
        ["№", "Товар", "Сумма"],
        ["1", "Т1", "2"],
        ["2", "Т2", "4"],
        ["", "Итого", "3"],
    ]


def test_linked_elements_show_their_fields_and_an_empty_link_nothing(world: World) -> None:
    partners = create_list(actor=world.anna, everyone="edit", name="Контрагенты")
    create_field(partners.pk, "string", actor=world.anna, name="Город", code="CITY")
    partners.refresh_from_db()
    world.field("element", "PARTNER", settings={"list": partners.pk})
    tver = create_element(partners.pk, {"NAME": "ООО Ель", "CITY": "Тверь"}, actor=world.anna)
    of = template(world, "{{ PARTNER }} ({{ Partner.Город }}){% if PARTNER %}!{% endif %}")
    assert filled(world, of, world.add(PARTNER=tver.pk)) == ["ООО Ель (Тверь)!"]
    assert filled(world, of, world.add()) == [" ()"]


def test_what_a_person_may_not_read_is_not_in_their_document(world: World) -> None:
    partners = create_list(actor=world.anna, name="Тайные")
    world.field("element", "PARTNER", settings={"list": partners.pk})
    secret = create_element(partners.pk, {"NAME": "Тайна"}, actor=world.anna)
    of = template(world, "{{ PARTNER }}")
    element = world.add(PARTNER=secret.pk)
    assert filled(world, of, element) == ["Тайна"]
    assert filled(world, of, element, world.petr) == ["(недоступно)"]
    stranger = Employee.objects.create_user("s", "s@svod.example", "x")
    grants = {Subject("U", world.anna.pk): [Right.FULL]}
    set_list_rights(world.list.pk, grants, actor=world.anna)
    with pytest.raises(NotFound):
        make(of, (world.list.pk, element.pk), stranger)


def test_a_made_document_is_its_makers_while_they_see_the_element(world: World) -> None:
    made = make(template(world, "{{ NAME }}"), (world.list.pk, world.add().pk), world.petr)
    assert readable_files(world.petr, [made.file_id]) == {made.file_id}
    assert readable_files(world.anna, [made.file_id]) == set()
    grants = {Subject("U", world.anna.pk): [Right.FULL]}
    set_list_rights(world.list.pk, grants, actor=world.anna)
    assert readable_files(world.petr, [made.file_id]) == set()


def test_pictures_are_put_in_and_a_broken_one_is_told(world: World) -> None:
    of = template(world, "{{ PAPERS|картинка(30) }}", "{{ PAPERS }}")
    picture = io.BytesIO()
    Image.new("RGB", (40, 20), "red").save(picture, "PNG")
    good = upload_file(upload(picture.getvalue(), "red.png"), actor=world.anna)
    bad = keep_file(ContentFile(b"no picture"), "bad.png", actor=world.anna)
    type(bad).objects.filter(pk=bad.pk).update(width=5, height=5)
    element = world.add(PAPERS=[good.pk, bad.pk])
    made = make(of, (world.list.pk, element.pk), world.anna)
    assert b"word/media/" in content_of(made)
    assert "bad.png" in made.note


def test_one_key_makes_one_document(world: World) -> None:
    of, element = template(world, "{{ NAME }}"), world.add()
    place = (world.list.pk, element.pk)
    first = make(of, place, world.anna, key="1:a:1", wanted=Wanted(folder=0))
    assert make(of, place, world.anna, key="1:a:1", wanted=Wanted(folder=0)) == first
    assert DiskFile.objects.count() == 1


def test_a_new_version_is_taken_and_a_name_comes_from_the_element(world: World) -> None:
    of = template(world, "один", file_name="Договор {{NAME}} от {{ DAY }}")
    version = replace_document_template(of.pk, upload(docx("два")), actor=world.anna)
    assert (version.number, len(version.sha256)) == (2, 64)
    of.refresh_from_db()
    element = world.add("А/Б", DAY=date(2026, 1, 2))
    made = make(of, (world.list.pk, element.pk), world.anna)
    assert made.file.name == "Договор А-Б от 02.01.2026.docx"
    assert texts(content_of(made)) == ["два"]


def test_only_designers_of_the_list_keep_its_templates(world: World) -> None:
    with pytest.raises(Forbidden):
        create_document_template(
            actor=world.petr, name="x", upload=upload(docx("x")), list_id=world.list.pk
        )


def test_an_unknown_name_is_refused_with_its_place(world: World) -> None:
    table = [["{{ NAME }}", "{{ BOSS.SALARY }}"]]
    with pytest.raises(BadTemplate) as refused:
        template(world, "ok", "Сумма {{ СУММА }}", table=table)
    told = refused.value.errors["file"]
    assert told == [
        "абзац 2: Нет «СУММА».",
        "таблица 1, строка 1, ячейка 2: Нет «BOSS.SALARY».",
    ]
    assert refused.value.details["mistakes"][0]["quote"] == "Сумма {{ СУММА }}"


def test_numbers_in_words_and_names_in_cases() -> None:
    said = [
        words.amount_in_words(Decimal(value), "RUB", "ru") for value in ("1", "21.5", "1002.05")
    ]
    assert said == [
        "Один рубль 00 копеек",
        "Двадцать один рубль 50 копеек",
        "Одна тысяча два рубля 05 копеек",
    ]
    # An int is not taken for kopecks, halves go up, an unknown currency keeps its code.
    assert words.amount_in_words(21, "RUB", "ru").startswith("Двадцать один рубль 00")
    assert words.amount_in_words(Decimal("0.005"), "RUB", "ru") == "Ноль рублей 01 копейка"
    assert words.amount_in_words(Decimal("5.07"), "CNY", "ru") == "Пять CNY 07"
    assert words.declined("Иванов Иван Иванович", "DATIVE") == "Иванову Ивану Ивановичу"
    assert words.declined("Петрова Анна", "INSTRUMENTAL") == "Петровой Анной"
    assert words.declined("Smith John", "DATIVE") == "Smith John"
    assert words.declined("Ким Ли", "DATIVE") in {"Ким Ли", "Киму Ли"}
    assert words.initials("Иванов Иван Иванович") == "Иванов И. И."


# --- the step -----------------------------------------------------------------------------


def document_step(world: World, of: DocumentTemplate, **params: Any) -> Any:
    element = world.add("Ель")
    steps = [
        put("number", "ДОГ-1"),
        step("document", "doc", template=of.pk, **params),
        put("made", "{{Step.doc.name}}", "p2"),
    ]
    return element, begin(template_of(steps, list_=world.list), world.anna, element.pk)


def test_the_step_waits_for_the_document_and_stores_it(world: World) -> None:
    of = template(world, "{{ NAME }} № {{ Variable.number }}")
    element, instance = document_step(world, of, name="Договор {{Variable.number}}",
                                      field="PAPERS", on_disk=True)  # fmt: skip
    assert instance.status == "waiting"
    send_due(START)
    done = worked(instance)
    assert (done.status, done.error) == ("done", "")
    assert variables(done)["made"] == "Договор ДОГ-1.docx"
    made = MadeDocument.objects.get()
    assert texts(content_of(made)) == ["Ель № ДОГ-1"]
    assert schema_of(world.list)["PAPERS"].read(world.row(element.pk)) == [made.file_id]
    assert made.disk_file is not None
    assert readable_files(world.petr, [made.file_id]) == {made.file_id}  # it is on the Disk


def test_a_repeat_of_the_sending_stores_nothing_twice(world: World) -> None:
    element, _instance = document_step(world, template(world, "{{ NAME }}"), field="PAPERS")
    send_due(START)
    Outgoing.objects.update(state="new")  # as if the worker had died before it noted the outcome
    send_due(START)
    assert MadeDocument.objects.count() == 1
    assert len(schema_of(world.list)["PAPERS"].read(world.row(element.pk))) == 1


def test_a_template_that_does_not_fit_the_values_fails_with_the_reason(world: World) -> None:
    of = template(world, "{{ Variable.nothing }}")
    _element, instance = document_step(world, of)
    send_due(START)
    failed = worked(instance)
    assert failed.status == "failed"
    assert "nothing" in failed.error


def test_without_a_converter_the_docx_is_kept_and_told(world: World, monkeypatch: Any) -> None:
    monkeypatch.setattr(pdf, "converter", lambda: None)
    _element, instance = document_step(world, template(world, "x"), format="pdf")
    send_due(START)
    done = worked(instance)
    assert done.state["results"]["doc"]["format"] == "docx"
    assert "LibreOffice" in done.state["results"]["doc"]["note"]


# --- LibreOffice --------------------------------------------------------------------------


def fake(tmp_path: Any, body: str) -> str:
    program = tmp_path / "soffice"
    program.write_text(f"#!/bin/sh\n{body}\n")
    program.chmod(0o755)
    return str(program)


OUT = 'for a in "$@"; do case $p in --outdir) out=$a;; esac; p=$a; done'


def test_a_pdf_is_taken_only_when_it_is_one(tmp_path: Any) -> None:
    good = fake(tmp_path, f'{OUT}\nprintf "%%PDF-1.7 x" > "$out/document.pdf"')
    assert pdf.to_pdf(b"x", program=good) == b"%PDF-1.7 x"
    wrong = fake(tmp_path, f'{OUT}\necho broken > "$out/document.pdf"; exit 0')
    with pytest.raises(pdf.NotConverted, match="failed"):
        pdf.to_pdf(b"x", program=wrong)


def test_a_converter_that_hangs_is_killed_with_all_it_started(tmp_path: Any) -> None:
    mark = tmp_path / "alive"
    slow = fake(tmp_path, f"(sleep 2; touch {mark}) & sleep 60")
    with pytest.raises(pdf.NotConverted, match="time"):
        pdf.to_pdf(b"x", program=slow, limit_s=0.5)
    import time

    time.sleep(2.5)
    assert not mark.exists()


def test_reading_does_not_grow_with_rows(world: World, django_assert_max_num_queries: Any) -> None:
    goods, link = rows_of(world)
    of = template(world, "{{ NAME }}", table=TABLE, rows_field_id=link.pk)
    element = world.add()
    for number in range(30):
        values = {"NAME": f"Т{number}", "CONTRACT": element.pk, "PRICE": Decimal(1),
                  "COUNT": Decimal(1)}  # fmt: skip
        create_element(goods.pk, values, actor=world.anna)
    with django_assert_max_num_queries(60):
        made = make(of, (world.list.pk, element.pk), world.anna)
    assert len(cells(content_of(made))) == 32


def test_filling_names_what_there_is_not(world: World) -> None:
    of = template(world, "{{ NOTE }}", "{{ NOTE * 2 }}")
    with pytest.raises(NotFilled, match="числом"):
        make(of, (world.list.pk, world.add(NOTE="а").pk), world.anna)


def test_a_document_of_an_element_that_goes_for_good_is_nobodys(world: World) -> None:
    kept, gone = world.add("Ель"), world.add("Дуб")
    of = template(world, "{{ NAME }}")
    stays, goes = (make(of, (world.list.pk, row.pk), world.anna) for row in (kept, gone))
    delete_elements(world.list.pk, [gone.pk], actor=world.anna)
    purge_elements(world.list.pk, [gone.pk], actor=world.anna)
    assert list(MadeDocument.objects.all()) == [stays]
    assert set(held_files()) >= {stays.file_id}
    assert goes.file_id not in held_files(), "its file goes with the next cleaning"


def held_files() -> set[int]:
    return set(StoredFile.objects.filter(held()).values_list("pk", flat=True))
