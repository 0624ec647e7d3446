"""The fields that each kind has from the start, and its first stages.

Those marked `fixed` the program reads by their code. People rename all of them, hide them, add
fields of their own: the rows are ordinary fields of ordinary lists.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Text = str | Promise


@dataclass(frozen=True)
class Preset:
    """A field; `target` names the kind that it links to, `given` are `create_field`'s keys."""

    code: str
    type: str
    name: Text
    settings: Mapping[str, Any] = field(default_factory=dict)
    target: str = ""
    fixed: bool = False
    given: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class StagePreset:
    code: str
    name: Text
    color: str
    semantics: str = "P"


MANY = {"multiple": True}
HIDDEN = {"show_in_list": False}
#: Filled by the program: shown on the page, not asked for.
OWN = {"show_in_list": False, "show_in_add": False, "readonly_in_edit": True}
LINE, LINES = {"rows": 1}, {"rows": 3}


def choice(*names: Text) -> Callable[[], dict[str, Any]]:
    """Settings of a choice with these options; asked when the field is made, in its language."""
    tones = ("blue", "teal", "green", "amber", "purple", "pink", "cyan", "orange", "grey")

    def settings() -> dict[str, Any]:
        rows = [
            {"id": None, "name": str(name), "color": tones[place % len(tones)]}
            for place, name in enumerate(names)
        ]
        return {"look": "select", "options": rows}

    return settings


#: The sources of what comes from exchanges and from chats, which are found by these names.
CALL, OPEN_LINE = _("Call"), _("Open line")
SOURCES = choice(
    CALL, _("E-mail"), _("Web site"), _("Web form"), _("Advertising"),
    _("Existing client"), _("Recommendation"), _("Exhibition"), _("Other"),
    OPEN_LINE,
)  # fmt: skip
CHOICES: Mapping[str, Callable[[], dict[str, Any]]] = {
    "SOURCE": SOURCES,
    "CONTACT_TYPE": choice(_("Client"), _("Supplier"), _("Partner"), _("Other")),
    "COMPANY_TYPE": choice(
        _("Client"), _("Supplier"), _("Competitor"), _("Partner"), _("Other")
    ),
    "DEAL_TYPE": choice(_("Sale"), _("Sale of services"), _("Complex sale"), _("Repeat sale")),
    "INDUSTRY": choice(
        _("Trade"), _("Production"), _("Construction"), _("Services"), _("Finance"),
        _("Information technology"), _("State organisation"), _("Other"),
    ),
    "EMPLOYEES": choice(_("Fewer than 50"), "50–250", "250–500", _("More than 500")),
}  # fmt: skip


def responsible() -> Preset:
    return Preset("RESPONSIBLE", "employee", _("Responsible"), fixed=True)


def source() -> Sequence[Preset]:
    return (
        Preset("SOURCE", "list", _("Source"), fixed=True),
        Preset("SOURCE_INFO", "string", _("About the source"), LINES, given=HIDDEN),
    )


def marks() -> Sequence[Preset]:
    names = ("UTM_SOURCE", "UTM_MEDIUM", "UTM_CAMPAIGN", "UTM_CONTENT", "UTM_TERM")
    return [Preset(code, "string", code, LINE, fixed=True, given=OWN) for code in names]


def person() -> Sequence[Preset]:
    return (
        Preset("LAST_NAME", "string", _("Surname"), LINE, fixed=True, given=HIDDEN),
        Preset("FIRST_NAME", "string", pgettext_lazy("person", "First name"), LINE, fixed=True,
               given=HIDDEN),
        Preset("SECOND_NAME", "string", _("Patronymic"), LINE, fixed=True, given=HIDDEN),
        Preset("POST", "string", _("Position"), LINE, given=HIDDEN),
    )  # fmt: skip


def ways() -> Sequence[Preset]:
    return (
        Preset("PHONE", "phone", _("Phone"), fixed=True, given=MANY),
        Preset("EMAIL", "email", _("E-mail"), fixed=True, given=MANY),
        Preset("WEB", "url", _("Web site"), given=MANY | HIDDEN),
        Preset("ADDRESS", "string", _("Address"), LINES, given=HIDDEN),
    )


def comments() -> Preset:
    return Preset("COMMENTS", "string", _("Comment"), LINES, given=HIDDEN)


#: The order in which the lists are made: links go to the ones before.
FIELDS: Mapping[str, Sequence[Preset]] = {
    "company": (
        Preset("TYPE", "list", _("Type of company"), {"preset": "COMPANY_TYPE"}),
        Preset("INDUSTRY", "list", _("Industry")),
        *ways(),
        Preset("INN", "string", _("INN"), LINE, fixed=True),
        Preset("EMPLOYEES", "list", _("Employees"), given=HIDDEN),
        Preset("REVENUE", "money", _("Yearly turnover"), given=HIDDEN),
        responsible(),
        *source(),
        comments(),
        *marks(),
    ),
    "contact": (
        *person(),
        Preset("TYPE", "list", _("Type of contact"), {"preset": "CONTACT_TYPE"}),
        Preset("COMPANIES", "element", _("Companies"), target="company", fixed=True, given=MANY),
        *ways(),
        Preset("BIRTHDAY", "date", _("Birthday"), given=HIDDEN),
        Preset("PHOTO", "file", _("Photo"), given=HIDDEN),
        responsible(),
        *source(),
        comments(),
        *marks(),
    ),
    "lead": (
        Preset("STAGE", "crm_stage", _("Stage"), fixed=True),
        Preset("AMOUNT", "money", _("Amount"), fixed=True),
        *person(),
        Preset("COMPANY_TITLE", "string", _("Name of the company"), LINE, fixed=True),
        *ways(),
        responsible(),
        *source(),
        comments(),
        Preset("CONTACT", "element", _("Contact"), target="contact", fixed=True, given=HIDDEN),
        Preset("COMPANY", "element", _("Company"), target="company", fixed=True, given=HIDDEN),
        Preset("CONVERTED_AT", "datetime", _("Converted"), fixed=True, given=OWN),
        *marks(),
    ),
    "deal": (
        Preset("STAGE", "crm_stage", _("Stage"), fixed=True),
        Preset("AMOUNT", "money", _("Amount"), fixed=True),
        Preset("COMPANY", "element", _("Company"), target="company", fixed=True),
        Preset("CONTACTS", "element", _("Contacts"), target="contact", fixed=True, given=MANY),
        Preset("TYPE", "list", _("Type of deal"), {"preset": "DEAL_TYPE"}),
        Preset("BEGIN_DATE", "date", _("Begins on"), fixed=True, given=HIDDEN),
        Preset("CLOSE_DATE", "date", _("Expected to close"), fixed=True),
        Preset("CLOSED_AT", "datetime", _("Closed"), fixed=True, given=OWN),
        Preset("LEAD", "element", _("Lead"), target="lead", fixed=True, given=OWN),
        responsible(),
        Preset("OBSERVERS", "employee", _("Observers"), given=MANY | HIDDEN),
        *source(),
        comments(),
        *marks(),
    ),
}

STAGES: Mapping[str, Sequence[StagePreset]] = {
    "lead": (
        StagePreset("NEW", _("Not processed"), "grey"),
        StagePreset("IN_PROCESS", _("Taken into work"), "blue"),
        StagePreset("PROCESSED", _("Qualified"), "cyan"),
        StagePreset("CONVERTED", _("Good lead"), "green", "S"),
        StagePreset("JUNK", _("Bad lead"), "red", "F"),
    ),
    "deal": (
        StagePreset("NEW", pgettext_lazy("deal", "New"), "grey"),
        StagePreset("PREPARATION", _("Preparing documents"), "blue"),
        StagePreset("PREPAYMENT_INVOICE", _("Prepayment invoice"), "indigo"),
        StagePreset("EXECUTING", _("In work"), "cyan"),
        StagePreset("FINAL_INVOICE", _("Final invoice"), "amber"),
        StagePreset("WON", _("Deal won"), "green", "S"),
        StagePreset("LOSE", _("Deal lost"), "red", "F"),
        StagePreset("APOLOGY", _("Loss analysed"), "pink", "F"),
    ),
}
PIPELINES: Mapping[str, Text] = {
    "section_name": _("Pipeline"),
    "sections_name": _("Pipelines"),
    "section_add": _("Add a pipeline"),
    "section_edit": _("Edit the pipeline"),
    "section_delete": _("Delete the pipeline"),
}
CAPTIONS: Mapping[str, Mapping[str, Text]] = {
    "lead": {
        "element_name": _("Lead"),
        "elements_name": _("Leads"),
        "element_add": _("Add a lead"),
        "element_edit": _("Edit the lead"),
        "element_delete": _("Delete the lead"),
    },
    "deal": {
        "element_name": _("Deal"),
        "elements_name": _("Deals"),
        "element_add": _("Add a deal"),
        "element_edit": _("Edit the deal"),
        "element_delete": _("Delete the deal"),
        **PIPELINES,
    },
    "contact": {
        "element_name": _("Contact"),
        "elements_name": _("Contacts"),
        "element_add": _("Add a contact"),
        "element_edit": _("Edit the contact"),
        "element_delete": _("Delete the contact"),
        "name_field": _("Full name"),
    },
    "company": {
        "element_name": _("Company"),
        "elements_name": _("Companies"),
        "element_add": _("Add a company"),
        "element_edit": _("Edit the company"),
        "element_delete": _("Delete the company"),
    },
}
#: The first pipeline of deals.
PIPELINE = pgettext_lazy("pipeline", "Common")
