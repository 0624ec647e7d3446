"""Every item with stages stands on one of its pipeline's, and its moves are kept.

The first stage where none is given; the pipeline follows the stage; a stage asks for fields from
the moment an item comes to it, and on the stages after it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from crm_link.kinds import Kind, kind_of, kinds
from crm_link.listeners.responsible import check_place
from crm_link.models import StageMove
from crm_link.selectors.stage_book import StageBook, StageLine, book_of
from lists_core.access import Right, list_rights, schema_for
from lists_core.models import List
from lists_core.schema.compile import Schema
from lists_core.schema.fields import SchemaField
from lists_core.services.by_rule import written_by_rule
from lists_core.services.listeners import ElementListener, Write, listeners
from lists_core.services.values import may_be_incomplete
from svod.base.errors import Forbidden, Invalid


@listeners.register
class Stages(ElementListener):
    slug = "crm.stages"

    def hears(self, schema: Schema) -> bool:
        kind = kind_of(schema.list_system)
        return bool(kind and kind.staged)

    def before(self, write: Write) -> None:
        kind, book = _kind(write), book_of(write.schema)
        if not (write.is_new or write.touches("STAGE") or "section" in write.changes):
            if not written_by_rule():  # what time or the bin takes away is not up to a stage
                _check_emptied(write, book)
            return
        stage = _settle(write, kind, book)
        _check_filled(write, stage, book.asked(stage))
        if kind.slug == "deal":
            write.set("CLOSED_AT", _closed_at(write, stage))

    def after(self, writes: Sequence[Write]) -> None:
        moved = [one for one in writes if one.schema["STAGE"].key in one.changes]
        known = book_of(writes[0].schema).lines if moved else {}
        StageMove.objects.bulk_create(
            StageMove(
                element_id=one.row.pk,
                from_stage_id=old if (old := one.old("STAGE")) in known else None,
                to_stage_id=one.get("STAGE"),
                actor=one.actor,
                at=one.row.modified_at,
            )
            for one in moved
        )


def _kind(write: Write) -> Kind:
    return kinds.get(write.schema.list_system.partition(".")[2])


# --- stage and pipeline -----------------------------------------------------------------


def _settle(write: Write, kind: Kind, book: StageBook) -> StageLine:
    """Bring stage and pipeline together: whichever of the two was given leads.

    Where both were given, and the stage is of another pipeline, its namesake is meant.
    """
    stage = book.lines.get(write.get("STAGE"))
    given = stage if write.touches("STAGE") else None
    if given and not given.alive:
        raise Invalid({"STAGE": [_("There is no such stage any more.")]})
    place = write.row.section if kind.piped else None
    if stage and stage.alive and stage.pipeline == place:
        return stage
    if given and kind.piped:
        return _follow(write, given, book)
    first = _first(write, kind, book)
    write.set("STAGE", first.pk)
    return first


def _follow(write: Write, stage: StageLine, book: StageBook) -> StageLine:
    """The item goes to the pipeline of the stage, unless it was put into another by name."""
    placed = "section" in write.changes or (write.is_new and write.row.section is not None)
    namesake = book.namesake(stage, write.row.section) if placed else None
    if namesake:
        write.set("STAGE", namesake.pk)
        return namesake
    _put(write, stage.pipeline)
    return stage


def _put(write: Write, pipeline: int | None) -> None:
    rights = list_rights(write.actor, write.schema.list_id).place(pipeline)
    if Right.ADD not in rights.on_some:
        raise Forbidden(_("You have no right to put items into this pipeline."))
    write.put(pipeline)
    check_place(write)


def _first(write: Write, kind: Kind, book: StageBook) -> StageLine:
    """The first stage of the row's pipeline; a row in none goes to the first where one may add."""
    if kind.piped and write.row.section is None:
        _put(write, _open_pipeline(write, book))
    found = book.first(write.row.section if kind.piped else None)
    if found is None:
        raise Invalid({"STAGE": [_("The pipeline has no stages.")]})
    return found


def _open_pipeline(write: Write, book: StageBook) -> int | None:
    rights = list_rights(write.actor, write.schema.list_id)
    known = dict.fromkeys(line.pipeline for line in book.alive)
    open_ = (one for one in known if Right.ADD in rights.place(one).on_some)
    return next(open_, next(iter(known), None))


def _closed_at(write: Write, stage: StageLine) -> Any:
    if not stage.is_final:
        return None
    return write.get("CLOSED_AT") or timezone.now()


# --- what a stage asks for --------------------------------------------------------------


def _check_emptied(write: Write, book: StageBook) -> None:
    """An item that stays on its stage does not lose what the stage asks for."""
    stage = book.lines.get(write.get("STAGE"))
    if stage is not None:
        touched = {field.field.pk for key in write.changes if (field := _own(write, key))}
        _check_filled(write, stage, book.asked(stage) & touched)


def _own(write: Write, key: str) -> SchemaField | None:
    field = write.schema.by_key.get(key)
    return field if field and not field.field.is_system else None


def _check_filled(write: Write, stage: StageLine, asked: Collection[int]) -> None:
    """Raise Invalid with an error for each empty field that the actor has to fill.

    As with required fields of any list: what the actor may not change may stay empty, and what
    customers send by themselves is asked for nothing.
    """
    if not asked or may_be_incomplete():
        return
    fields = (field for field in write.schema.fields if field.field.pk in asked)
    empty = [field for field in fields if field.read(write.row) in (None, "", [])]
    told = _("The stage “%(stage)s” asks for this field.") % {"stage": stage.name}
    fillable = _fillable(write, empty)
    if fillable:
        raise Invalid({code: [told] for code in fillable})


def _fillable(write: Write, fields: Sequence[SchemaField]) -> Iterable[str]:
    if not fields:
        return ()
    list_ = List(
        pk=write.schema.list_id,
        schema_version=write.schema.version,
        system=write.schema.list_system,
    )
    own = schema_for(write.actor, list_, None if write.is_new else write.row, new=write.is_new)
    changeable = {field.code for field in own.changeable}
    return [field.code for field in fields if field.code in changeable]
