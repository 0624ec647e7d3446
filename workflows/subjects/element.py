"""Elements of lists as subjects of processes."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lists_core.access import Right
from lists_core.addresses import element_url
from lists_core.filters.tree import parse_filter
from lists_core.models import List
from lists_core.schema.cache import schema_of
from lists_core.schema.compile import Schema
from lists_core.schema.fields import SchemaField
from lists_core.selectors.across import names_across
from lists_core.selectors.elements import access_element
from lists_core.selectors.titles import row_titles
from staff.models import Employee
from svod.base.errors import DomainError, Forbidden, NotFound
from workflows.subjects.base import SubjectKind, subjects
from workflows.values import plain_text

if TYPE_CHECKING:
    from workflows.models import Instance


SUMMARY = 10


class ElementValues(Mapping[str, Any]):
    """An element's natural values by code or caption, read from the row when asked for.

    The schema is the reader's own, so what they may not read is not there; a secret never is.
    """

    def __init__(self, actor: Employee, schema: Schema, row: Any) -> None:
        self.actor = actor
        self.schema = schema
        self.row = row

    def __getitem__(self, code: str) -> Any:
        field = self.schema.get(code) or self._captions.get(code.casefold())
        if field is None or field.type.concealed:
            raise KeyError(code)
        return field.read(self.row)

    @cached_property
    def _captions(self) -> dict[str, SchemaField]:
        """The first field of each caption; a person writes formulas with what they see."""
        return {str(one.name).casefold(): one for one in reversed(self.schema.all_fields)}

    def __iter__(self) -> Iterator[str]:
        return (field.code for field in self.schema.all_fields if not field.type.concealed)

    def __len__(self) -> int:
        return sum(1 for _code in self)

    def linked(self, code: str) -> Any:
        """The values of the element that a field links to (of the first, where it links to
        several), as the reader may see it; of other fields the value itself."""
        field = self.schema.get(code) or self._captions.get(code.casefold())
        if field is None or field.type.slug != "element":
            return self.get(code)
        target = next(iter(field.items(field.read(self.row))), None)
        try:
            place = field.field.settings.get("list") or 0, target or 0
            _list, schema, row = access_element(self.actor, Right.VIEW, *place)
        except DomainError:
            return None
        return ElementValues(self.actor, schema, row)

    @property
    def author_id(self) -> int | None:
        """The employee who made the element."""
        return self.row.created_by or None


@subjects.register
class ElementSubject(SubjectKind):
    slug = "element"
    label = _("Element of a list")

    def values(self, instance: Instance) -> ElementValues:
        if instance.run_as is None:
            raise NotFound
        try:
            _list, schema, row = access_element(instance.run_as, Right.VIEW, *_place(instance))
        except NotFound as error:
            raise NotFound(_why_unseen(instance)) from error
        return ElementValues(instance.run_as, schema, row)

    def matches(self, instance: Instance, row: Mapping[str, Any]) -> bool:
        values = self.values(instance)
        texts = row["value"] if isinstance(row["value"], list) else [row["value"]]
        plain = {**row, "value": [plain_text(item) for item in texts]}
        tree = parse_filter(json.dumps({"and": [plain]}), values.schema)
        found = values.schema.model.objects.filter(pk=values.row.pk)
        return bool(found.filter(tree.to_q(values.actor)).exists())

    def may_run(self, actor: Employee, list_id: int | None, subject_id: int) -> bool:
        try:
            access_element(actor, Right.RUN, list_id or 0, subject_id)
        except Forbidden:
            return False
        return True

    def title(self, actor: Employee, instance: Instance) -> str:
        try:
            _list, _schema, row = access_element(actor, Right.VIEW, *_place(instance))
        except DomainError:
            return ""
        return str(row.name)

    def titles(self, actor: Employee, instances: Collection[Instance]) -> dict[int, str]:
        """Two queries, however many there are."""
        wanted: dict[int, set[int]] = defaultdict(set)
        for one in instances:
            list_id, element_id = _place(one)
            wanted[list_id].add(element_id)
        names = names_across(actor, wanted)
        return {one.pk: names[_place(one)] for one in instances if _place(one) in names}

    def summary(
        self, actor: Employee, instance: Instance, codes: Collection[str]
    ) -> list[tuple[str, str]]:
        try:
            _list, schema, row = access_element(actor, Right.VIEW, *_place(instance))
        except DomainError:
            return []
        known = [field for field in schema.fields if field.code in codes or not codes]
        shown = [field for field in known if field.read(row) is not None and field.code != "NAME"]
        shown = shown if codes else shown[:SUMMARY]
        titles = row_titles(shown, [row], actor=actor)
        return [
            (field.name, field.render(field.read(row), titles.get(field.key, {})))
            for field in shown
        ]

    def url(self, instance: Instance) -> str:
        list_id, element_id = _place(instance)
        return element_url(instance.list or List(pk=list_id), element_id)


def _why_unseen(instance: Instance) -> Promise:
    """For whoever looks after the processes: a bare "not found" would not help them."""
    list_id, element_id = _place(instance)
    list_ = List.objects.filter(pk=list_id, deleted_at=None).first()
    if list_ is None:
        return _("The list of the element was deleted.")
    model = schema_of(list_).model
    if model.objects.filter(pk=element_id, deleted_at=None).exists():
        return _("The employee in whose name the process works does not see the element.")
    return _("The element was deleted.")


def _place(instance: Instance) -> tuple[int, int]:
    return instance.list_id or 0, instance.subject_id or 0
