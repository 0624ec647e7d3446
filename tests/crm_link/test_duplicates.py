"""Who looks like whom: found by telephone, e-mail, INN and name, as far as one may know."""

from __future__ import annotations

import pytest
from django.core.management import call_command

from crm_link.kinds import COMPANY, CONTACT, LEAD
from crm_link.models import ContactPoint
from crm_link.points import PointType, normal
from crm_link.selectors.duplicates import groups, look_alikes, repeated
from crm_link.selectors.points import find_by_points
from lists_core.access import Right
from lists_core.models import Field
from lists_core.services.bulk import bulk_update
from lists_core.services.elements import delete_elements, restore_elements, update_element
from lists_core.services.fields import create_field
from lists_core.services.rights import set_field_rights, set_list_rights
from staff.subjects import Subject
from tests.crm_link.crm_world import item

pytestmark = pytest.mark.django_db
PHONE, MAIL = "+74951234567", "ivan@romashka.example"
HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.mark.parametrize(
    ("type_", "typed", "point"),
    [
        ("phone", "8 (495) 123-45-67 доб. 12", PHONE),
        ("phone", "+7 495 1234567", PHONE),
        ("phone", "много", ""),
        ("email", " Ivan@Romashka.EXAMPLE ", MAIL),
        ("email", "ivan", ""),
        ("inn", "77 07 08 38 93", "7707083893"),
        ("inn", "123", ""),
        ("name", "ООО «Зелёный луг»", "zelenyj lug"),
        ("name", "Ромашка, ООО", "romashka"),
        ("name", "Союз", "soyuz"),
    ],
)
def test_two_spellings_are_one_point(type_, typed, point):
    assert normal(PointType(type_), typed) == point


def points(row) -> set[tuple[str, str]]:
    return set(ContactPoint.objects.filter(element=row.pk).values_list("type", "value"))


def test_points_follow_every_write(admin, lists):
    row = item("company", admin, "ООО «Ромашка»", PHONE=[PHONE], INN="7707083893")
    assert points(row) == {("phone", PHONE), ("inn", "7707083893"), ("name", "romashka")}
    row = update_element(
        lists["company"].pk, row.pk, {"EMAIL": [MAIL], "INN": ""}, version=1, actor=admin
    )
    assert points(row) == {("phone", PHONE), ("email", MAIL), ("name", "romashka")}
    bulk_update(lists["company"].pk, [row.pk], {"PHONE": None}, actor=admin)
    assert ("phone", PHONE) not in points(row)
    delete_elements(lists["company"].pk, [row.pk], actor=admin)
    assert points(row) == set()
    restore_elements(lists["company"].pk, [row.pk], actor=admin)
    assert points(row) == {("email", MAIL), ("name", "romashka")}
    ContactPoint.objects.all().delete()
    call_command("fill_contact_points", verbosity=0)
    assert points(row) == {("email", MAIL), ("name", "romashka")}


def test_a_field_of_ones_own_tells_too(admin, lists):
    create_field(lists["lead"].pk, "phone", actor=admin, name="Второй", code="SECOND_PHONE")
    row = item("lead", admin, SECOND_PHONE=PHONE)
    assert find_by_points(LEAD, "phone", ["8 495 123-45-67"], actor=admin) == {"lead": [row.pk]}


def test_found_in_every_kind_or_in_one(admin, lists):
    rows = [item(kind, admin, EMAIL=[MAIL]) for kind in ("lead", "contact", "company")]
    found = find_by_points(None, "email", [MAIL.upper(), "no@no.example"], actor=admin)
    assert found == {
        "lead": [rows[0].pk], "contact": [rows[1].pk], "company": [rows[2].pk],
    }  # fmt: skip
    assert find_by_points(CONTACT, "email", [MAIL], actor=admin) == {"contact": [rows[1].pk]}
    assert find_by_points(None, "column", [MAIL], actor=admin) == {}
    assert find_by_points(None, "email", [], actor=admin) == {}


def see(lists, admin, person, *kinds: str) -> None:
    for kind in kinds:
        grants = {Subject("U", person.pk): frozenset({Right.VIEW, Right.ADD})}
        set_list_rights(lists[kind].pk, grants, actor=admin)


def test_what_one_may_not_see_is_not_found(admin, lists, employee):
    item("contact", admin, "Петров", PHONE=[PHONE])
    item("company", admin, "Ромашка", PHONE=[PHONE])
    assert find_by_points(None, "phone", [PHONE], actor=employee) == {}
    see(lists, admin, employee, "contact")
    assert set(find_by_points(None, "phone", [PHONE], actor=employee)) == {"contact"}
    phone = Field.objects.get(list=lists["contact"], code="PHONE")
    set_field_rights(
        lists["contact"].pk, phone.pk, {},
        view_restricted=True, change_restricted=False, actor=admin,
    )  # fmt: skip
    assert find_by_points(None, "phone", [PHONE], actor=employee) == {}
    assert not repeated(employee, CONTACT, PointType.PHONE)
    assert look_alikes(employee, {PointType.PHONE: [PHONE]}, {}) == []


def test_similar_names_come_after_the_same_points(admin, lists):
    near = item("company", admin, "ООО «Ромашка-Сервис»")
    same = item("company", admin, "Другая", INN="7707083893")
    item("company", admin, "Незабудка")
    names = {COMPANY: "Ромашка Сервис, ООО"}
    likes = look_alikes(admin, {PointType.INN: ["7707083893"]}, names)
    assert [(like.id, bool(like.same)) for like in likes] == [(same.pk, True), (near.pk, False)]
    assert look_alikes(admin, {PointType.INN: ["7707083893"]}, {}, without=same.pk) == []


def test_the_form_shows_who_looks_like_it(admin, lists, admin_client, client, employee):
    item("contact", admin, "Петров <b>Иван</b>", PHONE=[PHONE])
    typed = {"NAME": "Новый", "PHONE": ["8 495 123 45 67", "", "x" * 5000]}
    page = admin_client.post("/crm/company/alike/", typed, headers=HTMX).content.decode()
    assert "Петров &lt;b&gt;Иван" in page
    assert "8 (495) 123-45-67" in page
    assert (
        admin_client.post("/crm/company/alike/", {"NAME": "Новый"}, headers=HTMX).content.strip()
        == b""
    )
    form = admin_client.get(f"/lists/{lists['contact'].pk}/elements/add/", headers=HTMX)
    aid = form.content.decode().split('hx-post="/crm/contact/alike/"')[1].split(">")[0]
    assert 'hx-target="this"' in aid  # what it is told must not take the form's place in a drawer
    client.force_login(employee)
    assert client.post("/crm/company/alike/", typed, headers=HTMX).status_code == 404
    see(lists, admin, employee, "company")
    assert client.post("/crm/company/alike/", typed, headers=HTMX).content.strip() == b""


def test_the_page_of_duplicates(admin, lists, admin_client, django_assert_max_num_queries):
    for number in range(12):
        item("contact", admin, f"Пара {number}", EMAIL=[f"pair{number // 2}@svod.example"])
    rows = repeated(admin, CONTACT, PointType.EMAIL)
    assert [row["count"] for row in rows] == [2] * 6
    found = groups(admin, CONTACT, PointType.EMAIL, rows)
    assert [like.name for like in found[0].items] == ["Пара 0", "Пара 1"]
    with django_assert_max_num_queries(30):
        page = admin_client.get("/crm/contact/duplicates/?by=email").content.decode()
    assert "pair5@svod.example" in page
    assert "Пара 11" in page
    empty = admin_client.get("/crm/contact/duplicates/?by=nonsense&page=x").content.decode()
    assert "Дубликатов нет" in empty
