"""Worlds of people, lists and grants, made in PostgreSQL (worlds_drawn.py draws them).

A world (tests/access/oracle.py) has numbers of its own; `build` puts it into the database and
`Built` translates. Tables are slow to make: `prepare` makes the lists once for a test, and each
example fills them inside a savepoint that is rolled back.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from lists_core.access import Right
from lists_core.models import (
    Comment,
    Element,
    ElementVersion,
    Field,
    FileUse,
    List,
    ListGroupRight,
    ListUserRight,
    Section,
    StoredFile,
)
from lists_core.schema.cache import forget_schemas, schema_of
from lists_core.schema.compile import Schema
from lists_core.services.fields import create_field
from lists_core.services.lists import create_list
from lists_core.services.readers import sync_readers
from lists_core.services.stored_rights import insert_rights
from staff.models import Department, Employee
from staff.services.employee_groups import create_group
from staff.services.groups import sync_groups
from staff.subjects import Subject
from tests.access.oracle import World
from tests.access.worlds_crm import (
    BIND,
    BINDS,
    SETTINGS,
    bound_values,
    write_kinds,
    write_roles,
)

LISTS = 3
NOTE, AMOUNT, LINK, FILE, WHO = "NOTE", "AMOUNT", "LINK", "FILE", "RESPONSIBLE"
CODES = (NOTE, AMOUNT, LINK, FILE, WHO, BIND, BINDS)
#: Code → the part of an element's row that says what stands in the field.
PART = {
    NOTE: "filled", AMOUNT: "amount", LINK: "link", FILE: "filled", WHO: "responsible",
    BIND: "bind", BINDS: "binds",
}  # fmt: skip
TYPES = {
    NOTE: "string", AMOUNT: "number", LINK: "element", FILE: "file", WHO: "employee",
    BIND: "crm", BINDS: "crm",
}  # fmt: skip
MODELS: dict[str, Any] = {"list": List, "section": Section, "element": Element, "field": Field}


def canary(element: int, field: int = 0) -> str:
    """What stands in a cell (field 0 is the name), and nowhere else in the portal."""
    return f"CANARY-{element}-{field}Z"


def field_number(list_: int, code: str) -> int:
    return (list_ - 1) * len(CODES) + CODES.index(code) + 1


@dataclass
class Prepared:
    """Empty lists with the fields CODES; each one's LINK points to the next. Any may become
    that of contacts or of companies (`World.lists[…]["crm"]`), the kinds without stages."""

    maker: Employee
    lists: list[List]
    picture: str

    def fields(self) -> list[dict[str, Field]]:
        return [{row.code: row for row in list_.fields.all()} for list_ in self.lists]


def prepare() -> Prepared:
    """Make the lists; their maker is an administrator and nobody holds any right on them."""
    forget_schemas()
    maker = Employee.objects.create_user(
        "maker", "maker@svod.example", "x", is_staff=True, is_superuser=True
    )
    lists = [
        create_list(actor=maker, name=f"CANARY-L{number}Z", has_sections=True)
        for number in range(1, LISTS + 1)
    ]
    for place, list_ in enumerate(lists):
        settings = {**SETTINGS, LINK: {"list": lists[(place + 1) % LISTS].pk}}
        for code, type_ in TYPES.items():
            name = f"CANARY-F{field_number(place + 1, code)}Z"
            create_field(
                list_.pk, type_, actor=maker, name=name, code=code,
                settings=settings.get(code, {}), multiple=code == BINDS,
            )  # fmt: skip
    ListUserRight.objects.all().delete()
    ListGroupRight.objects.all().delete()
    return Prepared(maker, lists, default_storage.save("canary.bin", ContentFile(b"CANARY")))


@dataclass
class Built:
    """The world in the database: world's number → what was made. `files` are (element, field)."""

    world: World
    people: dict[int, Employee]
    departments: dict[int, Department]
    groups: dict[int, Group]
    lists: dict[int, List]
    sections: dict[int, Section]
    fields: dict[int, Field]
    elements: dict[int, int]
    files: dict[tuple[int, int], StoredFile]

    def schema(self, list_: int) -> Schema:
        return schema_of(self.lists[list_])

    def numbers(self, ids: Any) -> set[int]:
        """The world's numbers of these element ids."""
        known = {pk: number for number, pk in self.elements.items()}
        return {known[pk] for pk in ids}

    def number(self, pk: int) -> int:
        return next(number for number, known in self.elements.items() if known == pk)

    def subject(self, code: str) -> Subject:
        kind, number = code.rstrip("0123456789"), code.lstrip("ACDGRU")
        known: dict[str, dict[int, Any]] = {"U": self.people, "G": self.groups}
        places = known.get(kind, self.departments)
        return Subject(kind, places[int(number)].pk) if number else Subject(kind)

    def thing(self, kind: str, number: int) -> int:
        found = getattr(self, kind + "s")[number]
        return found if kind == "element" else found.pk

    def fresh(self, person: int) -> Employee:
        """The person as a new request reads them."""
        return Employee.objects.get(pk=self.people[person].pk)


def build(world: World, prepared: Prepared) -> Built:
    """Put the world into the database, inside a transaction that the caller rolls back."""
    built = Built(world, *_make_people(world), {}, {}, {}, {}, {})
    made = prepared.fields()
    for number in world.lists:
        built.lists[number] = prepared.lists[number - 1]
        for code in CODES:
            built.fields[field_number(number, code)] = made[number - 1][code]
    _restrict_fields(built)
    write_kinds(built)
    forget_schemas()
    _make_sections(built)
    _make_elements(built, prepared)
    write_grants(built)
    write_roles(built)
    return built


def _restrict_fields(built: Built) -> None:
    for mark, column in (("hidden", "view_restricted"), ("locked", "change_restricted")):
        ids = [built.fields[number].pk for number, row in built.world.fields.items() if row[mark]]
        Field.objects.filter(pk__in=ids).update(**{column: True})


def _make_people(world: World) -> tuple[Any, Any, Any]:
    departments: dict[int, Department] = {}
    for number, row in world.departments.items():
        above = departments.get(row["parent"])
        departments[number] = Department.objects.create(name=f"D{number}", parent=above)
    people = {
        number: Employee(
            username=f"person{number}",
            last_name=f"Person{number}",
            password="!",
            is_active=row["active"],
            is_superuser=row["admin"],
            department=departments.get(row["department"]),
        )
        for number, row in world.people.items()
    }
    Employee.objects.bulk_create(people.values())
    sync_groups()
    groups = {
        number: create_group(actor=None, name=f"group{number}").group for number in world.groups
    }
    through = Employee.groups.through
    through.objects.bulk_create(
        through(employee_id=people[member].pk, group_id=groups[number].pk)
        for number, row in world.groups.items()
        for member in row["members"]
    )
    return people, departments, groups


def _make_sections(built: Built) -> None:
    for number, row in built.world.sections.items():
        built.sections[number] = Section.objects.create(
            list=built.lists[row["list"]],
            name=f"CANARY-S{number}Z",
            parent=built.sections.get(row["parent"]),
            restricted=row["restricted"],
        )


def _make_elements(built: Built, prepared: Prepared) -> None:
    rows = built.world.elements
    made = Element.objects.bulk_create(Element(list=built.lists[r["list"]]) for r in rows.values())
    built.elements = {number: element.pk for number, element in zip(rows, made, strict=True)}
    _make_files(built, prepared)
    by_list: dict[int, list[Any]] = defaultdict(list)
    versions = []
    for number, row in rows.items():
        schema = built.schema(row["list"])
        values = values_of(built, number)
        columns = {
            name: stored
            for field in schema.fields
            for name, stored in field.to_columns(values[field.code]).items()
        }
        by_list[row["list"]].append(_row(built, number, schema, columns))
        changes = {f.key: [None, f.to_json(values[f.code])] for f in schema.fields}
        changes["name"] = [None, canary(number)]
        versions.append(
            ElementVersion(
                element_id=built.elements[number],
                list=built.lists[row["list"]],
                version=1,
                kind="created",
                actor=built.people[row["author"]],
                at=timezone.now(),
                changes=changes,
            )
        )
    for list_, items in by_list.items():
        built.schema(list_).model.objects.bulk_create(items)
    ElementVersion.objects.bulk_create(versions)
    Comment.objects.bulk_create(
        Comment(element_id=pk, author=prepared.maker, text=canary(number))
        for number, pk in built.elements.items()
    )


def values_of(built: Built, number: int) -> dict[str, Any]:
    """Code → natural value of an element's fields."""
    row = built.world.elements[number]
    note, file = (field_number(row["list"], code) for code in (NOTE, FILE))
    kept = built.files.get((number, file))
    return {
        NOTE: canary(number, note) if row["filled"] else None,
        AMOUNT: None if row["amount"] is None else Decimal(row["amount"]),
        LINK: built.elements[row["link"]] if row["link"] else None,
        WHO: built.people[row["responsible"]].pk if row.get("responsible") else None,
        FILE: kept.pk if kept else None,
        **bound_values(built, number),
    }


def _row(built: Built, number: int, schema: Schema, columns: dict[str, Any]) -> Any:
    row = built.world.elements[number]
    author = built.people[row["author"]].pk
    return schema.model(
        id=built.elements[number],
        name=canary(number),
        section=built.sections[row["section"]].pk if row["section"] else None,
        created_by=author,
        modified_by=author,
        restricted=row["restricted"],
        deleted_at=timezone.now() if row["deleted"] else None,
        **columns,
    )


def _make_files(built: Built, prepared: Prepared) -> None:
    wanted = [
        (number, field_number(row["list"], FILE))
        for number, row in built.world.elements.items()
        if row["filled"]
    ]
    files = StoredFile.objects.bulk_create(
        StoredFile(
            name=f"{canary(*pair)}.bin", content=prepared.picture, thumbnail=prepared.picture,
            size=6, mime="application/octet-stream", sha256="0" * 64, uploaded_by=prepared.maker,
        )
        for pair in wanted
    )  # fmt: skip
    built.files = dict(zip(wanted, files, strict=True))
    FileUse.objects.bulk_create(
        FileUse(file=file, element_id=built.elements[element], field_id=built.fields[field].pk)
        for (element, field), file in built.files.items()
    )


def write_grants(built: Built) -> None:
    """The grants as they are stored: many of them no single person could have given."""
    merged: dict[tuple[str, int], dict[Subject, frozenset[Right]]] = defaultdict(dict)
    for kind, number, code, given in built.world.grants:
        on = merged[kind, number]
        subject = built.subject(code)
        on[subject] = on.get(subject, frozenset()) | frozenset(map(Right, given))
    for (kind, number), grants in merged.items():
        list_ = built.world.elements[number]["list"] if kind == "element" else 0
        list_id = built.lists[list_].pk if list_ else 0
        insert_rights(MODELS[kind], [built.thing(kind, number)], grants, list_id)
    for list_ in built.lists.values():
        sync_readers(list_.pk)
