"""Converting a lead: the question, and what became of it."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from crm_link.conversion_form import ConversionForm
from crm_link.kinds import COMPANY, CONTACT, DEAL, LEAD
from crm_link.selectors.conversion import Lead
from crm_link.selectors.kinds import list_of
from crm_link.services.conversion import AlreadyConverted, Converted, convert_lead
from lists_core.access import Right
from lists_core.addresses import element_url
from lists_core.element_tabs import Target, open_target
from svod.base.errors import Conflict, Invalid
from svod.base.htmx import go_to, render_page, toast
from svod.base.http import PortalRequest

TEMPLATE = "crm/conversion/convert.html"


@login_required
@require_http_methods(["GET", "POST"])
def lead_convert(request: PortalRequest, element_id: int) -> HttpResponse:
    """The dialog of a lead; afterwards the card of the deal, or of whatever was made."""
    target = open_target(request.user, Right.CHANGE, list_of(LEAD).pk, element_id)
    lead = Lead(target.schema, target.row)
    if lead.value("CONVERTED_AT"):
        return closed(request, target, str(AlreadyConverted.message))
    form = ConversionForm(lead, request.user, request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return page(request, target, form)
    try:
        done = converted(form, element_id, request)
    except Conflict as error:
        return closed(request, target, str(error))
    except Invalid as error:
        for name, texts in error.errors.items():
            form.add_error(name if name in form.fields else None, texts)
        return page(request, target, form)
    return shown(request, target, done)


def converted(form: ConversionForm, element_id: int, request: PortalRequest) -> Converted:
    given = form.cleaned_data
    return convert_lead(
        element_id,
        actor=request.user,
        deal=bool(given.get("deal")),
        contact=form.chosen(CONTACT),
        company=form.chosen(COMPANY),
        pipeline_id=given.get("pipeline"),
    )


def page(request: PortalRequest, target: Target, form: ConversionForm) -> HttpResponse:
    context = {"form": form, "row": target.row, "list": target.list}
    return render_page(request, TEMPLATE, context, status=422 if form.errors else 200)


def closed(request: PortalRequest, target: Target, text: str) -> HttpResponse:
    context = {"closed": text, "row": target.row, "list": target.list}
    return render_page(request, TEMPLATE, context, status=409 if request.method == "POST" else 200)


def shown(request: PortalRequest, target: Target, done: Converted) -> HttpResponse:
    places = ((DEAL, done.deal), (CONTACT, done.contact), (COMPANY, done.company))
    url = next(
        (element_url(list_of(kind), pk) for kind, pk in places if pk),
        element_url(target.list, done.lead),
    )
    if done.left:
        text = _("Converted. Did not fit and was left in the lead: %(fields)s.")
        toast(request, text % {"fields": ", ".join(done.left)}, "warning")
    else:
        toast(request, _("The lead is converted."))
    return go_to(request, url)
