"""Give rights on an element to people, take them away, or close it to all others."""

from __future__ import annotations

import builtins
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from lists_core.access import ROLES, Right
from lists_core.models import Element
from lists_core.selectors.elements import access_element
from lists_core.selectors.rights import grants_on
from lists_core.services.rights import set_element_rights
from staff.subjects import EVERYONE, Subject
from workflows.actions.base import Action, ActionParams, Shown, actions
from workflows.engine.errors import Fatal
from workflows.people import listed, people_if_any

if TYPE_CHECKING:
    from workflows.engine.context import Context

Grants = dict[Subject, frozenset[Right]]
GIVEN = {
    "view": ROLES["view"][0],
    "edit": ROLES["edit"][0],
    "run": _("View and run processes"),
    "full": ROLES["full"][0],
}
RIGHTS: dict[str, frozenset[Right]] = {
    "view": frozenset({Right.VIEW}),
    "edit": frozenset({Right.VIEW, Right.CHANGE, Right.DELETE, Right.RUN}),
    "run": frozenset({Right.VIEW, Right.RUN}),
    "full": frozenset({Right.FULL}),
}
#: Spellings of groups of people that rights know as one subject each.
MANY = {"department": "D", "department_tree": "DR", "group": "G"}


@actions.register
class SetAccess(Action):
    """Within what the process's employee may grant there: nobody gives more than they hold.

    A department or group gets the right as such, so that whoever joins it later has it too.
    """

    slug = "set_access"
    label = _("Set access to an element")
    icon = "lock-access"

    class Params(ActionParams):
        people: Annotated[
            builtins.list[Any], Shown(_("Whom it concerns"), widget="people", raw=True)
        ]
        mode: Annotated[
            Literal["give", "take", "only"],
            Shown(
                _("What to do"),
                widget="choice",
                options={
                    "give": _("give the right to them as well"),
                    "take": _("take their rights on the element away"),
                    "only": _("leave the element to them alone"),
                },
            ),
        ] = "give"
        right: Annotated[
            Literal["view", "edit", "run", "full"],
            Shown(_("Right"), widget="choice", options=GIVEN),
        ] = "view"
        list: Annotated[
            int | None, Shown(_("List"), widget="list", help=_("Empty: the process's element."))
        ] = None
        element: Annotated[int | None, Shown(_("Element"), widget="element")] = None

    def run(self, context: Context, params: Params) -> None:
        actor = context.actor
        place = _place(context, params)
        _list, _schema, row = access_element(actor, Right.ACCESS, *place)
        before: Grants = dict(grants_on(Element, row.pk))
        after = _changed(before, subjects_of(params.people, context), params)
        restricted = True if params.mode == "only" else row.restricted
        if after != before or restricted != row.restricted:
            set_element_rights(*place, after, restricted=restricted, actor=actor)

    def summary(self, params: Mapping[str, Any]) -> str:
        right = GIVEN.get(str(params.get("right") or "view"), "")
        texts = {
            "give": _("Give the right “%(right)s” on the element"),
            "take": _("Take rights on the element away"),
            "only": _("Leave the element to some people alone: “%(right)s”"),
        }
        return str(texts[str(params.get("mode") or "give")]) % {"right": right}


def subjects_of(raw: Any, context: Context) -> list[Subject]:
    """The subjects of rights meant by a parameter of people. Raises Fatal for nobody."""
    found: list[Subject] = []
    for spec in listed(raw):
        kind, _colon, rest = spec.partition(":")
        if kind in MANY and rest.isdecimal():
            found.append(Subject(MANY[kind], int(rest)))
        elif spec == "everyone":
            found.append(EVERYONE)
        else:
            found += [Subject("U", one.pk) for one in people_if_any([spec], context)]
    if not found:
        raise Fatal(_g("The step concerns nobody, so nobody got the right."))
    return list(dict.fromkeys(found))


def _place(context: Context, params: SetAccess.Params) -> tuple[int, int]:
    instance = context.instance
    list_id, element = params.list or instance.list_id, params.element or instance.subject_id
    if params.list is not None and params.element is None and params.list != instance.list_id:
        element = None
    if not (list_id and element):
        raise Fatal(_g("The step does not say on which element the rights are to be set."))
    return list_id, element


def _changed(before: Grants, subjects: list[Subject], params: SetAccess.Params) -> Grants:
    if params.mode == "take":
        return {one: rights for one, rights in before.items() if one not in subjects}
    given = dict.fromkeys(subjects, RIGHTS[params.right])
    if params.mode == "only":
        return given
    merged = {one: before.get(one, frozenset()) | rights for one, rights in given.items()}
    return before | merged
