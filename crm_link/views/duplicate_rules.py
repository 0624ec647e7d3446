"""The page of settings that says what becomes of duplicates."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from crm_link.access import require_crm_manager
from crm_link.duplicates_form import DuplicatesForm
from crm_link.kinds import kinds
from crm_link.selectors.kinds import is_set_up
from crm_link.services.duplicate_rules import duplicate_rules, save_duplicate_rule
from crm_link.settings_pages import settings_tabs
from svod.base.errors import Conflict, Invalid, NotFound
from svod.base.htmx import go_to, render_page, toast
from svod.base.http import PortalRequest


@login_required
@require_http_methods(["GET", "POST"])
def settings(request: PortalRequest) -> HttpResponse:
    """All kinds at once: all of them are saved or none."""
    require_crm_manager(request.user)
    if not is_set_up():
        raise NotFound
    data = request.POST if request.method == "POST" else None
    rules = duplicate_rules()
    forms = [DuplicatesForm(kinds.get(slug), rule, data) for slug, rule in rules.items()]
    if data is not None and all(form.is_valid() for form in forms) and saved(request, forms):
        toast(request, _("Saved."))
        return go_to(request, "crm_duplicates_settings")
    context = {"forms": forms, "settings_tabs": settings_tabs("duplicates")}
    status = 422 if any(form.errors for form in forms) else 200
    return render_page(request, "crm/settings/duplicates.html", context, status=status)


def saved(request: PortalRequest, forms: Sequence[DuplicatesForm]) -> bool:
    with transaction.atomic():
        for form in forms:
            try:
                save_duplicate_rule(form.kind, **form.given, actor=request.user)
            except Invalid as error:
                form.add_domain_errors(error)
            except Conflict as error:
                form.add_error(None, str(error))
        wrong = any(form.errors for form in forms)
        if wrong:
            transaction.set_rollback(True)
    return not wrong
