"""An item came to a stage: `{"event": "crm_stage", "stages": [5, 7], "until_left": true}`.

Coming is being made there or moved there from another stage, by whatever door; a move between
two of the named stages is one too, but leaves nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from crm_link.kinds import kind_of
from crm_link.models import Stage, StageMove
from lists_core.models import List
from lists_core.schema.cache import schema_of
from workflows.starting import Settings, StartWay, ways

if TYPE_CHECKING:
    from django import forms

    from workflows.designer.scene import Scene

#: The outbox event: `{"moves": [[element, from, to], …], "actor"}`.
TOPIC = "crm.stage"


@ways.register
class OnStage(StartWay):
    slug = "crm_stage"
    label = _("An item came to a stage")
    topic = TOPIC

    def fits(self, list_: List | None) -> bool:
        kind = kind_of(list_.system) if list_ else None
        return bool(kind and kind.staged)

    def came(self, settings: Settings, payload: Mapping[str, Any]) -> list[int]:
        stages = stages_in(settings)
        return [one for one, _from, to in payload.get("moves", ()) if to in stages]

    def left(self, settings: Settings, payload: Mapping[str, Any]) -> list[int]:
        stages = stages_in(settings)
        moves = payload.get("moves", ())
        return [one for one, from_, to in moves if from_ in stages and to not in stages]

    def still(
        self, settings: Settings, list_: List, ids: Collection[int], since: datetime
    ) -> list[int]:
        schema, stages = schema_of(list_), stages_in(settings)
        here = {f"{schema['STAGE'].main_column}__in": stages}
        rows = schema.model.objects.filter(pk__in=ids, **here).order_by("pk")
        kept = list(rows.select_for_update(no_key=True).values_list("pk", flat=True))
        moves = StageMove.objects.filter(element__in=kept, from_stage__in=stages, at__gt=since)
        left = set(moves.exclude(to_stage__in=stages).values_list("element", flat=True))
        return [one for one in kept if one not in left]

    def columns(self, row: Settings, scene: Scene) -> dict[str, forms.Field]:
        from workflows.widgets.forms_of_people import switch
        from workflows.widgets.lists import SomeOf

        stages = SomeOf([(pk, name) for pk, name in stage_names(scene.template.list).items()])
        stages.label = _g("Stages")
        return {
            "stages": stages,
            "until_left": switch(_("End the process when the item leaves them")),
        }

    def words(self, settings: Settings, scene: Scene) -> str:
        names = stage_names(scene.template.list)
        shown = ", ".join(names.get(one, f"#{one}") for one in stages_in(settings))
        text = _g("When an item comes to the stage “%(stages)s”") % {"stages": shown or "—"}
        if settings.get("until_left"):
            return _g("%(start)s, until it leaves") % {"start": text}
        return text

    def mistakes(self, settings: Settings, list_: List) -> Iterator[str]:
        known = stage_names(list_)
        chosen = stages_in(settings)
        if not chosen:
            yield _g("Choose a stage.")
        if any(one not in known for one in chosen):
            yield _g("There is no such stage any more.")


def stages_in(settings: Settings) -> list[int]:
    """The ids of the chosen stages; the designer's controls give texts."""
    given = settings.get("stages")
    items = given if isinstance(given, list) else []
    return [int(one) for one in items if str(one).isdecimal()]


def stage_names(list_: List | None) -> dict[int, str]:
    """Id → name of the live stages of a list, with the pipeline's where there are several."""
    rows = Stage.objects.filter(option__field__list=list_, option__deleted_at=None)
    stages = list(rows.select_related("option", "pipeline"))
    many = len({one.pipeline_id for one in stages}) > 1
    stages.sort(key=lambda one: (one.pipeline.sort if one.pipeline else 0, one.pipeline_id or 0))
    return {one.pk: f"{one.pipeline} · {one}" if many else str(one) for one in stages}
