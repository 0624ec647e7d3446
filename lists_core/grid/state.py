"""The state of a grid: everything that its address says, checked.

A wrong parameter never breaks the page: it is dropped, and a notice tells the person.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.utils.translation import gettext as _

from lists_core.filters.tree import Group, parse_filter
from lists_core.grid.extra import is_column
from lists_core.grid.grouped import Grouped, parse_grouped
from lists_core.grid.look import Look, parse_look
from lists_core.grid.opened_groups import opened_groups
from lists_core.grid.opened_view import PASSING, PLAIN, OpenedView, fitting, opened, view_asked
from lists_core.grid.scopes import Scope, read_scope
from lists_core.models import ListPreference
from lists_core.schema.compile import Schema
from lists_core.selectors.elements import ElementQuery
from lists_core.services.preferences import PAGE_SIZES
from svod.base.errors import Invalid

MAX_PAGE = 10_000_000
DIGITS = 9
MAX_SORTS = 5
MAX_SEARCH = 200
Params = Mapping[str, str]
Sort = tuple[tuple[str, bool], ...]
Notices = list[str]


@dataclass(frozen=True)
class GridState:
    """`sort` is (code, descending) pairs; `columns` are codes named by the address, () when
    the person's own hold; `section` None is the whole list, 0 the elements without one."""

    filter: Group = field(default_factory=Group)
    q: str = ""
    sort: Sort = ()
    page: int = 1
    size: int = 50
    own_size: int = 50
    section: int | None = None
    sub: bool = True
    columns: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    #: Parameters that links lead on and no view keeps: open groups, those of other shapes.
    kept: tuple[tuple[str, str], ...] = ()
    #: The part of the list to which everything here is confined.
    scope: Scope | None = None
    #: How the table looks, apart from its columns.
    look: Look = field(default_factory=Look)
    #: What its rows are grouped by, and the totals at its foot.
    grouped: Grouped = field(default_factory=Grouped)
    #: The saved view that is open; parameters say what differs from it.
    view: OpenedView | None = None
    #: The list opens a view by itself, so an address without one has to say so.
    has_default: bool = False
    #: What the person is told besides, nothing that changes which elements are found.
    asides: tuple[str, ...] = ()

    def element_query(self) -> ElementQuery:
        return ElementQuery(
            filter=self.filter,
            search=self.q,
            sort=self.sort,
            section=self.section,
            subsections=self.sub and self.section != 0,
            within=self.scope.rows if self.scope else Q(),
        )

    def params(self) -> dict[str, str]:
        """The parameters that differ from the defaults, or from the view, in a steady order."""
        base = self.view.base if self.view else {}
        known = {name: value for name, value in self.plain().items() if value != base.get(name, "")}
        plain = PLAIN if self.has_default else ""
        view = str(self.view.pk) if self.view else plain
        kept = {name: value for name, value in self.kept if value}
        return {**({"view": view} if view else {}), **known, **kept}

    def plain(self) -> dict[str, str]:
        """Every parameter as if there were no view, "" for what is as usual."""
        return {
            "scope": self.scope.text if self.scope else "",
            "section": "" if self.section is None else str(self.section),
            "sub": "" if self.sub else "0",
            "q": self.q,
            "filter": filter_text(self.filter),
            "sort": sort_text(self.sort),
            "columns": ",".join(self.columns),
            "size": "" if self.size == self.own_size else str(self.size),
            **self.look.params(),
            **self.grouped.params(),
            "page": "" if self.page == 1 else str(self.page),
        }

    def query(self, **changes: Any) -> str:
        """The query string of this state with changes; any change but `page` leads to page 1."""
        changed = replace(self, **{"page": 1, **changes}) if changes else self
        return f"?{urlencode(changed.params())}"

    def whole_query(self, **changes: Any) -> str:
        """The same with everything spelled out: it means the same when the view has changed."""
        return self.query(**{"view": None, "page": 1, **changes})

    @property
    def is_changed(self) -> bool:
        """It differs from the open view, or from the list as it opens without one."""
        return bool(self.params().keys() - PASSING - dict(self.kept).keys())

    @property
    def told(self) -> tuple[str, ...]:
        return (*self.notices, *self.asides)

    @property
    def is_narrowed(self) -> bool:
        """A filter or a search hides some elements."""
        return bool(self.filter.items or self.q)


def filter_text(tree: Group) -> str:
    """The tree as it stands in an address; nothing for an empty one."""
    if not tree.items:
        return ""
    return json.dumps(tree.to_json(), ensure_ascii=False, separators=(",", ":"))


def sort_text(sort: Sequence[tuple[str, bool]]) -> str:
    return ",".join(f"-{code}" if descending else code for code, descending in sort)


def parse_state(params: Params, schema: Schema, preference: ListPreference) -> GridState:
    """The state of an address with `notices` about what in it could not be used; a view that is
    gone, or was never the person's to see, leaves the list as it is without one."""
    given = {name: params[name] for name in params}
    number = whole_number(given.get("view") or PLAIN)
    if not number:
        state = _parse(given, schema, preference)
        wrong = () if number == 0 else (_wrong_number(),)
        return replace(state, notices=(*state.notices, *wrong))
    view = view_asked(number, preference)
    if view is None:
        state = _parse(given, schema, preference)
        return replace(state, notices=(*state.notices, _gone_view()))
    kept = fitting(view.state, schema)
    own = _parse(kept.params, schema, preference)
    base = {name: value for name, value in own.plain().items() if value}
    state = _parse({**base, **given}, schema, preference)
    notices, asides = _cut(kept.narrowed), _cut(kept.cut or bool(own.notices))
    return replace(
        state,
        view=opened(view, base, preference),
        notices=(*notices, *state.notices),
        asides=() if notices else asides,
    )


def _gone_view() -> str:
    return _("The view in the address was deleted or is not shared with you.")


def _cut(is_cut: bool) -> tuple[str, ...]:  # noqa: FBT001
    told = _("A part of this view is left out: the list has it no more, or it is closed to you.")
    return (told,) if is_cut else ()


def _parse(params: Params, schema: Schema, preference: ListPreference) -> GridState:
    notices: Notices = []
    own_size = preference.page_size if preference.page_size in PAGE_SIZES else 50
    grouped = parse_grouped(params, schema, notices)
    return GridState(
        filter=_filter(params.get("filter", ""), schema, notices),
        q=params.get("q", "").replace("\x00", "").strip()[:MAX_SEARCH],
        sort=_sort(params.get("sort", ""), schema, notices),
        page=_number(params.get("page"), 1, range(1, MAX_PAGE), notices),
        size=_number(params.get("size"), own_size, PAGE_SIZES, notices),
        own_size=own_size,
        section=_number(params.get("section"), None, range(2**31), notices),
        sub=params.get("sub") != "0",
        columns=_columns(params.get("columns", ""), schema, notices),
        scope=_scope(params.get("scope", ""), schema, notices),
        look=parse_look(params, schema, notices),
        grouped=grouped,
        kept=opened_groups(params.get("open", ""), grouped),
        has_default=preference.list.default_view_id is not None,
        notices=tuple(notices),
    )


def _filter(text: str, schema: Schema, notices: Notices) -> Group:
    try:
        return parse_filter(text, schema)
    except Invalid as error:
        notices.append(_("The filter was not applied. %(reason)s") % {"reason": error})
        return Group()


def _scope(text: str, schema: Schema, notices: Notices) -> Scope | None:
    """A scope that cannot be read shows nothing: the whole list is not what was asked for."""
    if not text:
        return None
    found = read_scope(text, schema)
    if found is None:
        notices.append(_("The part of the list in the address was not found."))
    return found or Scope(text[:MAX_SEARCH])


def _sort(text: str, schema: Schema, notices: Notices) -> Sort:
    asked = [(part.removeprefix("-"), part.startswith("-")) for part in _parts(text)]
    known = [(code, down) for code, down in asked if (found := schema.get(code)) and found.sortable]
    if len(known) < len(asked):
        notices.append(_("The list cannot be sorted by one of the fields in the address."))
    unique: dict[str, bool] = {}
    for code, down in known:
        unique.setdefault(code, down)
    return tuple(unique.items())[:MAX_SORTS]


def _columns(text: str, schema: Schema, notices: Notices) -> tuple[str, ...]:
    asked = list(dict.fromkeys(_parts(text)))
    known = tuple(code for code in asked if is_column(schema, code))
    if len(known) < len(asked):
        notices.append(_("The address names a column that this list does not have."))
    return known


def _number(
    text: str | None, default: Any, allowed: range | Sequence[int], notices: Notices
) -> Any:
    if not text:
        return default
    number = whole_number(text)
    # A None would be compared with every number of the range, one by one.
    if number is not None and number in allowed:
        return number
    notices.append(_wrong_number())
    return default


def _wrong_number() -> str:
    return _("A number in the address was not understood and has been left out.")


def whole_number(text: str) -> int | None:
    """A number of a request, at most nine digits; None for anything else."""
    plain = text.isascii() and text.isdecimal() and len(text) <= DIGITS
    return int(text) if plain else None


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def sorted_by(state: GridState, code: str, *, add: bool) -> Sort:
    """The sort after one more press on a header: ascending, descending, off.

    With `add` the other columns of the sort stay.
    """
    known = dict(state.sort)
    turned = {None: False, False: True}.get(known.get(code))
    if not add:
        return () if turned is None else ((code, turned),)
    others = {**known, code: turned}
    return tuple((name, down) for name, down in others.items() if down is not None)
