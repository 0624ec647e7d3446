"""Settings of the tabs of cards: their order, what is hidden, what cards tell of lists."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from crm_link.access import require_crm_manager
from crm_link.card_tabs import offered_tabs
from crm_link.figures_form import FiguresForm
from crm_link.kinds import DEAL, Kind, kinds
from crm_link.selectors.figures import figures_of
from crm_link.selectors.tabs import bound_list, bound_lists
from crm_link.services.tabs import arrange_tabs, set_figures
from crm_link.settings_pages import settings_tabs
from svod.base.errors import Invalid, NotFound
from svod.base.htmx import go_to, render_page, saved, toast, wants_fragment
from svod.base.http import PortalRequest


@login_required
@require_GET
def start(request: PortalRequest) -> HttpResponse:
    require_crm_manager(request.user)
    return go_to(request, reverse("crm_tabs_of_kind", args=[DEAL]))


@login_required
@require_http_methods(["GET", "POST"])
def arrange(request: PortalRequest, kind: Kind) -> HttpResponse:
    """Which tabs the cards of a kind have, and in which order."""
    require_crm_manager(request.user)
    tabs = offered_tabs(request.user, kind)
    if request.method == "POST":
        known = {tab.slug for tab in tabs}
        order = [slug for slug in request.POST.getlist("order") if slug in known]
        hidden = set(order) - set(request.POST.getlist("shown"))
        arrange_tabs(kind, order, hidden=hidden, actor=request.user)
        toast(request, _("Saved."))
        return go_to(request, reverse("crm_tabs_of_kind", args=[kind]))
    lists = {f"list-{one.list.pk}": one.list for one in bound_lists(request.user, kind)}
    told = {figure.list_id for figure in figures_of(kind)}
    context = {
        "settings_tabs": settings_tabs("tabs"),
        "kind": kind,
        "kinds": kind_links(kind),
        "rows": [(tab, lists.get(tab.slug)) for tab in tabs],
        "told": told,
    }
    return render_page(request, "crm/settings/tabs.html", context)


def kind_links(current: Kind) -> list[dict[str, object]]:
    return [
        {
            "label": kind.plural,
            "icon": kind.icon,
            "url": reverse("crm_tabs_of_kind", args=[kind]),
            "current": kind is current,
        }
        for kind in kinds
    ]


@login_required
@require_http_methods(["GET", "POST"])
def figures(request: PortalRequest, kind: Kind, list_id: int) -> HttpResponse:
    """What the cards of a kind tell of a list."""
    require_crm_manager(request.user)
    bound = bound_list(request.user, kind, list_id)
    if bound is None:
        raise NotFound
    data = request.POST if request.method == "POST" else None
    form = FiguresForm(bound.schema, figures_of(kind, list=bound.list), data)
    if data is not None and form.is_valid():
        try:
            set_figures(kind, bound.list, form.chosen, actor=request.user)
        except Invalid as error:
            form.add_domain_error(error)
        else:
            return done(request, kind)
    status = 422 if data is not None else 200
    context = {"kind": kind, "list": bound.list, "form": form}
    return render_page(request, "crm/settings/figures.html", context, status=status)


def done(request: PortalRequest, kind: Kind) -> HttpResponse:
    if wants_fragment(request):
        return saved(request, _("Saved."))
    toast(request, _("Saved."))
    return go_to(request, reverse("crm_tabs_of_kind", args=[kind]))
