"""Links to elements: titles, pickers, import, search, "used in", all through the predicate."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Q
from django.test import Client
from django.urls import reverse

from lists_core.field_types.base import field_types
from lists_core.filters import search
from lists_core.filters.tree import parse_filter
from lists_core.models import List
from lists_core.schema.cache import forget_schemas, schema_of
from lists_core.selectors import elements, linking, suggest
from lists_core.selectors.elements import ElementQuery, found
from lists_core.selectors.titles import row_titles
from lists_core.services import fields, lists
from lists_core.services.elements import (
    copy_element,
    create_element,
    delete_elements,
    update_element,
)
from staff.models import Employee
from svod.base.errors import Invalid

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> Employee:
    forget_schemas()
    return Employee.objects.create_superuser("admin", "admin@svod.example", "x", last_name="Админ")


def make_list(admin: Employee, name: str, *wanted: tuple) -> List:
    list_ = lists.create_list(actor=admin, everyone="edit", name=name)
    for type_, code, more in wanted:
        fields.create_field(list_.pk, type_, actor=admin, name=code, code=code, **more)
    list_.refresh_from_db()
    return list_


@pytest.fixture
def airlines(admin: Employee) -> List:
    return make_list(admin, "Авиакомпании", ("string", "IATA", {"unique": True}))


@pytest.fixture
def flights(admin: Employee, airlines: List) -> List:
    target = {"settings": {"list": airlines.pk}}
    return make_list(
        admin,
        "Рейсы",
        ("element", "AIRLINE", target),
        ("element", "PARTNERS", {**target, "multiple": True}),
    )


def add(list_: List, admin: Employee, name: str, **values):
    return create_element(list_.pk, {"NAME": name, **values}, actor=admin)


@pytest.fixture
def hidden(monkeypatch: pytest.MonkeyPatch) -> Iterator[set[int]]:
    """Element ids that nobody may read, as the predicate of access rights would say."""
    ids: set[int] = set()
    usual = elements.visible
    monkeypatch.setattr(
        elements, "visible", lambda actor, schema: usual(actor, schema) & ~Q(pk__in=ids)
    )
    return ids


def texts(list_: List, admin: Employee, code: str) -> list[str]:
    schema = schema_of(list_)
    rows = list(elements.elements(schema, admin).order_by("pk"))
    titles = row_titles(schema.all_fields, rows, actor=admin)
    field = schema[code]
    return [field.to_text(field.read(row), titles[field.key]) for row in rows]


def test_titles_of_all_link_fields_come_by_two_queries(
    admin: Employee, airlines: List, flights: List, django_assert_num_queries
) -> None:
    other = make_list(admin, "Аэропорты")
    settings = {"list": other.pk}
    fields.create_field(
        flights.pk, "element", actor=admin, name="ORIGIN", code="ORIGIN", settings=settings
    )
    flights.refresh_from_db()
    first, second = add(airlines, admin, "Аэрофлот"), add(airlines, admin, "Победа")
    airport = add(other, admin, "Шереметьево")
    for number in range(5):
        values = {"AIRLINE": first.pk, "PARTNERS": [second.pk, first.pk], "ORIGIN": airport.pk}
        add(flights, admin, f"SU{number}", **values)
    schema = schema_of(flights)
    rows = list(elements.elements(schema, admin))
    schema_of(airlines), schema_of(other)
    with django_assert_num_queries(2):
        titles = row_titles(schema.fields, rows, actor=admin)
    field = schema["PARTNERS"]
    assert field.to_text(field.read(rows[0]), titles[field.key]) == "Победа; Аэрофлот"
    link = schema["ORIGIN"].render(airport.pk, titles[schema["ORIGIN"].key])
    assert f"/lists/{other.pk}/elements/{airport.pk}/" in link
    assert "data-drawer" in link


def test_hidden_and_deleted_targets_have_no_title(
    admin: Employee, airlines: List, flights: List, hidden: set[int]
) -> None:
    secret, gone = add(airlines, admin, "Тайна"), add(airlines, admin, "Бывшая")
    add(flights, admin, "SU1", AIRLINE=secret.pk, PARTNERS=[gone.pk])
    delete_elements(airlines.pk, [gone.pk], actor=admin)
    hidden.add(secret.pk)
    absent = texts(flights, admin, "PARTNERS")
    assert texts(flights, admin, "AIRLINE") == absent
    assert "Тайна" not in absent[0]


def test_a14_suggest_shows_readable_elements_only(
    admin: Employee, airlines: List, hidden: set[int], client: Client
) -> None:
    kept = add(airlines, admin, "Якутия", IATA="R3")
    add(airlines, admin, "Тайная Якутия", IATA="XX")
    secret = add(airlines, admin, "Якутия-2", IATA="YY")
    hidden.add(secret.pk)
    for name in ("Ёлка", "ежи"):
        add(airlines, admin, name)

    def named(words: str) -> list[str]:
        return [name for _pk, name, _note in suggest.suggest_elements(admin, airlines.pk, words)]

    assert named("якут") == ["Якутия", "Тайная Якутия"]
    assert named("") == ["ежи", "Ёлка", "Тайная Якутия", "Якутия"]  # as a grid sorts them
    assert named("е") == ["ежи", "Ёлка"]
    assert list(suggest.named_elements(admin, airlines.pk).values()) == named("")
    client.force_login(admin)
    url = reverse("element_suggest", args=[airlines.pk])
    for asked in ("r3", f"#{kept.pk}", str(kept.pk)):
        answer = client.get(url, {"q": asked}).json()["results"]
        assert answer == [{"value": kept.pk, "text": "Якутия", "note": "R3"}]
    assert client.get(url, {"q": f"#{secret.pk}"}).json()["results"] == []
    for strange in ("%", "_", "\0", "'", "#" + "9" * 30, "²", "a " * 200):
        assert client.get(url, {"q": strange}).status_code == 200
    assert client.get(reverse("element_suggest", args=[10**9])).status_code == 404
    assert Client().get(url).status_code == 302


def test_texts_of_an_import_find_ids_names_and_codes(
    admin: Employee, airlines: List, flights: List, hidden: set[int]
) -> None:
    first = add(airlines, admin, "Аэрофлот", IATA="SU")
    twin = add(airlines, admin, "Ямал", IATA="YC")
    other = add(airlines, admin, "ЯМАЛ", IATA="Y9")
    secret = add(airlines, admin, "Тайна", IATA="ZZ")
    hidden.add(secret.pk)
    field = schema_of(flights)["AIRLINE"]
    wanted = ["аэрофлот ", "su", f"#{twin.pk}", "y9"]
    wanted += ["Ямал", "Тайна", "zz", f"#{secret.pk}", "#", ""]
    known = field.from_texts(wanted, actor=admin)
    assert [known[text] for text in wanted[:4]] == [first.pk, first.pk, twin.pk, other.pk]
    errors = [known[text] for text in wanted[4:9]]
    assert all(isinstance(error, ValidationError) for error in errors)
    assert "#12" in errors[0].messages[0]
    assert known[""] is None
    several = schema_of(flights)["PARTNERS"].from_texts(["SU; Y9"], actor=admin)
    assert several == {"SU; Y9": [first.pk, other.pk]}


def test_a_text_that_postgresql_cannot_take_names_nothing(
    admin: Employee, airlines: List, flights: List
) -> None:
    first = add(airlines, admin, "Аэрофлот", IATA="SU")
    got = schema_of(flights)["AIRLINE"].from_texts(["S\0U", "\0", "SU"], actor=admin)
    assert got["SU"] == first.pk
    assert isinstance(got["S\0U"], ValidationError)
    assert isinstance(got["\0"], ValidationError)


def test_many_texts_need_few_queries(
    admin: Employee, airlines: List, flights: List, django_assert_max_num_queries
) -> None:
    first = add(airlines, admin, "Аэрофлот", IATA="SU")
    field = schema_of(flights)["AIRLINE"]
    schema_of(airlines)
    many = [f"нет {number}" for number in range(100_000)] + ["su", "Аэрофлот"]
    with django_assert_max_num_queries(3):
        known = field.from_texts(many, actor=admin)
    assert (known["su"], known["Аэрофлот"]) == (first.pk, first.pk)
    assert isinstance(known["нет 7"], ValidationError)


def test_new_links_must_be_visible_old_ones_may_stay(
    admin: Employee, airlines: List, flights: List, hidden: set[int]
) -> None:
    secret, open_ = add(airlines, admin, "Тайна"), add(airlines, admin, "Победа")
    row = add(flights, admin, "SU1", PARTNERS=[secret.pk])
    hidden.add(secret.pk)
    for impossible in (secret.pk, 10**12, row.pk):
        with pytest.raises(Invalid) as caught:
            add(flights, admin, "SU2", AIRLINE=impossible)
        assert set(caught.value.errors) == {"AIRLINE"}
    both = {"PARTNERS": [secret.pk, open_.pk]}
    changed = update_element(flights.pk, row.pk, both, version=1, actor=admin)
    assert schema_of(flights)["PARTNERS"].read(changed) == [secret.pk, open_.pk]
    copied = copy_element(flights.pk, row.pk, actor=admin)
    assert schema_of(flights)["PARTNERS"].read(copied) == [open_.pk]


@pytest.mark.parametrize("raw", ["x", "-1", "1.5", True, [1], {"a": 1}, "9" * 30, "²"])
def test_what_is_no_id_is_refused(admin: Employee, airlines: List, flights: List, raw) -> None:
    with pytest.raises(Invalid):
        add(flights, admin, "SU1", AIRLINE=raw)


def test_filter_and_search_by_target(
    admin: Employee,
    airlines: List,
    flights: List,
    hidden: set[int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, secret = add(airlines, admin, "Аэрофлот", IATA="SU"), add(airlines, admin, "Тайна")
    add(flights, admin, "один", AIRLINE=first.pk)
    add(flights, admin, "два", AIRLINE=secret.pk, PARTNERS=[first.pk, secret.pk])
    add(flights, admin, "три")
    hidden.add(secret.pk)
    schema = schema_of(flights)

    def names(**query) -> set[str]:
        tree = (
            parse_filter(json.dumps({"and": [query.pop("where")]}), schema)
            if ("where" in query)
            else parse_filter("", schema)
        )
        asked = ElementQuery(filter=tree, **query)
        return {row.name for row in found(schema, asked, actor=admin)}

    assert names(where={"field": "AIRLINE", "op": "any_of", "value": [first.pk]}) == {"один"}
    assert names(where={"field": "PARTNERS", "op": "any_of", "value": [first.pk]}) == {"два"}
    assert names(where={"field": "AIRLINE", "op": "empty"}) == {"три"}
    assert names(search="аэроф") == {"один", "два"}
    assert names(search="тайна") == set()
    monkeypatch.setattr(search, "FEW", -1)  # not by ids but by the rows that they are of
    assert names(search="аэроф") == names(search="su") == {"один", "два"}
    assert names(search="аэроф два") == {"два"}
    assert names(search="тайна") == set()


def test_a_word_that_names_many_linked_things_leaves_none_out(
    admin: Employee, airlines: List, flights: List, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first thousand and one more, whichever the database would have come upon first."""
    ids = many(airlines, "ООО", 1_100)
    for number in (0, 550, 1_099):
        add(flights, admin, f"к {number}", AIRLINE=ids[number])
        add(flights, admin, f"с {number}", PARTNERS=[ids[number], ids[7]])
    add(flights, admin, "нет", PARTNERS=[add(airlines, admin, "ЗАО").pk])
    schema = schema_of(flights)
    rows = found(schema, ElementQuery(search="ооо"), actor=admin)
    assert rows.count() == len(rows) == 6
    monkeypatch.setattr(search, "in_time", lambda read, milliseconds: None)  # they are not read
    rows = found(schema, ElementQuery(search="зао"), actor=admin)
    assert [row.name for row in rows] == ["нет"]


def many(list_: List, name: str, count: int) -> list[int]:
    """So many elements with that name and a number."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH made AS (INSERT INTO element (list_id) SELECT %s FROM generate_series(1, %s)"
            f" RETURNING id) INSERT INTO list_{list_.pk} (id, name, created_at, modified_at,"
            " version, restricted) SELECT id, %s || ' ' || id, now(), now(), 1, false FROM made"
            " RETURNING id",
            [list_.pk, count, name],
        )
        return sorted(pk for (pk,) in cursor.fetchall())


def test_a16_used_in_lists_readable_links_only(
    admin: Employee, airlines: List, flights: List, hidden: set[int], django_assert_num_queries
) -> None:
    first = add(airlines, admin, "Аэрофлот")
    one = add(flights, admin, "один", AIRLINE=first.pk)
    two = add(flights, admin, "два", PARTNERS=[first.pk])
    secret = add(flights, admin, "тайный", AIRLINE=first.pk)
    hidden.add(secret.pk)
    schema_of(flights)
    with django_assert_num_queries(2):
        uses = linking.linked_from(admin, airlines.pk, first.pk)
    assert [(use.field.code, use.elements, use.next) for use in uses] == [
        ("AIRLINE", [(one.pk, "один")], None),
        ("PARTNERS", [(two.pk, "два")], None),
    ]
    lists.delete_list(flights.pk, actor=admin)
    assert linking.linked_from(admin, airlines.pk, first.pk) == []


def test_pickers_show_titles_to_the_actor_only(
    admin: Employee, airlines: List, flights: List, hidden: set[int]
) -> None:
    first, secret = add(airlines, admin, "Аэрофлот"), add(airlines, admin, "Тайна")
    hidden.add(secret.pk)
    field = schema_of(flights)["PARTNERS"]
    html = field.form_field(actor=admin).widget.render("x", [first.pk, secret.pk], {"id": "x"})
    assert "Аэрофлот" in html
    assert f"#{secret.pk}" in html
    assert "Тайна" not in html
    assert f'data-url="/lists/{airlines.pk}/suggest/"' in html
    assert "Аэрофлот" not in field.form_field().widget.render("x", [first.pk], {"id": "x"})


def test_the_look_of_a_select_holds_all_elements(admin: Employee, airlines: List) -> None:
    add(airlines, admin, "Аэрофлот")
    settings = {"list": airlines.pk, "look": "select"}
    list_ = make_list(admin, "Рейсы", ("element", "AIRLINE", {"settings": settings}))
    html = schema_of(list_)["AIRLINE"].form_field(actor=admin).widget.render("x", None, {})
    assert "Аэрофлот" in html
    assert "data-url" not in html


def test_settings_offer_visible_lists(admin: Employee, airlines: List) -> None:
    form_class = field_types.get("element").SettingsForm
    field = None
    good = form_class({"list": airlines.pk, "look": ""}, field=field, actor=admin)
    assert good.is_valid()
    assert good.cleaned_data == {"list": airlines.pk, "look": "search", "on_delete": "keep"}
    lists.delete_list(airlines.pk, actor=admin)
    bad = form_class({"list": airlines.pk, "look": "x"}, field=field, actor=admin)
    assert set(bad.errors) == {"list", "look"}
