"""Making the lists of CRM: once, by an administrator. What is there already stays as it is."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from crm_link.kinds import Kind, kinds
from crm_link.models import Stage
from crm_link.presets import CAPTIONS, CHOICES, FIELDS, PIPELINE, STAGES, Preset
from crm_link.services.stages import create_pipeline, create_stage
from crm_link.services.told import tell
from lists_core.models import Field, List
from lists_core.schema.cache import schema_of
from lists_core.schema.ddl import add_lookup
from lists_core.services.fields import create_field
from lists_core.services.lists import create_list
from staff.models import Employee
from svod.base.errors import Forbidden


def set_up_crm(*, actor: Employee) -> dict[str, List]:
    """Slug of the kind → its list. Raises Forbidden for whoever is not an administrator.

    Texts become data in the language of now. Begun again after a fault it goes on.
    """
    if not actor.is_superuser:
        raise Forbidden
    made: dict[str, List] = {}
    for slug, presets in FIELDS.items():
        kind = kinds.get(slug)
        list_ = made[slug] = _list(kind, actor)
        present = set(Field.objects.filter(list=list_).values_list("code", flat=True))
        for place, preset in enumerate(presets, start=1):
            if preset.code not in present:
                _field(preset, list_, place * 10, made, actor)
        # Roles ask whose an item is in every reading (lists_core.access.more).
        add_lookup(list_.pk, schema_of(List.objects.get(pk=list_.pk))["RESPONSIBLE"])
        _stages(kind, list_, actor)
    tell("set_up", actor=actor)
    return {slug: List.objects.get(pk=row.pk) for slug, row in made.items()}


def _list(kind: Kind, actor: Employee) -> List:
    present = List.objects.filter(system=kind.system).first()
    return present or create_list(
        actor=actor,
        system=kind.system,
        name=str(kind.plural),
        icon=kind.icon,
        color=kind.color,
        has_sections=kind.piped,
        captions={key: str(text) for key, text in CAPTIONS[kind.slug].items()},
    )


def _field(preset: Preset, list_: List, sort: int, made: dict[str, List], actor: Employee) -> Field:
    settings: dict[str, Any] = {**preset.settings}
    choice = CHOICES.get(settings.pop("preset", preset.code))
    if preset.type == "list" and choice:
        settings |= choice()
    if preset.target:
        settings |= {"list": made[preset.target].pk, "look": "search"}
    return create_field(
        list_.pk,
        preset.type,
        actor=actor,
        code=preset.code,
        name=str(preset.name),
        settings=settings,
        sort=sort,
        fixed=preset.fixed,
        **preset.given,
    )


@transaction.atomic
def _stages(kind: Kind, list_: List, actor: Employee) -> None:
    if not kind.staged or Stage.objects.filter(option__field__list=list_).exists():
        return
    if kind.piped:
        create_pipeline(list_, str(PIPELINE), actor=actor)
        return
    for preset in STAGES[kind.slug]:
        create_stage(
            list_, preset.code, str(preset.name), color=preset.color,
            semantics=preset.semantics, actor=actor,
        )  # fmt: skip
