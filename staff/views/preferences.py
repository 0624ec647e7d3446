"""Language: kept with the employee, in a cookie for those who have not signed in."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST
from django.views.i18n import set_language as set_language_cookie

from staff.models import Employee, Language
from staff.services.employees import update_profile


@login_not_required
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Django's switch (it checks `next` and sets the cookie), remembered for the employee."""
    user, language = request.user, request.POST.get("language")
    if isinstance(user, Employee) and language in Language.values:
        update_profile(user, {"language": language}, actor=user)
    return set_language_cookie(request)
