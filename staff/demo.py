"""A believable company for the demo portal and for tests of whole pages."""

from __future__ import annotations

from typing import NamedTuple

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction

from staff.models import Department, Employee
from staff.services.departments import create_department
from staff.services.groups import sync_groups

DOMAIN = "svod.example"
# name, department above, login of the head
DEPARTMENTS = [
    ("Дирекция", "", "igor.vorontsov"),
    ("Бухгалтерия", "Дирекция", "elena.kuznetsova"),
    ("Маркетинг", "Дирекция", "anna.smirnova"),
    ("Юридический отдел", "Дирекция", "pavel.gromov"),
    ("Логистика", "Дирекция", "sergey.belov"),
    ("Склад", "Логистика", "timur.akhmetov"),
    ("Транспорт", "Логистика", ""),
    ("Продажи", "Дирекция", "olga.petrova"),
    ("ИТ", "Дирекция", "dmitry.orlov"),
]


class Person(NamedTuple):
    login: str
    last_name: str
    first_name: str
    patronymic: str
    position: str
    department: str
    manager: str
    time_zone: str = "Europe/Moscow"


PEOPLE = [
    Person("igor.vorontsov", "Воронцов", "Игорь", "Андреевич", "Генеральный директор",
           "Дирекция", ""),
    Person("marina.lebedeva", "Лебедева", "Марина", "Олеговна", "Помощник директора",
           "Дирекция", "igor.vorontsov"),
    Person("elena.kuznetsova", "Кузнецова", "Елена", "Викторовна", "Главный бухгалтер",
           "Бухгалтерия", "igor.vorontsov"),
    Person("nadezhda.frolova", "Фролова", "Надежда", "Ильинична", "Бухгалтер",
           "Бухгалтерия", "elena.kuznetsova"),
    Person("anna.smirnova", "Смирнова", "Анна", "Сергеевна", "Руководитель маркетинга",
           "Маркетинг", "igor.vorontsov"),
    Person("kirill.zaitsev", "Зайцев", "Кирилл", "Денисович", "Аналитик",
           "Маркетинг", "anna.smirnova", "Asia/Novosibirsk"),
    Person("pavel.gromov", "Громов", "Павел", "Николаевич", "Начальник юридического отдела",
           "Юридический отдел", "igor.vorontsov"),
    Person("sergey.belov", "Белов", "Сергей", "Петрович", "Директор по логистике",
           "Логистика", "igor.vorontsov"),
    Person("timur.akhmetov", "Ахметов", "Тимур", "Рустамович", "Заведующий складом",
           "Склад", "sergey.belov", "Asia/Yekaterinburg"),
    Person("yulia.semenova", "Семёнова", "Юлия", "Фёдоровна", "Диспетчер",
           "Транспорт", "sergey.belov", "Europe/Samara"),
    Person("olga.petrova", "Петрова", "Ольга", "Дмитриевна", "Руководитель отдела продаж",
           "Продажи", "igor.vorontsov"),
    Person("artem.nikitin", "Никитин", "Артём", "Алексеевич", "Менеджер по продажам",
           "Продажи", "olga.petrova", "Asia/Vladivostok"),
    Person("vera.egorova", "Егорова", "Вера", "Максимовна", "Менеджер по продажам",
           "Продажи", "olga.petrova", "Europe/Kaliningrad"),
    Person("dmitry.orlov", "Орлов", "Дмитрий", "Юрьевич", "Начальник отдела ИТ",
           "ИТ", "igor.vorontsov"),
]  # fmt: skip


@transaction.atomic
def load_people() -> dict[str, Employee]:
    """The demo company by login (`anna.smirnova`) and its administrator under `admin`.

    Running it again changes nothing that is there. Refused in production: everybody knows
    the password.
    """
    if settings.ENVIRONMENT not in {"development", "test"}:
        raise RuntimeError("The demo company is for development only.")
    departments = _load_departments()
    password = make_password(settings.DEMO_PASSWORD)
    people = {
        person.login: _load_person(person, index, departments, password)
        for index, person in enumerate(PEOPLE)
    }
    _appoint(people, departments)
    sync_groups()
    return people | {"admin": _load_administrator(password, departments["ИТ"])}


def _load_departments() -> dict[str, Department]:
    found = {department.name: department for department in Department.objects.all()}
    for name, above, _head in DEPARTMENTS:
        if name not in found:
            found[name] = create_department(actor=None, name=name, parent=found.get(above))
    return found


def _load_person(
    person: Person, index: int, departments: dict[str, Department], password: str
) -> Employee:
    email = f"{person.login}@{DOMAIN}"
    employee, _created = Employee.objects.get_or_create(
        email=email,
        defaults={
            "username": email,
            "password": password,
            "last_name": person.last_name,
            "first_name": person.first_name,
            "patronymic": person.patronymic,
            "position": person.position,
            "department": departments[person.department],
            "phone": f"+7 495 555-01-{index + 10} доб. {index + 101}",
            "time_zone": person.time_zone,
        },
    )
    return employee


def _appoint(people: dict[str, Employee], departments: dict[str, Department]) -> None:
    """Managers and heads, where nobody has been appointed yet."""
    for person in PEOPLE:
        if person.manager:
            Employee.objects.filter(pk=people[person.login].pk, manager=None).update(
                manager=people[person.manager]
            )
    for name, _above, head in DEPARTMENTS:
        if head:
            Department.objects.filter(pk=departments[name].pk, head=None).update(head=people[head])


def _load_administrator(password: str, department: Department) -> Employee:
    employee, _created = Employee.objects.get_or_create(
        email=settings.DEMO_LOGIN,
        defaults={
            "username": settings.DEMO_LOGIN,
            "password": password,
            "last_name": "Администратор",
            "first_name": "Мария",
            "position": "Администратор портала",
            "department": department,
            "is_staff": True,
            "is_superuser": True,
        },
    )
    sync_groups([employee])
    return employee
