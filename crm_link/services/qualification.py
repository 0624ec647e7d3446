"""The standard questionnaire of leads: what has to be known before a lead is qualified.

Made once by an administrator; afterwards it is an ordinary questionnaire over ordinary fields.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_link.kinds import LEAD
from crm_link.models import Questionnaire, Stage
from crm_link.presets import choice
from crm_link.selectors.kinds import list_of
from crm_link.services.questionnaires import Group, create_questionnaire
from lists_core.models import Field, List
from lists_core.services.fields import create_field
from staff.models import Employee
from svod.base.errors import Forbidden

Text = str | Promise
STAGE = "IN_PROCESS"
NEEDED = (pgettext_lazy("service", "Needed"), pgettext_lazy("service", "Not needed"))


@dataclass(frozen=True)
class Wanted:
    """A question and the field that is made for it where there is none with its code."""

    code: str
    type: str
    name: Text
    required: bool = False
    options: Callable[[], dict[str, Any]] | None = None
    multiple: bool = False


GROUPS: Sequence[tuple[Text, Sequence[Wanted]]] = (
    (pgettext_lazy("questionnaire", "PRODUCT"), (
        Wanted("PRODUCT_PLACE", "string", _("Place of use"), required=True),
        Wanted("PRODUCT_SIZES", "string", _("Dimensions"), required=True),
        Wanted("PRODUCT_MATERIALS", "list", _("Materials"), required=True, multiple=True,
               options=choice(_("Natural stone"), _("Quartz"), _("Porcelain stoneware"),
                              _("Glass"), _("Wood"), _("Metal"), _("Other"))),
        Wanted("PRODUCT_MAKERS", "string", pgettext_lazy("questionnaire", "Makers")),
        Wanted("PRODUCT_COLORS", "string", pgettext_lazy("questionnaire", "Colours")),
        Wanted("PRODUCT_TEXTURE", "list", _("Texture"),
               options=choice(_("Glossy"), _("Matt"), _("Structured"), _("Other"))),
    )),
    (pgettext_lazy("questionnaire", "SERVICES"), (
        Wanted("SERVICE_MEASURING", "list", _("Measuring"), required=True,
               options=choice(*NEEDED)),
        Wanted("SERVICE_MOUNTING", "list", _("Installation"), options=choice(*NEEDED)),
        Wanted("SERVICE_DELIVERY", "list", _("Delivery"), required=True,
               options=choice(_("To the entrance"), _("To the floor"), _("Pick-up"))),
        Wanted("SERVICE_DESIGN", "list", _("Design"), options=choice(*NEEDED)),
    )),
    (pgettext_lazy("questionnaire", "CLIENT"), (
        Wanted("CLIENT_PAYMENT", "list", _("Form of payment"), required=True,
               options=choice(_("Cash"), _("By card"), _("Bank transfer without VAT"),
                              _("Bank transfer with VAT"), _("By instalments"))),
        Wanted("CLIENT_BUDGET", "money", _("Budget"), required=True),
        Wanted("CLIENT_TERM", "date", _("When it is needed"), required=True),
        Wanted("ADDRESS", "string", _("Address")),
        Wanted("CLIENT_CONTACTS", "string", _("Further contacts")),
    )),
)  # fmt: skip


@transaction.atomic
def set_up_qualification(*, actor: Employee) -> Questionnaire:
    """The questionnaire, its fields, its process and the list of incidents, each only where it
    is missing. Raises Forbidden for whoever is not an administrator, NotFound before CRM."""
    if not actor.is_superuser:
        raise Forbidden
    list_ = list_of(LEAD)
    stage = Stage.objects.get(option__field__list=list_, code=STAGE)
    present = Questionnaire.objects.filter(list=list_, stage=stage).first()
    if present is not None:
        return present
    groups = [Group(str(name), _questions(list_, wanted, actor)) for name, wanted in GROUPS]
    return create_questionnaire(
        list_, actor=actor, stage_id=stage.pk, groups=groups, name=str(_("Qualification"))
    )


def _questions(list_: List, wanted: Sequence[Wanted], actor: Employee) -> list[tuple[int, bool]]:
    return [(_field(list_, one, actor).pk, one.required) for one in wanted]


def _field(list_: List, wanted: Wanted, actor: Employee) -> Field:
    present = Field.objects.filter(list=list_, code=wanted.code, deleted_at=None).first()
    if present is not None:
        return present
    settings = wanted.options() if wanted.options else {}
    if wanted.type == "string":
        settings = {"rows": 1}
    return create_field(
        list_.pk, wanted.type, actor=actor, code=wanted.code, name=str(wanted.name),
        settings=settings, multiple=wanted.multiple, show_in_list=False, show_in_add=False,
    )  # fmt: skip
