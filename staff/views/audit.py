"""The page of the audit log, for administrators."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from staff import audit_texts, selectors
from staff.forms import DATE, person_field
from staff.models import AuditEntry, Employee
from staff.selectors_audit import AuditFilters, cursor, entries
from staff.services.audit import audit_events
from staff.services.audit_export import export_entries
from staff.widgets import SearchSelect
from svod.base.htmx import render_page, wants_fragment
from svod.base.streaming import stream_pieces

PAGE_SIZE = 50


class AuditForm(forms.Form):
    """The filters; the address holds them all, a wrong value is an error, never a crash."""

    event = forms.CharField(label=_("Event"), required=False, max_length=60)
    since = forms.DateField(label=_("From"), required=False, widget=DATE)
    until = forms.DateField(label=_("To"), required=False, widget=DATE)
    subject = forms.CharField(label=_("Subject"), required=False, max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        events = sorted((str(event.label), event.slug) for event in audit_events)
        choices = [("", _("All events")), *((slug, label) for label, slug in events)]
        self.fields["event"].widget = SearchSelect(choices=choices)
        self.fields["person"] = person_field(label=_("Person"), people=Employee.objects.all())
        self.fields["subject"].widget = forms.TextInput(
            attrs={"type": "search", "placeholder": _("Name or list:12")}
        )

    def clean(self) -> dict[str, Any]:
        known = super().clean() or self.cleaned_data
        since, until = known.get("since"), known.get("until")
        if until and until >= date.max.replace(day=1):
            self.add_error("until", _("Enter a date."))
        elif since and until and since > until:
            self.add_error("until", _("The period ends before it begins."))
        return known

    def filters(self) -> AuditFilters:
        return AuditFilters(**self.cleaned_data)


@dataclass(frozen=True)
class Line:
    """An entry as the page shows it."""

    entry: AuditEntry
    label: str
    details: list[tuple[str, str]]
    subject_url: str


@login_required
@require_GET
def audit(request: HttpRequest) -> HttpResponse:
    """Newest first; `before` in the address asks for the entries after those shown."""
    selectors.require_administrator(request.user)
    form = AuditForm(request.GET)
    lines, more = page_of(request, form) if form.is_valid() else ([], "")
    context = {
        "form": form,
        "lines": lines,
        "more": more,
        "today": timezone.localdate(),
        "filtered": any(request.GET.get(name) for name in form.fields),
    }
    if request.GET.get("before") and wants_fragment(request):
        return render(request, "staff/partials/audit_lines.html", context)
    return render_page(request, "staff/audit.html", context, status=422 if form.errors else 200)


def page_of(request: HttpRequest, form: AuditForm) -> tuple[list[Line], str]:
    """The lines, and the cursor of the last one when older ones follow."""
    before = request.GET.get("before", "")
    found = list(entries(request.user, form.filters(), before=before)[: PAGE_SIZE + 1])
    shown = found[:PAGE_SIZE]
    names = audit_texts.subject_names(shown)
    return [line(entry, names) for entry in shown], cursor(shown[-1]) if len(
        found
    ) > PAGE_SIZE else ""


def line(entry: AuditEntry, names: dict[str, str]) -> Line:
    return Line(
        entry=entry,
        label=audit_texts.event_label(entry),
        details=audit_texts.details(entry, names),
        subject_url=audit_texts.subject_url(entry.subject),
    )


@login_required
@require_POST
def audit_export(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """The entries of the filter as CSV; a POST, for it leaves an entry itself."""
    selectors.require_administrator(request.user)
    form = AuditForm(request.POST)
    if not form.is_valid():
        return render(request, "staff/audit.html", {"form": form, "lines": []}, status=422)
    pieces = export_entries(form.filters(), actor=request.user)  # type: ignore[arg-type]
    name = f"audit-{timezone.localdate():%Y-%m-%d}.csv"
    return stream_pieces(request, pieces, name=name, mime="text/csv; charset=utf-8")
