"""Two people changed one element: what each wrote, side by side, and who decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse, QueryDict
from django.utils.translation import gettext as _

from lists_core.access import Right, rights_on, schema_for
from lists_core.element_tabs import Target
from lists_core.forms import ElementForm
from lists_core.models import List
from lists_core.schema.cache import schema_of
from lists_core.schema.compile import Schema
from lists_core.schema.fields import SchemaField
from lists_core.selectors.bin import binned
from lists_core.selectors.history import NOTHING, Others, others_since
from lists_core.selectors.titles import titles_of
from lists_core.services.elements import require_on, restore_elements
from lists_core.services.values import reasons
from svod.base.errors import Invalid
from svod.base.htmx import render_page, toast, wants_fragment
from svod.base.http import PortalRequest

PICKS = ("mine", "theirs")


@dataclass(frozen=True)
class Question:
    """A field that both changed. `pick` is the answer so far, "" without one."""

    field: SchemaField
    mine: str
    theirs: str
    others: Others | None
    pick: str = ""


@dataclass(frozen=True)
class Taken:
    """A field that only others changed: their value stays. A secret that the person has `typed`
    is told, for what it was compared with is not known."""

    field: SchemaField
    value: str
    others: Others
    typed: bool = False


@dataclass(frozen=True)
class Clash:
    """What has to be shown before saving again; `merged` are the values the form goes on with.

    `again` are the secrets among the person's own: a page never gives one back. `settled` (column
    stem → code) need not be written: the person left them alone, or wrote the same as others.
    """

    questions: Sequence[Question] = ()
    taken: Sequence[Taken] = ()
    again: Sequence[SchemaField] = ()
    merged: dict[str, Any] = field(default_factory=dict)
    settled: dict[str, str] = field(default_factory=dict)

    @property
    def merges(self) -> bool:
        """Nothing is to be decided: the person's fields and theirs do not meet."""
        return not self.questions and not any(one.typed for one in self.taken)


def clash_since(target: Target, form: ElementForm, version: int) -> Clash:
    """Compare the form's values with what others saved after `version`. `target` is as now."""
    by_key, row = target.schema.by_key, target.row
    changes = others_since(target.schema, target.id, version)
    written = {by_key[key]: others for key, others in changes.items() if key in by_key}
    typed = open_values(target.schema, form.values)
    mine = {code: natural(target.schema[code], value) for code, value in typed.items()}
    unseen = [code for code in form.values if code not in typed]
    both = [found for found, others in written.items() if changed_too(found, others, mine)]
    asked = [found for found in both if mine[found.code] != found.read(row)]
    taken = [found for found in written if found not in both]
    drawn = Drawn(target, mine, [*asked, *taken])
    return Clash(
        questions=[drawn.question(found, written[found]) for found in asked],
        taken=[
            Taken(found, drawn.theirs(found), written[found], typed=found.code in unseen)
            for found in taken
        ],
        merged=mine | {found.code: found.read(row) for found in taken},
        again=[target.schema[code] for code in unseen],
        settled={one.key: one.code for one in written if one.code in mine and one not in asked},
    )


def changed_too(found: SchemaField, others: Others, mine: Mapping[str, Any]) -> bool:
    """Whether the person has not left alone what others changed."""
    return found.code in mine and mine[found.code] != base_value(found, others.old)


def merge_news(target: Target, row: Any, version: int) -> str:
    """After a save: who else wrote meanwhile, and the names of the fields that were kept.

    Empty when nobody did, or nothing that the person may see.
    """
    if row.version <= version + 1:
        return ""
    others = others_since(target.schema, target.id, version, until=row.version)
    names = [target.schema.by_key[key].name for key in others if key in target.schema.by_key]
    if not names:
        return ""
    texts = {"who": str(others[""].by or _("Removed employee")), "fields": ", ".join(names)}
    return _("Saved together with what %(who)s changed: %(fields)s.") % texts


def clash_asked(target: Target, form: ElementForm, data: QueryDict) -> Clash:
    """The same questions again, for a person who has not answered all of them."""
    fields = asked_fields(form, data)
    changes = others_since(target.schema, target.id, 0)
    drawn = Drawn(target, form.values, fields)
    questions = [
        drawn.question(found, changes.get(found.key), data.get(f"pick-{found.code}", ""))
        for found in fields
    ]
    typed = open_values(form.schema, form.values)
    again = [form.schema[code] for code in form.values if code not in typed]
    return Clash(questions=questions, merged=typed, again=again)


def open_values(schema: Schema, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values without secrets."""
    concealed = {found.code for found in schema.fields if found.type.concealed}
    return {code: value for code, value in values.items() if code not in concealed}


def chosen_values(form: ElementForm, data: QueryDict) -> tuple[dict[str, Any], bool]:
    """The values to save without those where "theirs" was chosen; False when one is open."""
    values, answered = form.values, True
    for found in asked_fields(form, data):
        pick = data.get(f"pick-{found.code}")
        answered = answered and pick in PICKS
        if pick == "theirs":
            values.pop(found.code, None)
    return values, answered


def asked_fields(form: ElementForm, data: QueryDict) -> list[SchemaField]:
    codes = dict.fromkeys(data.getlist("asked"))
    return [form.schema[code] for code in codes if code in form.fields and code != "version"]


@dataclass(frozen=True)
class Drawn:
    """Both texts of some fields as HTML, with the titles of both loaded at once."""

    target: Target
    mine: Mapping[str, Any]
    fields: Sequence[SchemaField]

    def __post_init__(self) -> None:
        both = [(found, self.mine.get(found.code)) for found in self.fields]
        both += [(found, found.read(self.target.row)) for found in self.fields]
        object.__setattr__(self, "_titles", titles_of(both, actor=self.target.actor))

    def html(self, found: SchemaField, value: Any) -> str:
        titles: Mapping[str, Any] = getattr(self, "_titles")  # noqa: B009 - set on a frozen class
        return found.render(value, titles.get(found.key, {}))

    def theirs(self, found: SchemaField) -> str:
        return self.html(found, found.read(self.target.row))

    def question(self, found: SchemaField, others: Others | None, pick: str = "") -> Question:
        mine = self.html(found, self.mine.get(found.code))
        return Question(found, mine, self.theirs(found), others, pick)


def natural(found: SchemaField, value: Any) -> Any:
    """The value as the service would keep it, so that two spellings of one value are equal."""
    try:
        return found.clean(value)
    except ValidationError:
        return value


def base_value(found: SchemaField, raw: Any) -> Any:
    """What the person began with; a value that can no longer be read equals nothing."""
    if raw is NOTHING:
        return NOTHING
    try:
        return natural(found, found.from_json(raw))
    except ValidationError:
        return NOTHING


# --- deleted meanwhile ------------------------------------------------------------------


def gone_page(request: PortalRequest, list_: List, element_id: int) -> HttpResponse | None:
    """The form with what was typed, when the element is in the bin; None when it is not.

    With `restore` in the request the element is brought back and the save goes on; when it
    cannot come back, the reasons are told and the form stays.
    """
    whole = schema_of(list_)
    row = binned(whole, request.user).filter(pk=element_id).first()
    if row is None:
        return None
    require_on(request.user, Right.CHANGE, whole, row)
    schema = schema_for(request.user, list_, row)
    if "restore" in request.POST:
        try:
            restore_elements(list_.pk, [element_id], actor=request.user)
        except Invalid as error:
            toast(request, reasons(schema, error), "error")
        else:
            return None
    context = gone_context(request, list_, schema, row)
    return render_page(request, "lists/element/form.html", context, status=409)


def gone_context(request: PortalRequest, list_: List, schema: Schema, row: Any) -> dict[str, Any]:
    form = ElementForm(
        request.POST,
        list_=list_,
        schema=schema,
        actor=request.user,
        mode="edit",
        values={found.code: found.read(row) for found in schema.editable},
        version=row.version,
    )
    return {
        "form": form,
        "list": list_,
        "row": row,
        "gone": others_since(schema, row.pk, row.version - 1).get(""),
        "may_restore": Right.DELETE in rights_on(request.user, schema, [row])[row.pk],
        "drawer": wants_fragment(request),
        "action": request.get_full_path(),
    }
