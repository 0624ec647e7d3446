"""What a person's writes change, beside what the oracle lets them change.

Each is tried in a savepoint that is rolled back; what counts is what the table holds afterwards.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Collection
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from openpyxl import load_workbook

from lists_core.models import BulkLine, Job
from lists_core.services.bulk import bulk_delete, bulk_move, bulk_update
from lists_core.services.bulk_restore import bulk_restore
from lists_core.services.bulk_undo import undo_changes
from lists_core.services.element_bin import purge_elements
from lists_core.services.elements import (
    copy_element,
    create_element,
    restore_elements,
    update_element,
)
from lists_core.services.exports import run_export
from lists_core.services.files import keep_file
from lists_core.services.imports import run_import
from lists_core.transfer.spec import ColumnSpec, ImportSpec
from lists_core.transfer.tables import Layout
from staff.models import Employee
from svod.base.errors import DomainError
from tests.access import oracle
from tests.access.look import Look
from tests.access.worlds import NOTE, WHO, canary

NEW = "A new note"


def tried(
    look: Look, list_: int, write: Callable[..., Any], *args: Any, **more: Any
) -> tuple[str, set[int], Any]:
    """(name of the refusal or "ok", numbers of the elements that it changed, what it gave)."""
    with transaction.atomic():
        before = _table(look, list_)
        told, given = "ok", None
        try:
            given = write(*args, **more)
        except DomainError as error:
            told, given = type(error).__name__, error
        after = _table(look, list_)
        if told == "ok" and hasattr(given, "pk"):
            given = look.built.schema(list_).model.objects.get(pk=given.pk)
        transaction.set_rollback(True)
    return told, {key for key in before if before[key] != after.get(key)}, given


def _table(look: Look, list_: int) -> dict[int, Any]:
    numbers = {pk: number for number, pk in look.built.elements.items()}
    rows = look.built.schema(list_).model.objects.values()
    return {numbers[row["id"]]: row for row in rows if row["id"] in numbers}


def _ids(look: Look, keys: Collection[int]) -> list[int]:
    return [look.built.elements[key] for key in keys]


def bulk_edit(look: Look) -> None:
    for list_ in look.world.lists:
        pk, every = look.built.lists[list_].pk, look.of(list_)
        told, changed, given = tried(
            look, list_, bulk_update, pk, _ids(look, every), {NOTE: NEW}, actor=look.actor
        )
        number = look.fields_of(list_)[NOTE]
        open_ = look.changes_field(number)
        look.same("bulk edit", changed, _with(look, every, "change") if open_ else set())
        if not look.sees_field(number) and look.actor.is_active:
            unknown = tried(look, list_, bulk_update, pk, [], {"NEVER_MADE": NEW}, actor=look.actor)
            look.same(
                "bulk edit of a hidden field", (told, str(given)), (unknown[0], str(unknown[2]))
            )
        if open_ and told == "ok":
            hidden = {str(look.built.elements[key]) for key in every if not look.sees(key)}
            texts = {given.problems[key] for key in hidden}
            missing = bulk_update(pk, [999_999_999], {NOTE: NEW}, actor=look.actor).problems
            look.same("told of hidden ones", texts - set(missing.values()), set())


def _with(look: Look, keys: Collection[int], right: str) -> set[int]:
    return {key for key in keys if look.sees(key) and look.may(right, key)}


def bulk_moving(look: Look) -> None:
    for list_ in look.world.lists:
        pk, every = look.built.lists[list_].pk, look.of(list_)
        for section in _places(look, list_)[:3]:
            place = look.built.sections[section].pk if section else None
            _told, changed, _given = tried(
                look,
                list_,
                bulk_move,
                pk,
                _ids(look, every),
                section_id=place,
                actor=look.actor,
            )
            moving = {k for k in every if look.world.elements[k]["section"] != section}
            open_ = {k for k in moving if look.may_add(list_, section, look.responsible(k))}
            wanted = _with(look, open_, "change")
            look.same(f"bulk move to {section}", changed, wanted)


def _places(look: Look, list_: int) -> list[int | None]:
    return [None, *(key for key, row in look.world.sections.items() if row["list"] == list_)]


def bulk_deleting(look: Look) -> None:
    for list_ in look.world.lists:
        pk, every = look.built.lists[list_].pk, look.of(list_)
        _told, changed, _given = tried(
            look, list_, bulk_delete, pk, _ids(look, every), actor=look.actor
        )
        look.same("bulk delete", changed, _with(look, every, "delete"))
        _told, changed, _given = tried(
            look, list_, restore_elements, pk, _ids(look, every), actor=look.actor
        )
        gone = {key for key in every if look.world.elements[key]["deleted"]}
        look.same("restored", changed, {key for key in gone if look.may("delete", key)})
        _told, changed, _given = tried(
            look, list_, bulk_restore, pk, _ids(look, every), actor=look.actor
        )
        look.same("all restored", changed, {key for key in gone if look.may("delete", key)})
        _told, changed, _given = tried(
            look, list_, purge_elements, pk, _ids(look, every), actor=look.actor
        )
        look.same("deleted for ever", changed, {key for key in gone if look.may("full", key)})


def undoing(look: Look) -> None:
    """An administrator edits everything; the person takes it back with the rights they have."""
    maker = Employee.objects.get(username="maker")
    for list_ in look.world.lists:
        pk, every = look.built.lists[list_].pk, look.of(list_)
        with transaction.atomic():
            done = bulk_update(pk, _ids(look, every), {NOTE: NEW}, actor=maker)
            lines = [BulkLine(element_id=one.element, version=one.version)
                     for one in done.lines if one.version]  # fmt: skip
            report = undo_changes(pk, lines, actor=look.actor)
            written = [one.element for one in report.lines if one.version]
            transaction.set_rollback(True)
        open_ = look.changes_field(look.fields_of(list_)[NOTE])
        wanted = _with(look, every, "change") if open_ else set()
        look.same("undone", look.built.numbers(written), wanted)
        said = {one.text for one in report.lines if one.outcome == "not_found"}
        look.same("undo told of hidden ones", len(said) > 1, False)


def editing(look: Look) -> None:
    """One element, one field."""
    for key, row in list(look.world.elements.items())[:5]:
        list_ = row["list"]
        pk, own = look.built.lists[list_].pk, look.built.elements[key]
        told, changed, _given = tried(
            look, list_, update_element, pk, own, {NOTE: NEW}, version=1, actor=look.actor
        )
        wanted = "NotFound" if not look.sees(key) else "Forbidden"
        if look.sees(key) and look.may("change", key):
            wanted = "ok" if look.changes_field(look.fields_of(list_)[NOTE], key) else "Invalid"
        look.same(f"change of {key}", (told, changed), (wanted, {key} if wanted == "ok" else set()))


def adding(look: Look) -> None:
    for list_ in look.world.lists:
        number = look.fields_of(list_)[NOTE]
        open_ = oracle.changes_field(look.world, look.person, number, look.person)
        for section in _places(look, list_)[:3]:
            place = look.built.sections[section].pk if section else None
            for values in ({"NAME": NEW}, {"NAME": NEW, NOTE: NEW}):
                told, _changed, _given = tried(
                    look,
                    list_,
                    create_element,
                    look.built.lists[list_].pk,
                    values,
                    actor=look.actor,
                    section_id=place,
                )
                may = look.may_add(list_, section, look.person)
                wanted = may and (open_ or NOTE not in values)
                look.same(f"add to {section} {[*values]}", told == "ok", wanted)


def copying(look: Look) -> None:
    for key, row in list(look.world.elements.items())[:4]:
        list_ = row["list"]
        pk, own = look.built.lists[list_].pk, look.built.elements[key]
        told, _changed, copy = tried(look, list_, copy_element, pk, own, actor=look.actor)
        kept_who = look.changes_field(look.fields_of(list_)[WHO], key)
        who = (look.responsible(key) if kept_who else None) or look.person
        wanted = look.sees(key) and look.may_add(list_, row["section"], who)
        look.same(f"copy of {key}", told == "ok", wanted)
        if told != "ok":
            continue
        number = look.fields_of(list_)[NOTE]
        note = look.built.schema(list_)[NOTE].read(copy)
        kept = row["filled"] and look.changes_field(number, key)
        look.same(f"note of the copy of {key}", note, canary(key, number) if kept else None)
        look.same(f"the copy of {key} is as closed", copy.restricted, row["restricted"])
        look.same(f"author of the copy of {key}", copy.created_by, look.actor.pk)


def handing(look: Look) -> None:
    """An element made for another responsible, and one handed over to another."""
    others = [number for number in look.world.people if number != look.person][:3]
    for list_ in (one for one, row in look.world.lists.items() if row.get("crm")):
        number, pk = look.fields_of(list_)[WHO], look.built.lists[list_].pk
        open_ = oracle.changes_field(look.world, look.person, number, look.person)
        for other in others:
            values = {"NAME": NEW, WHO: look.built.people[other].pk}
            told, _changed, _given = tried(
                look, list_, create_element, pk, values, actor=look.actor
            )
            wanted = open_ and look.may_add(list_, None, other)
            look.same(f"add for {other}", told == "ok", wanted)
        for key in look.of(list_)[:3]:
            values = {WHO: look.built.people[others[0]].pk}
            told, _changed, _given = tried(
                look, list_, update_element, pk, look.built.elements[key], values,
                version=1, actor=look.actor,
            )  # fmt: skip
            wanted = look.sees(key) and look.may("change", key) and look.changes_field(number, key)
            look.same(f"{key} handed to {others[0]}", told == "ok", wanted)


# --- files of tables --------------------------------------------------------------------


def export(look: Look) -> None:
    for list_ in look.world.lists:
        for format_ in ("csv", "xlsx") if list_ == 1 else ("csv",):
            with transaction.atomic():
                _export(look, list_, format_)
                transaction.set_rollback(True)


def _export(look: Look, list_: int, format_: str) -> None:
    job = _job(look, "export_table", list_, {
        "query": {}, "format": format_, "separator": ";", "columns": "all",
    })  # fmt: skip
    try:
        run_export(job)
    except DomainError as error:
        look.same(f"export refused as {error!r}", look.sees_list(list_), False)
        return
    with job.file.content.open() as content:
        heads, *lines = _cells(content.read(), format_)
    numbers = look.fields_of(list_)
    seen = {code: number for code, number in numbers.items() if look.sees_field(number)}
    shown = {code for code, number in numbers.items() if f"CANARY-F{number}Z" in heads}
    look.same("exported columns", shown, set(seen))
    look.same("exported", look.built.numbers(int(line[0]) for line in lines), look.seen(list_))
    look.no_leaks("export", repr([heads, lines]))
    if NOTE in seen:
        notes = {line[heads.index(f"CANARY-F{seen[NOTE]}Z")] or "" for line in lines}
        filled = {key for key in look.seen(list_) if look.world.elements[key]["filled"]}
        look.same("exported notes", notes - {""}, {canary(key, seen[NOTE]) for key in filled})


def _cells(content: bytes, format_: str) -> list[list[str]]:
    if format_ == "csv":
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def _job(look: Look, kind: str, list_: int, params: dict[str, Any]) -> Job:
    return Job.objects.create(
        kind=kind, actor=look.actor, list=look.built.lists[list_], state="running", params=params
    )


def importing(look: Look) -> None:
    """Every name of the list as a key, with a new note; and one that no element ever had."""
    for list_ in look.world.lists:
        results: list[Any] = []
        _told, changed, _given = tried(look, list_, _import_into, look, list_, results)
        open_ = look.changes_field(look.fields_of(list_)[NOTE])
        look.same("imported", changed, _with(look, look.of(list_), "change") if open_ else set())
        if results:
            reasons = dict(map(tuple, results[0]["errors"]))
            lines = {place + 2: key for place, key in enumerate(look.of(list_))}
            unknown = reasons[len(lines) + 2]
            told = {reasons.get(n) for n, key in lines.items() if not look.sees(key)}
            look.same("import told of hidden ones", told - {unknown}, set())


def _import_into(look: Look, list_: int, results: list[Any]) -> None:
    names = [*(canary(key) for key in look.of(list_)), "Nobody"]
    text = "\n".join(["Name;Note", *(f"{name};{NEW}" for name in names)])
    file = keep_file(ContentFile(text.encode()), "t.csv", actor=look.actor)
    columns = (ColumnSpec(0, "NAME", key=True), ColumnSpec(1, NOTE))
    spec = ImportSpec(file.pk, Layout(separator=";"), ("Name", "Note"), columns, mode="update")
    results.append(run_import(_job(look, "import_table", list_, spec.to_json())))


WRITING = [
    bulk_edit, bulk_moving, bulk_deleting, undoing, editing, adding, copying, handing, export,
    importing,
]  # fmt: skip
