"""Laying out the card of a kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from crm_link.access import require_crm_manager
from crm_link.kinds import Kind
from crm_link.models import CardSection
from crm_link.selectors.cards import ELSEWHERE
from crm_link.selectors.kinds import access_kind
from crm_link.services.told import tell_of_kind
from lists_core.access import Right
from lists_core.field_types.texts import storable
from lists_core.models import Field, List
from staff.models import Employee
from svod.base.errors import Invalid

MOST = 30
LONGEST = 100


@dataclass(frozen=True)
class Laid:
    """A section as somebody laid it out: ids of fields in their order."""

    name: str
    fields: Sequence[int]


@transaction.atomic
def arrange_card(
    kind: Kind, sections: Sequence[Laid], hidden: Sequence[int], *, actor: Employee
) -> None:
    """Put this layout in the place of the one that there is; fields that it does not name show
    in the last section, a hidden field that the actor may not see stays hidden. Raises NotFound,
    Forbidden, Invalid (`"0.name"`)."""
    require_crm_manager(actor)
    list_, schema = access_kind(actor, Right.VIEW, kind)
    List.objects.select_for_update().get(pk=list_.pk)
    _check(sections)
    own = _own_fields(list_)
    unseen = own - {field.field.pk for field in schema.fields}
    kept = [pk for pk in _hidden_now(kind) if pk in unseen]
    CardSection.objects.filter(kind=kind.slug).delete()
    taken: set[int] = set()
    rows = [
        CardSection(kind=kind.slug, name=one.name.strip(), sort=place * 10,
                    fields=_fresh(one.fields, own, taken))
        for place, one in enumerate(sections, start=1)
    ]  # fmt: skip
    rows.append(
        CardSection(
            kind=kind.slug, is_hidden=True, sort=10_000, fields=_fresh([*hidden, *kept], own, taken)
        )
    )
    CardSection.objects.bulk_create(rows)
    names = dict(Field.objects.filter(list=list_).values_list("pk", "name"))
    told = {one.name or "hidden": [names[pk] for pk in one.fields] for one in rows}
    tell_of_kind("card_arranged", kind, actor=actor, sections=told)


def _hidden_now(kind: Kind) -> list[int]:
    row = CardSection.objects.filter(kind=kind.slug, is_hidden=True).first()
    return row.fields if row else []


def forget_layout(kind: Kind, *, actor: Employee) -> None:
    """Back to the usual sections. Raises NotFound, Forbidden."""
    require_crm_manager(actor)
    access_kind(actor, Right.VIEW, kind)
    CardSection.objects.filter(kind=kind.slug).delete()
    tell_of_kind("card_arranged", kind, actor=actor, sections={})


def _own_fields(list_: List) -> set[int]:
    rows = Field.objects.filter(list=list_, deleted_at=None).exclude(code__in=ELSEWHERE)
    return set(rows.values_list("pk", flat=True))


def _fresh(ids: Sequence[int], own: set[int], taken: set[int]) -> list[int]:
    """Those of the list's fields that no section before has."""
    fresh = [pk for pk in dict.fromkeys(ids) if pk in own and pk not in taken]
    taken.update(fresh)
    return fresh


def _check(sections: Sequence[Laid]) -> None:
    if not sections:
        raise Invalid({"": [_("The card needs a section.")]})
    if len(sections) > MOST:
        raise Invalid({"": [_("There are too many sections.")]})
    told = {f"{place}.name": _fault(one.name.strip()) for place, one in enumerate(sections)}
    errors = {place: [text] for place, text in told.items() if text}
    if errors:
        raise Invalid(errors)


def _fault(name: str) -> str:
    try:
        storable(name, longest=LONGEST)
    except ValidationError as error:
        return error.messages[0]
    return "" if name else _("Name the section.")
