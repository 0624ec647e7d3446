"""Groups of employees: their pages, their services, what is written down about them."""

from __future__ import annotations

import threading
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import Group
from django.db import DatabaseError, connection, connections, transaction
from django.urls import reverse

from staff.group_uses import group_uses
from staff.models import AuditEntry, Department, Employee, EmployeeGroup
from staff.services import departments, employees
from staff.services import employee_groups as services
from svod.base.errors import Forbidden, Invalid, NotFound


@pytest.fixture
def club(world: SimpleNamespace) -> EmployeeGroup:
    """A group of anna and gone."""
    made = services.create_group(actor=world.admin, name="Клуб", description="По пятницам")
    services.change_members(made, actor=world.admin, add=[world.anna, world.gone])
    return made


@pytest.fixture
def lists_with_rights():
    """An upper app that says: three rights hang on every group; `dropped` are those taken."""
    dropped = []
    use = SimpleNamespace(slug="test", dropped=dropped, count=lambda group_id: 3)
    use.drop = lambda group_id, *, actor: dropped.append((group_id, actor))
    group_uses.register(use)
    yield use
    group_uses.unregister("test")


def members(group):
    return {person.first_name for person in Employee.objects.filter(groups=group.pk)}


# --- services ---------------------------------------------------------------------------


@pytest.mark.parametrize("write", [
    lambda club, who: services.create_group(actor=who, name="X"),
    lambda club, who: services.update_group(club, actor=who, name="X", description=""),
    lambda club, who: services.change_members(club, actor=who, add=[who]),
    lambda club, who: services.delete_group(club, actor=who),
])  # fmt: skip
def test_only_administrators_write(world, club, write):
    with pytest.raises(Forbidden):
        write(club, world.anna)
    assert members(club) == {"Anna", "Gone"}
    assert EmployeeGroup.objects.get().name == "Клуб"


@pytest.mark.parametrize("name", ["Клуб", "КЛУБ", " клуб  ", "клуб"])
def test_names_are_taken_in_any_case(world, club, name):
    carriers = Group.objects.count()
    with pytest.raises(Invalid) as refusal:
        services.create_group(actor=world.admin, name=name)
    assert list(refusal.value.errors) == ["name"]
    assert Group.objects.count() == carriers


@pytest.mark.parametrize("name", ["", "  ", "\u2003"])
def test_a_group_has_a_name(world, name):
    with pytest.raises(Invalid):
        services.create_group(actor=world.admin, name=name)


@pytest.mark.parametrize("name", ["everyone", "author", "department:1", "department:1:subtree"])
def test_no_name_makes_a_group_that_is_something_else(world, name):
    made = services.create_group(actor=world.admin, name=name)
    assert made.name == name
    assert Group.objects.filter(name=name).exclude(pk=made.pk).count() <= 1
    assert Group.objects.get(pk=made.pk).name != name


def test_a_group_keeps_its_own_name(world, club):
    services.update_group(club, actor=world.admin, name="клуб", description="")
    club.refresh_from_db()
    assert (club.name, club.description) == ("клуб", "")


def test_a_deleted_group_is_gone_with_its_rights(world, club, lists_with_rights):
    services.delete_group(club, actor=world.admin)
    assert lists_with_rights.dropped == [(club.pk, world.admin)]
    assert not Group.objects.filter(pk=club.pk).exists()
    assert Employee.objects.filter(pk=world.anna.pk).exists()
    for write in (services.delete_group, services.change_members):
        with pytest.raises(NotFound):
            write(club, actor=world.admin)


def test_a_deleted_department_takes_its_rights_along(world, lists_with_rights):
    employees.update_employee(world.anna, {"department": None}, actor=world.admin)
    world.retail.refresh_from_db()
    gone = [world.retail.group_id, world.retail.subtree_group_id]
    expected = [(group, world.admin) for group in gone]
    departments.delete_department(world.retail, actor=world.admin)
    assert lists_with_rights.dropped == expected


def test_everything_is_written_down(world, club, lists_with_rights):
    services.update_group(club, actor=world.admin, name="Кружок", description="")
    services.change_members(club, actor=world.admin, add=[world.anna], remove=[world.boris])
    services.change_members(club, actor=world.admin, add=[world.boris], remove=[world.gone])
    services.delete_group(club, actor=world.admin)
    rows = AuditEntry.objects.filter(subject=f"group:{club.pk}").order_by("pk")
    added = sorted([world.anna.pk, world.gone.pk])
    assert list(rows.values_list("event", "about")) == [
        ("group.created", {"name": "Клуб"}),
        ("group.members", {"added": added, "removed": []}),
        ("group.changed", {"name": {"before": "Клуб", "after": "Кружок"}}),
        ("group.members", {"added": [world.boris.pk], "removed": [world.gone.pk]}),
        ("group.deleted", {"name": "Кружок", "rights": 3}),
    ]
    assert {row.actor for row in rows} == {world.admin}


# --- pages ------------------------------------------------------------------------------


def test_the_list_counts_active_people(client, world, club, django_assert_max_num_queries):
    client.force_login(world.admin)
    with django_assert_max_num_queries(12):
        text = client.get(reverse("groups")).content.decode()
    assert "Клуб" in text
    assert "1 человек" in text
    assert "По пятницам" in text


def test_a_page_shows_deactivated_people(client, world, club):
    client.force_login(world.admin)
    text = client.get(reverse("group", args=[club.pk])).content.decode()
    assert str(world.gone) in text
    assert "Вход закрыт" in text
    assert "1 человек" in text


def test_adding_and_renaming(client, world):
    client.force_login(world.admin)
    client.post(reverse("group_add"), {"name": "Архив", "description": "Бумаги"})
    made = EmployeeGroup.objects.get()
    assert (made.name, made.description) == ("Архив", "Бумаги")
    answer = client.post(reverse("group_edit", args=[made.pk]), {"name": "Архивы"})
    assert answer.headers["Location"] == made.get_absolute_url()
    made.refresh_from_db()
    assert (made.name, made.description) == ("Архивы", "")


@pytest.mark.parametrize("data", [
    {"name": ""}, {"name": "КЛУБ"}, {"name": "я" * 151}, {"name": "a\0"},
    {"name": "X", "description": "я" * 1001},
])  # fmt: skip
def test_bad_groups_come_back_with_what_was_typed(client, world, club, data):
    other = services.create_group(actor=None, name="Другая")
    client.force_login(world.admin)
    for url in (reverse("group_add"), reverse("group_edit", args=[other.pk])):
        answer = client.post(url, data)
        assert answer.status_code == 422
        assert data["name"].replace("\0", "")[:20] in answer.content.decode()
    other.refresh_from_db()
    assert other.name == "Другая"


def test_joining_and_leaving(client, world, club):
    client.force_login(world.admin)
    join, leave = (reverse(f"group_{way}", args=[club.pk]) for way in ("join", "leave"))
    client.post(join, {"person": world.boris.pk})
    assert members(club) == {"Anna", "Boris", "Gone"}
    for person in (world.anna, world.gone, world.admin):
        client.post(leave, {"person": person.pk})
    assert members(club) == {"Boris"}


@pytest.mark.parametrize("person", ["", "x", "0", "9" * 30, "²"])
def test_odd_people_do_not_join_or_leave(client, world, club, person):
    client.force_login(world.admin)
    assert client.post(reverse("group_join", args=[club.pk]), {"person": person}).status_code == 422
    assert (
        client.post(reverse("group_leave", args=[club.pk]), {"person": person}).status_code == 302
    )
    assert members(club) == {"Anna", "Gone"}


def test_deactivated_people_do_not_join(client, world, club):
    Employee.objects.filter(pk=world.boris.pk).update(is_active=False)
    client.force_login(world.admin)
    url = reverse("group_join", args=[club.pk])
    assert client.post(url, {"person": world.boris.pk}).status_code == 422


def test_deleting_says_how_much_is_lost(client, world, club, lists_with_rights):
    client.force_login(world.admin)
    page = client.get(reverse("group", args=[club.pk])).content.decode()
    assert "3 права" in page
    client.post(reverse("group_delete", args=[club.pk]))
    assert not EmployeeGroup.objects.exists()
    assert client.get(reverse("group", args=[club.pk])).status_code == 404


def test_a_group_without_rights_says_so(client, world, club):
    client.force_login(world.admin)
    assert "нет прав" in client.get(reverse("group", args=[club.pk])).content.decode()


@pytest.mark.parametrize("carrier", ["group_id", "subtree_group_id"])
def test_a_departments_group_has_no_page(client, world, carrier):
    world.law.refresh_from_db()
    client.force_login(world.admin)
    for name in ("group", "group_edit"):
        url = reverse(name, args=[getattr(world.law, carrier)])
        assert client.get(url).status_code == 404


def test_people_see_their_own_groups_on_the_profile(client, world, club):
    for who, shown in [(world.anna, True), (world.boris, False)]:
        client.force_login(who)
        assert ("Клуб" in client.get(reverse("profile")).content.decode()) is shown


def test_the_menu_offers_groups_to_administrators(client, world):
    for who, shown in [(world.anna, False), (world.admin, True)]:
        client.force_login(who)
        page = client.get(reverse("people")).content.decode()
        assert (f'href="{reverse("groups")}"' in page) is shown


def test_no_other_page_touches_groups_that_carry_rights(client, world):
    client.force_login(world.admin)
    assert client.get("/admin/auth/group/").status_code == 404
    url = reverse("admin:staff_employee_change", args=[world.anna.pk])
    assert 'name="groups"' not in client.get(url).content.decode()


def test_the_admin_keeps_other_groups(client, world, club):
    client.force_login(world.admin)
    data = {
        "username": world.anna.username, "email": world.anna.email, "department": world.law.pk,
        "time_zone": "Europe/Moscow", "language": "ru", "theme": "auto", "is_active": "on",
    }  # fmt: skip
    client.post(reverse("admin:staff_employee_change", args=[world.anna.pk]), data)
    world.law.refresh_from_db()
    assert {club.pk, world.law.group_id} <= set(world.anna.groups.values_list("pk", flat=True))


def test_the_admin_moves_departments_and_makes_no_loop(client, world):
    employees.update_employee(world.anna, {}, actor=None)
    client.force_login(world.admin)
    inline = {"children-TOTAL_FORMS": 0, "children-INITIAL_FORMS": 0}
    for parent, status in [(world.retail, 200), (world.law, 302)]:
        data = {"name": "Продажи", "sort": 10, "parent": parent.pk, **inline}
        url = reverse("admin:staff_department_change", args=[world.sales.pk])
        assert client.post(url, data).status_code == status
    world.law.refresh_from_db()
    assert world.law.subtree_group in world.anna.groups.all()


# --- two at a time ----------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_person_who_comes_while_the_department_moves_counts_for_the_new_place(world):
    """The second waits for the first, then reads the tree as it became."""
    errors = []

    def come():
        try:
            person = Employee.objects.get(pk=world.boris.pk)
            employees.update_employee(person, {"department": world.sales}, actor=None)
        except DatabaseError as error:
            errors.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=come)
    with transaction.atomic():
        departments.move_department(world.sales, actor=None, parent=world.law)
        thread.start()
        wait_until_somebody_waits(thread)
    thread.join(30)
    assert not errors
    law = Department.objects.get(pk=world.law.pk)
    assert world.boris.groups.filter(pk=law.subtree_group_id).exists()


def wait_until_somebody_waits(thread):
    """Until a query of this database waits for a lock, or the thread came to its end."""
    asked = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = %s"
    with connection.cursor() as cursor:
        for _ in range(1000):
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(asked, [connection.settings_dict["NAME"]])
            if cursor.fetchone()[0] or not thread.is_alive():
                return
            thread.join(0.01)
    raise AssertionError("nobody waits")
