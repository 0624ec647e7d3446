"""The options of a choice field: reading them, keeping them as the designer's form left them.

A field's `settings["options"]` exists only in a draft: in a preview, and on the way to
`keep_options`, which turns it into FieldOption rows. A row is
`{"id": 5 | None, "name": "Новый", "color": "blue", "is_default": false}`, or
`{"id": 5, "removed": true}` for an option to remove.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from lists_core.models import Field, FieldOption, List

DRAFT = "options"
Row = Mapping[str, Any]


def options_of(field: Field) -> dict[int, FieldOption]:
    """The options by id, removed ones last. A draft's new ones have negative ids. No query."""
    if DRAFT in field.settings:
        return {option.pk: option for option in _drafted(field.settings[DRAFT])}
    return field.options_by_id


def live_options(field: Field) -> list[FieldOption]:
    return [option for option in options_of(field).values() if option.deleted_at is None]


def option_rows(field: Field) -> list[dict[str, Any]]:
    """The live options as rows of a draft."""
    return [
        {"id": option.pk, "name": option.name, "color": option.color,
         "is_default": option.is_default}
        for option in live_options(field)
    ]  # fmt: skip


def _drafted(rows: Sequence[Row]) -> Iterable[FieldOption]:
    for place, row in enumerate(_live(rows), start=1):
        yield FieldOption(
            pk=row.get("id") or -place,
            name=str(row["name"]),
            color=row.get("color", ""),
            is_default=bool(row.get("is_default")),
        )


def _live(rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if not row.get("removed")]


def by_text(options: Iterable[FieldOption]) -> dict[str, int]:
    """Names and codes in small letters → ids; the first of two alike wins."""
    known: dict[str, int] = {}
    for option in options:
        for key in filter(None, (option.name, option.code)):
            known.setdefault(key.strip().casefold(), option.pk)
    return known


@transaction.atomic
def keep_options(field: Field) -> None:
    """Put the field's draft into the rows, and the draft is gone.

    A row without an id takes up the option of the same name, were it removed. Elements keep
    showing a removed option, new values cannot be it. Options that the draft does not name
    stay: an import or another designer has added them since the draft was begun.
    """
    rows = field.settings[DRAFT]
    known = {option.pk: option for option in _locked(field)}
    names = by_text(sorted(known.values(), key=lambda option: bool(option.deleted_at)))
    kept: dict[int, FieldOption] = {}
    for place, row in enumerate(_live(rows), start=1):
        pk = row["id"] if row.get("id") in known else names.get(row["name"].strip().casefold())
        option = known[pk] if pk and pk not in kept else FieldOption(field=field)
        _fill(option, row, place)
        kept[option.pk] = option
    gone = {row["id"] for row in rows if row.get("removed")}.difference(kept)
    removed = FieldOption.objects.filter(field=field, pk__in=gone, deleted_at=None)
    removed.update(deleted_at=timezone.now(), is_default=False)
    field.settings = {key: value for key, value in field.settings.items() if key != DRAFT}
    _forget(field)


def _fill(option: FieldOption, row: Row, place: int) -> None:
    option.name, option.color = row["name"], row.get("color", "")
    option.is_default, option.sort = bool(row.get("is_default")), place * 10
    option.deleted_at = None
    option.save()


@transaction.atomic
def add_options(field: Field, names: Collection[str]) -> None:
    """Append options of these names that the field does not have yet, and renew the schema."""
    options = _locked(field)
    known = by_text(option for option in options if option.deleted_at is None)
    last = max((option.sort for option in options), default=0)
    new: dict[str, str] = {}
    for name in names:
        new.setdefault(name.strip().casefold(), name.strip())
    missing = [name for key, name in new.items() if key not in known]
    FieldOption.objects.bulk_create(
        FieldOption(field=field, name=name, sort=last + place * 10)
        for place, name in enumerate(missing, start=1)
    )
    List.objects.filter(pk=field.list_id).update(schema_version=F("schema_version") + 1)
    _forget(field)


def _locked(field: Field) -> list[FieldOption]:
    """The options as they are now; another writer of them waits until this transaction ends."""
    Field.objects.select_for_update().get(pk=field.pk)
    return list(FieldOption.objects.filter(field=field))


def _forget(field: Field) -> None:
    """The row in hand must not answer from what it read before."""
    field.__dict__.pop("options_by_id", None)
    field.__dict__.get("_prefetched_objects_cache", {}).pop("options", None)
