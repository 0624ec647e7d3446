"""A person's own dashboard: what stands on it, in which order and how wide."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from lists_core.access import forget
from lists_core.models import Dashboard, DashboardWidget
from lists_core.selectors.reports import (
    WIDGETS_LIMIT,
    access_report,
    dashboard_of,
    own_widget,
    widgets_of,
)
from staff.models import Employee
from staff.services import audit
from svod.base.errors import Forbidden, Invalid

WIDTHS = (1, 2, 3)


@transaction.atomic
def own_dashboard(*, actor: Employee) -> Dashboard:
    """The actor's own; made, when there is none, as a copy of the default one."""
    forget()
    Employee.objects.select_for_update().get(pk=actor.pk)  # two first widgets at one moment
    known = dashboard_of(actor)
    if known and known.owner_id:
        return known
    own = Dashboard.objects.create(owner=actor)
    _copy(widgets_of(known, actor), own)
    return own


@transaction.atomic
def add_widget(report_id: int, *, actor: Employee, look: str = "chart") -> DashboardWidget:
    """Put a report that the actor sees at the end. Raises NotFound, Invalid."""
    report = access_report(actor, report_id)
    own = own_dashboard(actor=actor)
    if own.widgets.count() >= WIDGETS_LIMIT:
        raise Invalid({"": [_("There is no more room on the dashboard. Remove something first.")]})
    last = own.widgets.aggregate(last=Max("sort"))["last"] or 0
    return DashboardWidget.objects.create(
        dashboard=own, report=report, look=_look(look), sort=last + 10
    )


@transaction.atomic
def change_widget(
    widget_id: int, *, actor: Employee, look: str | None = None, width: int | None = None
) -> DashboardWidget:
    """Raises NotFound, Invalid."""
    widget = own_widget(actor, widget_id)
    if look is not None:
        widget.look = _look(look)
    if width is not None:
        if width not in WIDTHS:
            raise Invalid({"width": [_("A widget is one, two or three columns wide.")]})
        widget.width = width
    widget.save(update_fields=["look", "width"])
    return widget


@transaction.atomic
def remove_widget(widget_id: int, *, actor: Employee) -> None:
    """Raises NotFound."""
    own_widget(actor, widget_id).delete()


@transaction.atomic
def order_widgets(ids: Sequence[int], *, actor: Employee) -> None:
    """The actor's widgets in this order; those that are not named come after them."""
    own = own_dashboard(actor=actor)
    rows = list(own.widgets.select_for_update())
    places = {pk: place for place, pk in enumerate(ids)}
    rows.sort(key=lambda row: (places.get(row.pk, len(places)), row.sort, row.pk))
    for place, row in enumerate(rows, start=1):
        row.sort = place * 10
    DashboardWidget.objects.bulk_update(rows, ["sort"])


@transaction.atomic
def reset_dashboard(*, actor: Employee) -> None:
    """Back to the default one."""
    Dashboard.objects.filter(owner=actor).delete()


@transaction.atomic
def make_default(*, actor: Employee) -> Dashboard:
    """The administrator's own dashboard becomes what people see who have none. Each of them
    sees of it the reports that are shared with them. Raises Forbidden."""
    if not actor.is_superuser:
        raise Forbidden
    own = own_dashboard(actor=actor)
    default = Dashboard.objects.get_or_create(owner=None)[0]
    default.widgets.all().delete()
    _copy(widgets_of(own, actor), default)
    audit.record("dashboard.default", actor=actor, about={"count": default.widgets.count()})
    return default


def _copy(widgets: Sequence[DashboardWidget], target: Dashboard) -> None:
    DashboardWidget.objects.bulk_create(
        DashboardWidget(
            dashboard=target, report_id=one.report_id, look=one.look, width=one.width, sort=one.sort
        )
        for one in widgets
    )


def _look(look: str) -> str:
    if look not in DashboardWidget.Look.values:
        raise Invalid({"look": [_("There is no such look.")]})
    return look
