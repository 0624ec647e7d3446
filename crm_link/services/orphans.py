"""Web forms and telephony that turn customers away, for their employee has left or may add no leads
any more: whoever manages CRM is told, once for each reason."""

from __future__ import annotations

from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from crm_link.access import crm_managers
from crm_link.models import Telephony, WebForm
from crm_link.selectors.web_forms import Closed, closed
from staff.services.notifications import notify

NEWS = "crm_outside"


def tell_orphans() -> int:
    """Returns of how many there was something to tell."""
    forms = WebForm.objects.filter(is_on=True).select_related("owner")
    shut = [(form, why) for form in forms if (why := closed(form))]
    for form, why in shut:
        _tell_of_form(form, why)
    rows = Telephony.objects.exclude(token_hash="").filter(owner__is_active=False)
    silent = list(rows.select_related("owner"))
    for row in silent:
        _tell_of_telephony(row)
    return len(shut) + len(silent)


def _tell_of_form(form: WebForm, why: Closed) -> None:
    text = format_lazy(_("Web form “{form}”. {why}"), form=form.name, why=why.label)
    body = _("Leads were made in the name of {person}. Choose another employee in the form.")
    notify(
        crm_managers(), NEWS, text, body=format_lazy(body, person=str(form.owner)),
        url=form.get_absolute_url(), key=f"web_form:{form.pk}:{form.owner_id}:{why}",
    )  # fmt: skip


def _tell_of_telephony(row: Telephony) -> None:
    text = _("Calls of the exchange are refused: their employee is deactivated")
    body = _("They were written down in the name of {person}. Choose another employee.")
    notify(
        crm_managers(), NEWS, text, body=format_lazy(body, person=str(row.owner)),
        url=reverse("crm_telephony"), key=f"telephony:{row.owner_id}",
    )  # fmt: skip
