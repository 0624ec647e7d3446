"""What operators do in a conversation."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from lists_core.field_types.pickers import is_id
from openlines.models import Conversation
from openlines.selectors.desk import access_conversation, require_to_answer
from openlines.services import desk, presence, reopening
from openlines.services.news import tell_customer_typing
from openlines.talk_form import InviteForm, TransferForm
from staff.models import Employee
from svod.base.errors import DomainError, Forbidden, Invalid, NotFound
from svod.base.htmx import go_to, render_page, toast
from svod.base.http import PortalRequest

View = Callable[..., HttpResponse]


def json_refusals(view: View) -> View:
    """What was refused as `{"error": …}`: the composer keeps the text and shows it."""

    @wraps(view)
    def told(request: PortalRequest, conversation_id: int) -> HttpResponse:
        try:
            return view(request, conversation_id)
        except (NotFound, Forbidden):
            raise
        except Invalid as error:
            texts = [text for own in error.errors.values() for text in own]
            return JsonResponse({"error": " ".join(texts)}, status=422)
        except DomainError as error:
            return JsonResponse({"error": str(error)}, status=409)

    return told


@login_required
@require_POST
@json_refusals
def say(request: PortalRequest, conversation_id: int) -> HttpResponse:
    """An answer or a note: `{"seq": 12}`; the page asks for what is new by itself."""
    replies = request.POST.get("reply", "").split(",")
    message = desk.say(
        conversation_id,
        request.POST.get("text", ""),
        actor=request.user,
        file_ids=[int(one) for one in request.POST.getlist("file") if is_id(one)],
        note=request.POST.get("note") == "1",
        reply_ids=[int(one) for one in replies if is_id(one)],
        client_key=request.POST.get("key", ""),
    )
    return JsonResponse({"seq": message.seq})


@login_required
@require_POST
@json_refusals
def read(request: PortalRequest, conversation_id: int) -> HttpResponse:
    seq = request.POST.get("seq", "")
    desk.mark_read(conversation_id, int(seq) if is_id(seq) else 0, actor=request.user)
    return JsonResponse({})


@login_required
@require_POST
@json_refusals
def typing(request: PortalRequest, conversation_id: int) -> HttpResponse:
    """Told to the customer's window at once, kept nowhere."""
    found = access_conversation(request.user, conversation_id)
    require_to_answer(request.user, found)
    tell_customer_typing(found)
    return JsonResponse({})


@login_required
@require_POST
def seen(request: PortalRequest) -> HttpResponse:
    """The desk is open; told every 30 seconds."""
    presence.seen(actor=request.user)
    return HttpResponse(status=204)


@login_required
@require_POST
def take(request: PortalRequest, conversation_id: int) -> HttpResponse:
    return _done(request, desk.take(conversation_id, actor=request.user), _("It is yours now."))


@login_required
@require_POST
def close(request: PortalRequest, conversation_id: int) -> HttpResponse:
    return _done(request, desk.close(conversation_id, actor=request.user), _("Closed."))


@login_required
@require_POST
def reopen(request: PortalRequest, conversation_id: int) -> HttpResponse:
    """A closed one, to write to its customer again."""
    found = reopening.reopen(conversation_id, actor=request.user)
    return _done(request, found, _("It is open again, and yours."))


@login_required
@require_POST
def leave(request: PortalRequest, conversation_id: int) -> HttpResponse:
    desk.leave(conversation_id, actor=request.user)
    toast(request, _("You have left the conversation."))
    return go_to(request, reverse("chat"))


@login_required
@require_http_methods(["GET", "POST"])
def transfer(request: PortalRequest, conversation_id: int) -> HttpResponse:
    """To another operator of the line, or back into the queue."""
    found = access_conversation(request.user, conversation_id)
    require_to_answer(request.user, found)
    form = TransferForm(request.POST or None, conversation=found, actor=request.user)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data["employee"]
        to = Employee.objects.get(pk=chosen) if chosen else None
        desk.transfer(conversation_id, actor=request.user, to=to)
        toast(request, _("The conversation was transferred."))
        return go_to(request, reverse("chat"))
    context = {"form": form, "conversation": found}
    status = 422 if form.errors else 200
    return render_page(request, "chat/transfer.html", context, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def invite(request: PortalRequest, conversation_id: int) -> HttpResponse:
    """Bring a colleague in."""
    found = access_conversation(request.user, conversation_id)
    require_to_answer(request.user, found)
    form = InviteForm(request.POST or None, actor=request.user)
    if request.method == "POST" and form.is_valid():
        person = Employee.objects.filter(pk=form.cleaned_data["employee"], is_active=True).first()
        if person:
            desk.invite(conversation_id, person, actor=request.user)
            return _done(request, found, _("Invited."))
        form.add_error("employee", _("Choose from the list."))
    context = {"form": form, "conversation": found}
    status = 422 if form.errors else 200
    return render_page(request, "chat/invite.html", context, status=status)


def _done(request: PortalRequest, found: Conversation, text: str) -> HttpResponse:
    toast(request, text)
    return go_to(request, reverse("chat_conversation", args=[found.pk]))
