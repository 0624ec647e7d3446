"""The feed of a list: what happened in it, with more on demand and the newest by itself."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from lists_core.access import Right
from lists_core.field_types.employee import SUGGEST, People
from lists_core.field_types.pickers import PickerField
from lists_core.models import List
from lists_core.selectors.feed import KINDS, Asked, Cursor, Feed, feed_of
from lists_core.selectors.fence import TooSlow
from lists_core.selectors.lists import access_list
from lists_core.services.watching import watch
from staff.models import Employee
from svod.base.htmx import render_page, trigger
from svod.base.http import PortalRequest

ENTRIES = "lists/feed/entries.html"
OLDEST, LATEST = date(1900, 1, 1), date(2999, 12, 31)


def day(label: Any) -> forms.DateField:
    widget = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    bounds = [MinValueValidator(OLDEST), MaxValueValidator(LATEST)]
    return forms.DateField(label=label, required=False, widget=widget, validators=bounds)


class FeedForm(forms.Form):
    """What of the feed is wanted; nothing chosen is everything."""

    kind = forms.MultipleChoiceField(
        label=gettext_lazy("What happened"),
        choices=list(KINDS.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple({"class": "form-check-input"}),
    )
    since = day(gettext_lazy("From"))
    until = day(gettext_lazy("To"))

    def __init__(self, data: QueryDict, *, actor: Employee) -> None:
        super().__init__(data, auto_id="feed-%s")
        self.params = data
        who = PickerField(SUGGEST, People(), required=False)
        who.label = _("Who")
        who.for_actor(actor)
        self.fields["who"] = who

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        since, until = data.get("since"), data.get("until")
        if since and until and until < since:
            raise ValidationError(_("The period ends before it begins."))
        return data

    @property
    def asked(self) -> Asked:
        """The form must be valid."""
        data = self.cleaned_data
        return Asked(frozenset(data["kind"]), data["who"], data["since"], data["until"])

    @property
    def query(self) -> str:
        """The same question as a part of an address."""
        names = ("kind", "who", "since", "until")
        pairs = [(name, value) for name in names for value in self.params.getlist(name) if value]
        return urlencode(pairs)


@login_required
@require_GET
def list_feed(request: PortalRequest, list_id: int) -> HttpResponse:
    """The page; with `before` or `after` (cursors) only entries on that side."""
    list_ = access_list(request.user, Right.VIEW, list_id)
    form = FeedForm(request.GET, actor=request.user)
    before, after = (Cursor.read(request.GET.get(name, "")) for name in ("before", "after"))
    feed, slow = asked_feed(request, list_, form, before, after)
    context = {"list": list_, "form": form, "feed": feed, "slow": slow, "query": form.query}
    if before or after:
        response = render(request, ENTRIES, {**context, "later": bool(after)})
        if after and feed:
            trigger(response, "feed:read", {"newest": feed.newest})
        return response
    watch(list_, request.user)
    return render_page(request, "lists/feed/feed.html", context, status=200 if feed else 422)


def asked_feed(
    request: PortalRequest,
    list_: List,
    form: FeedForm,
    before: Cursor | None,
    after: Cursor | None,
) -> tuple[Feed | None, str]:
    """The feed, or None for a wrong question and with the reason for one that takes too long."""
    if not form.is_valid():
        return None, ""
    try:
        return feed_of(list_, form.asked, actor=request.user, before=before, after=after), ""
    except TooSlow as error:
        return None, str(error)
