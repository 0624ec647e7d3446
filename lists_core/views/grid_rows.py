"""What is done with single rows from the grid's menu."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lists_core.grid.answers import reload
from lists_core.services.elements import copy_element
from svod.base.htmx import toast
from svod.base.http import PortalRequest


@login_required
@require_POST
def copy(request: PortalRequest, list_id: int, element_id: int) -> HttpResponse:
    row = copy_element(list_id, element_id, actor=request.user)
    toast(request, _("A copy of “%(name)s” was added.") % {"name": row.name})
    return reload()
