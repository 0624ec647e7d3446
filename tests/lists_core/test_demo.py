"""The demo portal and the import of the command line."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from lists_core.demo.credentials import load_credentials
from lists_core.demo.loading import table
from lists_core.models import Favourite, List
from lists_core.schema.cache import forget_schemas, schema_of
from lists_core.selectors.elements import elements
from lists_core.selectors.titles import row_titles
from staff.demo import load_people
from staff.models import Employee

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_files(settings: Any, tmp_path: Path) -> None:
    forget_schemas()
    settings.MEDIA_ROOT = tmp_path


def texts(code: str, name: str) -> dict[str, str]:
    """What a person reads in one element of a demo list."""
    admin = Employee.objects.get(is_superuser=True)
    schema = schema_of(List.objects.get(code=code))
    row = elements(schema, admin).filter(name=name).order_by("pk").first()
    titles = row_titles(schema.fields, [row], actor=admin)
    shown = {
        field.code: field.to_text(field.read(row), titles.get(field.key, {}))
        for field in schema.fields
    }
    return shown | {"rows": str(elements(schema, admin).count())}


def test_the_demo_is_whole_and_loads_once() -> None:
    call_command("load_demo", stdout=StringIO())
    flight = texts("DEMO_FLIGHTS", "UA 1545 EWR→IAH")
    assert flight["rows"] == "10000"
    assert (flight["AIRLINE"], flight["PLANE"]) == ("United Air Lines Inc.", "N14228")
    assert flight["ORIGIN"] == "Newark Liberty Intl"
    assert flight["DEPARTURE"].startswith("01.01.2013")
    moscow = texts("DEMO_CITIES", "Москва")
    assert (moscow["rows"], moscow["REGION"], moscow["CAPITAL"]) == ("1117", "Москва", "Нет")
    assert moscow["POINT"].startswith("55.75")
    contract = texts("DEMO_CONTRACTS", "Поставка картона и гофроящиков")
    assert (contract["NUMBER"], contract["STATUS"]) == ("ДОГ-00001", "Действует")
    assert contract["MANAGER"] == "Ахметов Тимур"
    assert texts("DEMO_TASKS", "Сверка с «Транс-Волга» за квартал")["CONTRACT"]
    before = (List.objects.count(), Favourite.objects.count(), Employee.objects.count())
    call_command("load_demo", stdout=StringIO())
    assert (List.objects.count(), Favourite.objects.count(), Employee.objects.count()) == before


def test_flights_without_a_known_plane_have_none() -> None:
    planes = {row["tailnum"] for row in table("planes.csv.gz")}
    unknown = [row for row in table("flights.csv.gz") if row["tailnum"] not in planes]
    assert len(unknown) > 100


def test_command_makes_a_list_then_updates_it_by_key(tmp_path: Path) -> None:
    Employee.objects.create_superuser("admin", "a@svod.example", "x")
    path = tmp_path / "t.csv"
    path.write_text("name,price\na,1\nb,2\n")
    out = StringIO()
    call_command("import_table", str(path), "--list", "Товары", stdout=out)
    assert "created 2" in out.getvalue()
    path.write_text("name,price\nb,3\nc,x\n")
    call_command("import_table", str(path), "--list", "Товары", "--key", "name", stdout=out)
    assert "created 0, updated 1, unchanged 0, failed 1" in out.getvalue()
    with pytest.raises(CommandError):
        call_command("import_table", str(path), "--list", "Товары", "--key", "nope")


def test_credentials_show_to_whom_they_are_meant() -> None:
    people = load_people()
    list_ = load_credentials(actor=people["admin"], people=people)
    seen = {
        login: set(elements(schema_of(list_), people[login]).values_list("name", flat=True))
        for login in ("anna.smirnova", "nadezhda.frolova", "artem.nikitin")
    }
    wifi = "Wi-Fi для гостей"
    marketing = {"Рекламный кабинет", "Рассылка клиентам", "Фотобанк"}
    assert seen == {
        "anna.smirnova": marketing | {wifi},
        "nadezhda.frolova": {"Банк-клиент", "Кабинет налогоплательщика", wifi},
        "artem.nikitin": {"Рассылка клиентам", wifi},
    }
