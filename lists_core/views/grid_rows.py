"""What is done with single rows from the grid's menu."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lists_core.access import Right, schema_for
from lists_core.grid.answers import reload
from lists_core.selectors.lists import access_list
from lists_core.services.elements import copy_element
from lists_core.services.values import reasons
from svod.base.errors import Invalid
from svod.base.htmx import toast
from svod.base.http import PortalRequest


@login_required
@require_POST
def copy(request: PortalRequest, list_id: int, element_id: int) -> HttpResponse:
    try:
        row = copy_element(list_id, element_id, actor=request.user)
    except Invalid as error:
        list_ = access_list(request.user, Right.VIEW, list_id)
        toast(request, reasons(schema_for(request.user, list_), error), "error")
        return HttpResponse(status=204)
    toast(request, _("A copy of “%(name)s” was added.") % {"name": row.name})
    return reload()
