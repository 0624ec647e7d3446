"""Reading saved reports and dashboards for a person: those of hidden lists are not there."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from lists_core.access import visible_lists
from lists_core.models import Dashboard, DashboardWidget, Report
from staff.models import Employee
from staff.subjects import Subject, principals, subjects_of_groups
from svod.base.errors import Forbidden, NotFound

WIDGETS_LIMIT = 30


def reports_for(actor: Employee, *, search: str = "") -> QuerySet[Report]:
    """The person's own reports and those shared with them, of lists that they see."""
    mine = Q(owner=actor) | Q(readers__overlap=sorted(principals(actor)))
    found = Report.objects.filter(mine, list__in=visible_lists(actor))
    if search:
        found = found.filter(Q(name__icontains=search) | Q(list__name__icontains=search))
    return found.select_related("list", "owner")


def access_report(actor: Employee, report_id: int) -> Report:
    """Raises NotFound."""
    report = reports_for(actor).filter(pk=report_id).first()
    if report is None:
        raise NotFound
    return report


def own_report(actor: Employee, report_id: int) -> Report:
    """One that the actor may change. Raises NotFound, Forbidden for somebody else's."""
    report = access_report(actor, report_id)
    if report.owner_id != actor.pk:
        raise Forbidden
    return report


def shared_with(report: Report) -> list[Subject]:
    """The readers as subjects; groups that are gone are left out."""
    groups = subjects_of_groups([-pk for pk in report.readers if pk < 0])
    people = [Subject("U", pk) for pk in report.readers if pk > 0]
    return [*people, *groups.values()]


# --- dashboards -----------------------------------------------------------------------------


def dashboard_of(actor: Employee) -> Dashboard | None:
    """The person's own, else the one that administrators made for everybody."""
    rows = Dashboard.objects.filter(Q(owner=actor) | Q(owner=None))
    return rows.order_by("owner_id").first()  # NULL comes last


def widgets_of(dashboard: Dashboard | None, actor: Employee) -> list[DashboardWidget]:
    """In order, with their reports. On the default dashboard only those that the person sees:
    they have not put the others there and could not take them away."""
    if dashboard is None:
        return []
    rows = dashboard.widgets.select_related("report__list", "report__owner")
    if dashboard.owner_id is None:
        rows = rows.filter(report__in=reports_for(actor))
    return list(rows[:WIDGETS_LIMIT])


def access_widget(actor: Employee, widget_id: int) -> DashboardWidget:
    """A widget of the dashboard that the person looks at. Raises NotFound."""
    dashboard = dashboard_of(actor)
    widget = next((one for one in widgets_of(dashboard, actor) if one.pk == widget_id), None)
    if widget is None:
        raise NotFound
    return widget


def own_widget(actor: Employee, widget_id: int) -> DashboardWidget:
    """A widget of the person's own dashboard. Raises NotFound."""
    rows = DashboardWidget.objects.filter(dashboard__owner=actor, pk=widget_id)
    widget = rows.select_related("dashboard", "report").first()
    if widget is None:
        raise NotFound
    return widget


def visible_among(reports: Iterable[int], actor: Employee) -> set[int]:
    """Those of the reports' ids that the person sees."""
    return set(reports_for(actor).filter(pk__in=list(reports)).values_list("pk", flat=True))
