"""The customer beside the chat."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from crm_link.kinds import Kind
from lists_core.field_types.pickers import is_id
from openlines.customer_form import CustomerForm, LinkForm
from openlines.selectors.customers import customer_card, transcript
from openlines.selectors.desk import access_conversation, require_to_answer
from openlines.services import customers
from openlines.words import worded
from svod.base.errors import Conflict, Invalid, NotFound
from svod.base.htmx import go_to, is_htmx, render_page, saved, toast
from svod.base.http import PortalRequest

View = Callable[..., HttpResponse]


def card_again(deed: Callable[..., None]) -> View:
    """Whatever became of a deed, the card as it stands now; a refusal is told as a toast."""

    @wraps(deed)
    def answer(request: PortalRequest, conversation_id: int, **more: object) -> HttpResponse:
        try:
            deed(request, conversation_id, **more)
        except Conflict as error:
            toast(request, error, "warning")
        except Invalid as error:
            texts = [text for own in error.errors.values() for text in own]
            toast(request, " ".join(texts), "error")
        if not is_htmx(request):
            return go_to(request, reverse("chat_conversation", args=[conversation_id]))
        return card_part(request, conversation_id)

    return answer


def card_part(request: PortalRequest, conversation_id: int) -> HttpResponse:
    found = access_conversation(request.user, conversation_id)
    context = {"conversation": found, "card": customer_card(request.user, found)}
    return render(request, "chat/partials/customer.html", context)


@login_required
@require_GET
def customer(request: PortalRequest, conversation_id: int) -> HttpResponse:
    """The card anew, after something was changed."""
    return card_part(request, conversation_id)


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: PortalRequest, conversation_id: int) -> HttpResponse:
    """Name, phone and e-mail, in place of the card's head."""
    found = access_conversation(request.user, conversation_id)
    require_to_answer(request.user, found)
    form = CustomerForm(request.POST or None, instance=found.customer)
    if request.method == "POST" and form.is_valid():
        try:
            customers.change_customer(conversation_id, form.cleaned_data, actor=request.user)
            return _closed_dialog(request, conversation_id, _("Saved"))
        except Invalid as error:
            for name, texts in error.errors.items():
                form.add_error(name, list(texts))
    context = {"form": form, "conversation": found}
    status = 422 if form.errors else 200
    return render_page(request, "chat/customer_edit.html", context, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def link(request: PortalRequest, conversation_id: int) -> HttpResponse:
    """Choose the lead, contact or deal that the customer is."""
    found = access_conversation(request.user, conversation_id)
    require_to_answer(request.user, found)
    form = LinkForm(request.POST or None, actor=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            customers.link_item(conversation_id, form.cleaned_data["item"], actor=request.user)
            return _closed_dialog(request, conversation_id, _("Linked"))
        except NotFound:
            form.add_error("item", _("Choose from the list."))
    context = {"form": form, "conversation": found}
    status = 422 if form.errors else 200
    return render_page(request, "chat/customer_link.html", context, status=status)


def _closed_dialog(request: PortalRequest, conversation_id: int, text: str) -> HttpResponse:
    """The page asks for the card anew when it hears of it by the live news."""
    if is_htmx(request):
        return saved(request, text, chat=conversation_id)
    toast(request, text)
    return go_to(request, reverse("chat_conversation", args=[conversation_id]))


@login_required
@require_POST
@card_again
def make(request: PortalRequest, conversation_id: int, kind: Kind) -> None:
    """A lead, a contact or a deal in one click."""
    customers.make_linked(conversation_id, kind, actor=request.user)
    toast(request, _("Created: %(kind)s") % {"kind": kind.label})


@login_required
@require_POST
@card_again
def unlink(request: PortalRequest, conversation_id: int, kind: Kind) -> None:
    customers.unlink_item(conversation_id, kind, actor=request.user)


@login_required
@require_GET
def transcript_page(request: PortalRequest, conversation_id: int) -> HttpResponse:
    """A conversation to be read: in a drawer beside the chat, or from a timeline of CRM."""
    found = access_conversation(request.user, conversation_id)
    given = request.GET.get("after", "")
    after = int(given) if is_id(given) else 0
    said, more = transcript(found, after)
    context = {"conversation": found, "said": worded(said), "after": after, "more": more}
    return render_page(request, "chat/transcript.html", context)
