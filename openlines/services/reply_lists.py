"""The list of quick replies of a line: made by one button, chosen, shared, taken off."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from lists_core.access import Right, forget
from lists_core.models import Field, FieldOption, List, Section
from lists_core.schema.cache import schema_of
from lists_core.schema.ddl import lock_for_change
from lists_core.selectors.lists import access_list
from lists_core.services.elements import create_element
from lists_core.services.fields import create_field
from lists_core.services.lists import create_list
from lists_core.services.sections import create_section
from openlines.models import Line
from openlines.reply_fields import PERSONAL, ROLES, ReplyFields
from openlines.reply_presets import (
    CAPTIONS,
    CATEGORIES,
    FIELDS,
    LANGUAGES,
    Example,
    Preset,
    language_options,
)
from openlines.selectors.desk import may_manage_lines
from openlines.services.reply_rights import grant_to_members, take_from_members
from openlines.services.reply_texts import fill_words, forget_words
from staff.models import Employee
from staff.services.audit import record
from svod.base.errors import Forbidden, Invalid, NotFound


@transaction.atomic
def create_replies(line: Line, *, actor: Employee) -> List:
    """Make the line's list of quick replies with fields, categories, examples and rights.

    A second press gives the list that the first has made. Raises Forbidden, NotFound, ListBusy.
    """
    own = _locked(line, actor)
    if own.replies is not None and own.replies.deleted_at is None:
        return own.replies
    name = _("Quick replies: %(line)s") % {"line": own.name}
    list_ = create_list(
        actor=actor, name=name[:200], icon="bolt", color="teal", has_sections=True,
        description=_("Answers that operators insert in chats by typing a slash."),
        captions={key: str(text) for key, text in CAPTIONS.items()},
    )  # fmt: skip
    for place, preset in enumerate(FIELDS, start=1):
        _field(list_, preset, place * 10, actor)
    list_.refresh_from_db()
    own_section = create_section(
        list_.pk, actor=actor, name=_("Personal"), code=PERSONAL, sort=1000,
        description=_("Each operator sees their own replies here."),
    )  # fmt: skip
    _examples(list_, actor)
    _take(own, line, list_, actor)
    grant_to_members(list_, actor=actor, personal=own_section)
    _tell(own, list_.name, actor)
    return list_


@transaction.atomic
def choose_replies(line: Line, list_id: int, *, actor: Employee, add_missing: bool = False) -> List:
    """Use a list that is there already; other lines may use it too.

    It needs a field for the text; `add_missing` adds every field that the program knows and the
    list has not, which takes full access to it. Raises NotFound, Forbidden, Invalid.
    """
    own = _locked(line, actor)
    list_ = access_list(actor, Right.ACCESS, list_id)
    if list_.system:
        raise Invalid({"list": [_("The program keeps this list for something else.")]})
    if add_missing:
        list_ = _with_fields(list_, actor)
    missing = missing_fields(list_)
    if missing:
        raise Invalid({"list": [missing]})
    before = own.replies
    _take(own, line, list_, actor)
    if before and before.pk != list_.pk:
        _let_go(before, line, actor)
    grant_to_members(list_, actor=actor)
    _tell(own, list_.name, actor)
    return list_


@transaction.atomic
def take_replies_off(line: Line, *, actor: Employee) -> None:
    """The line has no quick replies any more; the list stays with all that is in it."""
    own = _locked(line, actor)
    before, own.replies = own.replies, None
    own.save(update_fields=["replies"])
    line.replies = None
    if before:
        _let_go(before, line, actor)
        _tell(own, "", actor)


def read_again(line: Line) -> None:
    """A line that comes back reads its list: others may have let that go meanwhile."""
    list_ = line.replies
    if list_ is None or list_.deleted_at or missing_fields(list_):
        return
    lock_for_change(list_.pk)
    if sharing(list_) == [line]:
        _hold(list_)


def missing_fields(list_: List) -> str:
    """What a list lacks to hold quick replies, in words; "" when it lacks nothing."""
    schema = schema_of(list_)
    if ReplyFields.of(schema).text:
        return ""
    codes, _type = ROLES["text"]
    wrong = next((schema[code] for code in codes if code in schema.by_code), None)
    if wrong:
        told = _("The field “%(name)s” (%(code)s) has to be a string with one value.")
        return told % {"name": wrong.name, "code": wrong.code}
    told = _("The list has no field for the text of a reply: a string with the code %(codes)s.")
    return told % {"codes": _(" or ").join(codes)}


def sharing(list_: List) -> list[Line]:
    """The lines that use the list."""
    return list(Line.objects.filter(replies=list_, deleted_at=None))


# --- own steps --------------------------------------------------------------------------


def _locked(line: Line, actor: Employee) -> Line:
    """Two presses of a button make one list."""
    if not may_manage_lines(actor):
        raise Forbidden
    rows = Line.objects.select_for_update(of=("self",)).select_related("replies")
    found = rows.filter(pk=line.pk, deleted_at=None).first()
    if found is None:
        raise NotFound
    return found


def _tell(line: Line, name: str, actor: Employee) -> None:
    record(
        "chat.line_replies",
        actor=actor,
        subject=f"chat_line:{line.pk}",
        subject_name=line.name,
        about={"list": name},
    )


def _take(own: Line, line: Line, list_: List, actor: Employee) -> None:
    lock_for_change(list_.pk)  # whoever writes replies now would not keep their words
    own.replies = line.replies = list_
    own.save(update_fields=["replies"])
    _hold(list_)


def _hold(list_: List) -> None:
    _fix(list_, fixed=True)
    list_.refresh_from_db()
    fill_words(schema_of(list_))


def _let_go(list_: List, line: Line, actor: Employee) -> None:
    """The line's people lose what they were granted on it; anybody may do with its fields what
    they like, once no line reads them."""
    lock_for_change(list_.pk)
    take_from_members(list_, line, actor=actor)
    if not sharing(list_):
        _fix(list_, fixed=False)
        forget_words(list_.pk)


def _fix(list_: List, *, fixed: bool) -> None:
    """The marks are part of compiled schemas."""
    fields = [field.field.pk for field in ReplyFields.of(schema_of(list_)).present]
    Field.objects.filter(pk__in=fields).update(fixed=fixed)
    locked = List.objects.select_for_update().get(pk=list_.pk)
    locked.schema_version += 1
    locked.save(update_fields=["schema_version"])
    forget()


def _field(list_: List, preset: Preset, sort: int, actor: Employee) -> None:
    settings: dict[str, Any] = {**preset.settings}
    if preset.role == "languages":
        settings["options"] = language_options()
    made = create_field(
        list_.pk, preset.type, actor=actor, code=preset.code, name=str(preset.name),
        hint=str(preset.hint), settings=settings, sort=sort, **preset.given,
    )  # fmt: skip
    if preset.role == "languages":
        _name_languages(made)


def _name_languages(field: Field) -> None:
    """Tables may name a language by its code, and the chat knows it by that."""
    codes = {name: code for code, name in LANGUAGES.items()}
    options = list(FieldOption.objects.filter(field=field))
    for option in options:
        option.code = codes.get(option.name, "")
    FieldOption.objects.bulk_update(options, ["code"])


def _with_fields(list_: List, actor: Employee) -> List:
    present = ReplyFields.of(schema_of(list_))
    codes = schema_of(list_).by_code
    for preset in FIELDS:
        if getattr(present, preset.role) is None and preset.code not in codes:
            # Elements that are there already have no text yet.
            given = {**preset.given, "required": False}
            _field(list_, Preset(**{**vars(preset), "given": given}), 900, actor)
    return List.objects.get(pk=list_.pk)


def _examples(list_: List, actor: Employee) -> None:
    for place, (category, replies) in enumerate(CATEGORIES.items(), start=1):
        section = create_section(list_.pk, actor=actor, name=str(category), sort=place * 10)
        for one in replies:
            _example(list_, section, one, actor)


def _example(list_: List, section: Section, one: Example, actor: Employee) -> None:
    values: Mapping[str, Any] = {"NAME": str(one.name), "TEXT": str(one.text), "CODE": one.code}
    create_element(list_.pk, values, actor=actor, section_id=section.pk)
