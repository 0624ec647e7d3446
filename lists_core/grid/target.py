"""Which elements a change of many is about: selected by hand, or all that a state finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from lists_core.access import Right, require
from lists_core.field_types.pickers import is_id
from lists_core.grid.answers import link_if, reload
from lists_core.grid.page import Grid, everything_found, open_grid
from lists_core.models import Job
from lists_core.services.bulk import INLINE_LIMIT
from lists_core.services.jobs import run_at_once, start_job
from svod.base.errors import Invalid
from svod.base.htmx import go_to, toast
from svod.base.http import PortalRequest

#: How many may be selected by hand: what fifty open groups of two hundred rows show.
MOST_SELECTED = 10_000


@dataclass(frozen=True)
class Target:
    """Which elements: `ids` selected by hand, or None for all that the state finds."""

    grid: Grid
    ids: list[int] | None
    number: int

    @property
    def query(self) -> str:
        return self.grid.state.whole_query()

    @property
    def ids_text(self) -> str:
        """The selected ids as the form of a dialog leads them on; "" for all found."""
        return ",".join(map(str, self.ids or ()))

    def params(self) -> dict[str, Any]:
        return {"query": self.query} if self.ids is None else {"ids": self.ids}

    @property
    def at_once(self) -> bool:
        return self.number <= INLINE_LIMIT


def target_of(request: PortalRequest, list_id: int, right: Right) -> Target:
    """What is selected: `ids=…` (many come by POST, as no address is that long), or `all=1`
    with a grid's state. Raises NotFound, Forbidden, Invalid for more than MOST_SELECTED."""
    grid = open_grid(request.user, list_id, request.GET)
    require(request.user, right, grid.list_)
    if request.GET.get("all") == "1":
        return Target(grid, None, everything_found(grid).count())
    ids = _selected(request.POST.get("ids") or request.GET.get("ids", ""))
    return Target(grid, ids, len(ids))


def _selected(text: str) -> list[int]:
    ids = list(dict.fromkeys(int(part) for part in text.split(",") if is_id(part)))
    if len(ids) > MOST_SELECTED:
        said = _("At most %(most)d elements can be selected by hand. Filter and select all found.")
        raise Invalid({}, said % {"most": MOST_SELECTED})
    return ids


def is_opening(request: PortalRequest) -> bool:
    """The dialog is only being opened: by GET, or by POST with the ids that go along."""
    return request.method == "GET" or "opening" in request.POST


def ids_now(target: Target) -> list[int]:
    if target.ids is not None:
        return target.ids
    return list(everything_found(target.grid).values_list("pk", flat=True)[:INLINE_LIMIT])


def at_once(request: PortalRequest, kind: str, target: Target, **params: Any) -> Job:
    """The work done before the answer, as a job: it has a report and an undo as any."""
    everything = {"ids": ids_now(target), **params}
    return run_at_once(kind, actor=request.user, list_=target.grid.list_, **everything)


def as_job(request: PortalRequest, kind: str, target: Target, **params: Any) -> HttpResponse:
    """Start the work and go to the page that shows how far it is."""
    everything = {**target.params(), **params}
    job = start_job(kind, actor=request.user, list_=target.grid.list_, **everything)
    page = link_if("job", job.pk)
    if page:
        return go_to(request, page)
    toast(request, _("The work has begun."))
    return reload()
