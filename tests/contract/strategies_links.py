"""Samples of the types whose values are ids of other things."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from hypothesis import strategies as st

from lists_core.models import DiskFile, List, Section, StoredFile
from lists_core.schema.cache import schema_of
from lists_core.schema.fields import SchemaField
from lists_core.services import lists
from lists_core.services.elements import create_element
from staff.models import Employee
from tests.contract.oracles import choices, nothing, text_key, words
from tests.contract.samples import Ask, Sample, register

NAMES = ["Ёлка", "Ель", "100%", "a_b", "<b>x</b>", 'O\'Neil & "сыновья"']
BAD_TEXTS = ("x", "-1", "1.5", "9" * 30, "²", "0x1", "#1")
BAD_JSON = (True, 1.5, [1], {}, "x", -1, 10**30)


def existing(ids: Callable[[SchemaField], Any]) -> Callable[[SchemaField], st.SearchStrategy[int]]:
    """One of the ids that stand in the database when the test asks."""
    return lambda field: st.deferred(lambda: st.sampled_from(sorted(ids(field))))


def target_list(actor: Employee) -> Mapping[str, Any]:
    list_ = lists.create_list(actor=actor, everyone="edit", name="Цель", has_sections=True)
    for number, name in enumerate(NAMES):
        create_element(list_.pk, {"NAME": name}, actor=actor)
        Section.objects.create(list=list_, name=name, code=f"S{number}")
    return {"list": list_.pk}


def element_ids(field: SchemaField) -> Any:
    list_ = List.objects.get(pk=field.field.settings["list"])
    return schema_of(list_).model.objects.values_list("pk", flat=True)


def element_key(field: SchemaField, value: int) -> tuple[str, int]:
    list_ = List.objects.get(pk=field.field.settings["list"])
    return text_key(field, schema_of(list_).model.objects.get(pk=value).name), value


register(
    Sample(
        "element",
        values=existing(element_ids),
        prepare=target_list,
        settings_post={"look": "search"},
        bad_texts=BAD_TEXTS,
        bad_json=BAD_JSON,
        asks=choices(),
        sort_key=element_key,
    )
)

register(
    Sample(
        "section",
        values=existing(
            lambda field: Section.objects.filter(list=field.field.settings["list"]).values_list(
                "pk", flat=True
            )
        ),
        prepare=target_list,
        bad_texts=BAD_TEXTS,
        bad_json=BAD_JSON,
        asks=choices(),
        sort_key=lambda field, value: (
            text_key(field, Section.objects.get(pk=value).name),
            value,
        ),
    )
)


def people(actor: Employee) -> Mapping[str, Any]:
    for number, name in enumerate(NAMES[:4]):
        known = {"last_name": name, "first_name": "Ёж"}
        Employee.objects.get_or_create(username=f"p{number}", defaults=known)
    return {}


def is_me(value: int, texts: list[str]) -> bool:
    return Employee.objects.get(pk=value).username == "admin"


register(
    Sample(
        "employee",
        values=existing(lambda field: Employee.objects.values_list("pk", flat=True)),
        prepare=people,
        bad_texts=BAD_TEXTS,
        bad_json=BAD_JSON,
        asks={**choices(), "me": Ask(nothing, is_me)},
        sort_key=lambda field, value: (
            text_key(field, str(Employee.objects.get(pk=value))),
            value,
        ),
    )
)


def stored_files(actor: Employee) -> list[StoredFile]:
    """Rows with no bytes behind them: names are all that these tests look at."""
    return [
        StoredFile.objects.create(
            name=f"{name}.pdf", mime="application/pdf", size=10, sha256="0" * 64, uploaded_by=actor
        )
        for name in NAMES
    ]


def files(actor: Employee) -> Mapping[str, Any]:
    stored_files(actor)
    return {}


def file_name(value: int) -> str:
    return StoredFile.objects.get(pk=value).name


register(
    Sample(
        "file",
        values=existing(lambda field: StoredFile.objects.values_list("pk", flat=True)),
        prepare=files,
        settings_post={"kinds": "documents", "max_mb": "5", "max_count": "9"},
        bad_json=BAD_JSON,
        asks={"contains": words(file_name)["contains"]},
    )
)


def disk_files(actor: Employee) -> Mapping[str, Any]:
    if not DiskFile.objects.exists():
        for stored in stored_files(actor):
            DiskFile.objects.create(name=stored.name, current=stored, created_by=actor)
    return {}


def disk_name(value: int) -> str:
    return DiskFile.objects.get(pk=value).name


register(
    Sample(
        "disk_file",
        values=existing(lambda field: DiskFile.objects.values_list("pk", flat=True)),
        prepare=disk_files,
        bad_texts=BAD_TEXTS,
        bad_json=BAD_JSON,
        asks={**choices(), "contains": words(disk_name)["contains"]},
    )
)
