"""Convert a lead to a contact, a company and a deal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from crm_link.kinds import LEAD
from crm_link.selectors.kinds import list_of
from crm_link.services.conversion import AlreadyConverted, convert_lead
from workflows.actions.base import Action, ActionParams, Output, Shown, actions
from workflows.engine.errors import Fatal

if TYPE_CHECKING:
    from workflows.engine.context import Context

WAYS = {
    "fits": _("as it fits the lead"),
    "make": _("make a new one"),
    "no": _("do not make it"),
}
CHOSEN = {"fits": None, "make": True, "no": False}
Way = Literal["fits", "make", "no"]


@actions.register
class ConvertLead(Action):
    """The lead goes to its stage of success. One that is converted already stays as it is."""

    slug = "crm_convert"
    label = _("Convert the lead")
    icon = "git-merge"
    outputs = (
        Output("contact", _("Number of the contact"), "number"),
        Output("company", _("Number of the company"), "number"),
        Output("deal", _("Number of the deal"), "number"),
        Output("again", _("It was converted already"), "boolean"),
    )

    class Params(ActionParams):
        deal: Annotated[bool, Shown(_("Make a deal"), widget="boolean")] = True
        contact: Annotated[Way, Shown(_("Contact"), widget="choice", options=WAYS)] = "fits"
        company: Annotated[Way, Shown(_("Company"), widget="choice", options=WAYS)] = "fits"

    def run(self, context: Context, params: Params) -> dict[str, Any]:
        subject = context.subject
        if subject is None or subject.schema.list_id != list_of(LEAD).pk:
            raise Fatal(_g("Only leads are converted."))
        try:
            made = convert_lead(
                subject.row.pk,
                actor=context.actor,
                deal=params.deal,
                contact=CHOSEN[params.contact],
                company=CHOSEN[params.company],
            )
        except AlreadyConverted as error:
            known = {name: error.details.get(name) for name in ("contact", "company")}
            return {**known, "deal": None, "again": True}
        return {"contact": made.contact, "company": made.company, "deal": made.deal,
                "again": False}  # fmt: skip
