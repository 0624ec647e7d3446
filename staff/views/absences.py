"""When one is away, and one's deputy: a part of the profile."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from staff.forms import AbsenceForm
from staff.selectors_absences import absences_of, today
from staff.services.absences import add_absence, end_absence
from svod.base.errors import Invalid
from svod.base.htmx import toast
from svod.base.http import PortalRequest


@login_required
@require_http_methods(["GET", "POST"])
def absences(request: PortalRequest) -> HttpResponse:
    """One's own absences, and the form for one more."""
    form = AbsenceForm(request.POST or None, initial={"starts": today()})
    if form.is_valid() and _added(request, form):
        toast(request, _("The absence is saved."))
        return redirect("absences")
    context = {"form": form, "absences": absences_of(request.user), "today": today()}
    status = 422 if form.errors else 200
    return render(request, "staff/absences.html", context, status=status)


def _added(request: PortalRequest, form: AbsenceForm) -> bool:
    try:
        add_absence(request.user, actor=request.user, **form.cleaned_data)
    except Invalid as error:
        form.add_domain_errors(error)
        return False
    return True


@login_required
@require_POST
def absence_end(request: PortalRequest, pk: int) -> HttpResponse:
    end_absence(pk, actor=request.user)
    toast(request, _("The absence is taken back."))
    return redirect("absences")
