"""Writes to stages. Each renews the schema, as every change of options does, and leaves every
pipeline with its success, a failure and a stage to begin on."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone
from django.utils.translation import gettext as _

from crm_link.access import require_crm_manager
from crm_link.kinds import kind_of
from crm_link.models import Stage
from crm_link.presets import STAGES
from crm_link.selectors.stages import is_stood_on
from crm_link.services.told import differing, tell
from lists_core.models import Field, FieldOption, List, Section
from lists_core.schema.fields import SchemaField
from lists_core.services.sections import create_kept_section
from staff.models import Employee
from svod.base.errors import Conflict, Invalid, NotFound
from svod.base.looks import TONES

Meaning = Stage.Semantics
LONGEST_PATIENCE = 3650
#: The order of meanings on a board.
PLACES = {Meaning.PROCESS: 0, Meaning.SUCCESS: 1, Meaning.FAILURE: 2}


@transaction.atomic
def create_pipeline(
    list_: List, name: str, *, actor: Employee, copy_of: int | None = None
) -> Section:
    """A new pipeline with the usual stages, or with those of another. Raises Forbidden, Invalid."""
    require_crm_manager(actor)
    first = not Stage.objects.filter(option__field__list=list_).exists()
    pipeline = create_kept_section(list_.pk, actor=actor, name=name, sort=_last_sort(list_))
    mark = "" if first else f"C{pipeline.pk}:"
    tell("pipeline_created", actor=actor, subject=f"crm_pipeline:{pipeline.pk}", called=name)
    if copy_of is not None:
        _copy_stages(list_, copy_of, pipeline, actor)
        return pipeline
    for preset in STAGES["deal"]:
        create_stage(
            list_, mark + preset.code, str(preset.name), color=preset.color,
            semantics=preset.semantics, pipeline=pipeline, actor=actor,
        )  # fmt: skip
    return pipeline


def _last_sort(list_: List) -> int:
    last = Section.objects.filter(list=list_, parent=None).aggregate(last=Max("sort"))["last"]
    return (last or 0) + 10


def _copy_stages(list_: List, source: int, pipeline: Section, actor: Employee) -> None:
    own = Stage.objects.filter(pipeline=source, pipeline__list=list_, option__deleted_at=None)
    for stage in own.select_related("option").prefetch_related("required"):
        code = f"C{pipeline.pk}:{stage.code.rpartition(':')[2]}"
        copied = create_stage(
            list_, code, stage.option.name, color=stage.option.color,
            semantics=stage.semantics, pipeline=pipeline, actor=actor,
        )  # fmt: skip
        copied.patience = stage.patience
        copied.save(update_fields=["patience"])
        copied.required.set(stage.required.all())


@transaction.atomic
def create_stage(
    list_: List,
    code: str,
    name: str,
    *,
    actor: Employee,
    color: str = "blue",
    semantics: str = "P",
    pipeline: Section | None = None,
) -> Stage:
    """A new stage behind the others, of whose making the caller tells. Raises Forbidden."""
    require_crm_manager(actor)
    field = stage_field(list_)
    last = FieldOption.objects.filter(field=field).aggregate(last=Max("sort"))["last"] or 0
    option = FieldOption.objects.create(
        field=field, name=name, code=code[:63], color=color, sort=last + 10
    )
    renew(list_)
    return Stage.objects.create(option=option, code=code, semantics=semantics, pipeline=pipeline)


@transaction.atomic
def add_stage(
    list_: List,
    *,
    actor: Employee,
    pipeline_id: int | None = None,
    **settings: Any,
) -> Stage:
    """A stage of a person's: after the last in progress, or behind the other failures.

    `settings` as `update_stage` takes them. Raises Forbidden, NotFound, Invalid.
    """
    require_crm_manager(actor)
    pipeline = access_pipeline(list_, pipeline_id) if pipeline_id else None
    kind = kind_of(list_.system)
    if kind is None or not kind.staged or kind.piped != bool(pipeline):
        raise NotFound
    meaning = str(settings.pop("semantics", Meaning.PROCESS))
    if meaning not in {Meaning.PROCESS, Meaning.FAILURE}:
        raise Invalid({"semantics": [_("A pipeline has one successful stage.")]})
    checked = _checked(settings)
    stage = create_stage(
        list_, "", checked["name"], color=checked["color"], semantics=meaning,
        pipeline=pipeline, actor=actor,
    )  # fmt: skip
    stage.code = f"C{pipeline.pk}:UC_{stage.pk}" if pipeline else f"UC_{stage.pk}"
    stage.patience = checked.get("patience", stage.patience)
    stage.save(update_fields=["code", "patience"])
    FieldOption.objects.filter(pk=stage.pk).update(code=stage.code[:63])
    _renumber(list_)
    tell_stage("created", stage, actor, **settings_of(stage))
    return stage


@transaction.atomic
def update_stage(stage_id: int, *, actor: Employee, **settings: Any) -> Stage:
    """Change `name`, `color`, `patience` and `semantics` (of a stage on which nothing stands).

    Raises Forbidden, NotFound, Invalid.
    """
    stage = open_stage(stage_id, actor=actor)
    before = settings_of(stage)
    meaning = str(settings.pop("semantics", stage.semantics))
    checked = _checked({"name": stage.option.name, "color": stage.option.color, **settings})
    if meaning != stage.semantics:
        _change_meaning(stage, meaning)
    stage.patience = checked.get("patience", stage.patience)
    stage.save(update_fields=["patience", "semantics"])
    stage.option.name, stage.option.color = checked["name"], checked["color"]
    stage.option.save(update_fields=["name", "color"])
    _renumber(stage.option.field.list)
    tell_stage("changed", stage, actor, **differing(before, settings_of(stage)))
    return stage


def settings_of(stage: Stage) -> dict[str, Any]:
    """What the audit log is told of a stage."""
    own = {"name": stage.option.name, "color": stage.option.color}
    return {**own, "semantics": str(stage.semantics), "patience": stage.patience}


def tell_stage(event: str, stage: Stage, actor: Employee, **about: Any) -> None:
    where = {"pipeline": stage.pipeline.name} if stage.pipeline else {}
    subject = f"crm_stage:{stage.pk}"
    tell(f"stage_{event}", actor=actor, subject=subject, called=stage, **where, **about)


def _change_meaning(stage: Stage, meaning: str) -> None:
    if Meaning.SUCCESS in (meaning, stage.semantics):
        raise Invalid({"semantics": [_("A pipeline has one successful stage.")]})
    if meaning not in PLACES:
        raise Invalid({"semantics": [_("There is no such meaning.")]})
    if is_stood_on(stage):
        told = _(
            "Move the items from the stage first: its meaning decides whether they are closed."
        )
        raise Invalid({"semantics": [told]})
    require_others(stage)
    stage.semantics = meaning


@transaction.atomic
def set_required(stage_id: int, field_ids: Collection[int], *, actor: Employee) -> Stage:
    """The fields that the stage asks for. Raises Forbidden, NotFound, Invalid."""
    stage = open_stage(stage_id, actor=actor)
    known = {field.pk: field.name for field in askable_fields(stage.option.field.list)}
    if not known.keys() >= set(field_ids):
        raise Invalid({"required": [_("One of the fields cannot be asked for.")]})
    stage.required.set(field_ids)
    tell_stage("changed", stage, actor, required=[known[pk] for pk in field_ids])
    renew(stage.option.field.list)
    return stage


def askable_fields(list_: List) -> list[Field]:
    """The fields that a person can fill: not the stage, nor what the program numbers itself."""
    rows = Field.objects.filter(list=list_, deleted_at=None).exclude(code="STAGE")
    return [
        row for row in rows if not SchemaField.of(row).type.automatic and not row.readonly_in_edit
    ]


@transaction.atomic
def sort_stages(
    list_: List, order: Sequence[int], *, actor: Employee, pipeline_id: int | None = None
) -> None:
    """Put the stages of a pipeline into this order; final ones stay behind those in progress."""
    require_crm_manager(actor)
    stage_field(list_)
    places = {pk: place for place, pk in enumerate(order)}
    own = Stage.objects.filter(option__field__list=list_, pipeline=pipeline_id)
    stages = list(own.select_related("option").order_by("option__sort", "pk"))
    numbers = sorted(stage.option.sort for stage in stages)
    stages.sort(key=lambda stage: places.get(stage.pk, len(places)))
    for stage, number in zip(stages, numbers, strict=True):
        stage.option.sort = number
    FieldOption.objects.bulk_update([stage.option for stage in stages], ["sort"])
    _renumber(list_)
    names = [str(stage) for stage in stages if stage.option.deleted_at is None]
    tell("stages_ordered", actor=actor, subject=f"list:{list_.pk}", called=list_.name, order=names)


# --- shared with the removal of stages --------------------------------------------------


def open_stage(stage_id: int, *, actor: Employee) -> Stage:
    """A live stage, its field locked. Raises Forbidden, NotFound."""
    require_crm_manager(actor)
    rows = Stage.objects.filter(
        pk=stage_id, option__deleted_at=None, option__field__deleted_at=None
    )
    stage = rows.select_related("option__field__list", "pipeline").first()
    if stage is None:
        raise NotFound
    stage_field(stage.option.field.list)
    return stage


def access_pipeline(list_: List, pipeline_id: int) -> Section:
    found: Section | None = Section.objects.filter(list=list_, parent=None, pk=pipeline_id).first()
    if found is None:
        raise NotFound
    return found


def require_others(stage: Stage) -> None:
    """Raise Conflict when the pipeline would be left without a stage of this meaning."""
    others = Stage.objects.filter(
        option__field=stage.option.field_id,
        option__deleted_at=None,
        pipeline=stage.pipeline_id,
        semantics=stage.semantics,
    )
    if not others.exclude(pk=stage.pk).exists():
        raise Conflict(LAST[Meaning(stage.semantics)]())


LAST = {
    Meaning.PROCESS: lambda: _("A pipeline needs a stage to begin on."),
    Meaning.SUCCESS: lambda: _("A pipeline has one successful stage: it is renamed, not deleted."),
    Meaning.FAILURE: lambda: _("A pipeline needs at least one failed stage."),
}


def stage_field(list_: List) -> Field:
    """The field STAGE, locked: writers of stages wait for one another."""
    return Field.objects.select_for_update().get(list=list_, code="STAGE", deleted_at=None)


def renew(list_: List) -> None:
    """Every process compiles the list's schema anew."""
    List.objects.filter(pk=list_.pk).update(schema_version=F("schema_version") + 1)


def retire(stages: Collection[Stage]) -> None:
    """Their options are removed: nothing comes to them any more."""
    ids = [stage.pk for stage in stages]
    FieldOption.objects.filter(pk__in=ids).update(deleted_at=timezone.now(), is_default=False)


def _checked(settings: dict[str, Any]) -> dict[str, Any]:
    """The settings as they are kept. Raises Invalid."""
    name = str(settings.get("name", "")).strip()
    errors: dict[str, list[str]] = {}
    if not name or len(name) > 300 or "\x00" in name:  # noqa: PLR2004 - an option's name
        errors["name"] = [_("Enter a name of at most 300 letters.")]
    if settings.get("color", "blue") not in TONES:
        errors["color"] = [_("Choose one of the colours.")]
    patience = settings.get("patience", 0)
    if type(patience) is not int or not 0 <= patience <= LONGEST_PATIENCE:
        errors["patience"] = [_("Enter a number of days.")]
    if errors:
        raise Invalid(errors)
    return {"color": "blue", **settings, "name": name}


def _renumber(list_: List) -> None:
    """Numbers of all options: by pipelines, in progress, success, failures; removed ones last."""
    stages = Stage.objects.filter(option__field__list=list_)
    rows = list(stages.select_related("option", "pipeline").order_by("option__sort", "pk"))
    rows.sort(key=_place)
    for number, stage in enumerate(rows, start=1):
        stage.option.sort = number * 10
    FieldOption.objects.bulk_update([stage.option for stage in rows], ["sort"])
    renew(list_)


def _place(stage: Stage) -> tuple[bool, int, int, int]:
    pipeline = stage.pipeline
    return (
        stage.option.deleted_at is not None,
        pipeline.sort if pipeline else 0,
        pipeline.pk if pipeline else 0,
        PLACES[Meaning(stage.semantics)],
    )
