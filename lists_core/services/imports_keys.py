"""Finding the elements that an import's rows are about, by the key columns."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils.translation import gettext as _

from lists_core.selectors.elements import elements

if TYPE_CHECKING:
    from lists_core.services.imports_batch import Batch

Key = tuple[Any, ...]


class Keys:
    """Divides a batch into rows that make elements and rows that change them.

    Only elements that the actor may see are found. An id never makes an element, nor does a
    field that the actor may read but not change: the new element would hold its value.
    """

    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        self.importer = batch.importer
        self.columns = [column for column in self.importer.columns if column.key]
        self.may_add = self.importer.spec.mode != "update" and all(
            column.field.code != "ID" and column.field.key not in self.importer.own.locked
            for column in self.columns
        )

    def split(self) -> None:
        keys = {place: self._key(place) for place in self.batch.good()}
        found = self._found(set(keys.values()))
        seen: set[Key] = set()
        for place, key in keys.items():
            if None in key:
                self._fail(place, _("The key is empty."))
            elif len(found[key]) > 1:
                self._fail(place, _("Several elements have this key."))
            elif found[key]:
                self.batch.apply(found[key][0], place)
            elif not self.may_add:
                self._fail(place, _("No element has this key."))
            elif key in seen:
                self.batch.repeated.append(place)
            else:
                seen.add(key)
                self.batch.new.append(place)

    def _key(self, place: int) -> Key:
        return tuple(self.batch.value(column, place) for column in self.columns)

    def _found(self, keys: set[Key]) -> dict[Key, list[Any]]:
        """Key → the elements that have it, locked until the batch is written."""
        found: dict[Key, list[Any]] = defaultdict(list)
        main, *_rest = self.columns
        if not main.field.key:
            return found  # a field still to be made
        firsts = {key[0] for key in keys if key[0] is not None}
        wanted = [main.field.to_columns(first)[main.field.main_column] for first in firsts]
        rows = elements(self.importer.schema, self.importer.actor)
        rows = rows.filter(Q.create([(f"{main.field.main_column}__in", wanted)]))
        locked = list(rows.select_for_update().order_by("pk"))
        self.batch.learn_rights(locked)
        for row in locked:
            found[tuple(column.field.read(row) for column in self.columns)].append(row)
        return found

    def _fail(self, place: int, reason: str) -> None:
        self.batch.fail(place, self.columns[0].field, reason)
