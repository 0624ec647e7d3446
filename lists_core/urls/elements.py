"""An element's page, drawer, history; sections; global search."""

from django.urls import URLPattern, path

from lists_core.views import (
    element,
    element_bin,
    element_draft,
    element_form,
    element_history,
    element_state,
    feed,
    search,
    sections,
)

LIST = "lists/<int:list_id>"
ELEMENT = f"{LIST}/elements/<int:element_id>"
SECTION = f"{LIST}/sections/<int:section_id>"

urlpatterns: list[URLPattern] = [
    path(f"{LIST}/elements/add/", element_form.element_add, name="element_add"),
    path(f"{LIST}/elements/add/draft/", element_draft.element_draft_new, name="element_draft_new"),
    path(f"{LIST}/elements/restore/", element_bin.elements_restore, name="elements_restore"),
    path(f"{LIST}/elements/purge/", element_bin.elements_purge, name="elements_purge"),
    path(f"{LIST}/feed/", feed.list_feed, name="list_feed"),
    path(f"{LIST}/bin/", element_bin.elements_bin, name="elements_bin"),
    path(f"{ELEMENT}/", element.element, name="element"),
    path(f"{ELEMENT}/edit/", element_form.element_edit, name="element_edit"),
    path(f"{ELEMENT}/draft/", element_draft.element_draft, name="element_draft"),
    path(f"{ELEMENT}/delete/", element_bin.element_delete, name="element_delete"),
    path(f"{ELEMENT}/history/", element_history.element_history, name="element_history"),
    path(f"{ELEMENT}/history/compare/", element_history.element_compare, name="element_compare"),
    path(
        f"{ELEMENT}/history/restore/",
        element_history.element_history_restore,
        name="element_history_restore",
    ),
    path(f"{ELEMENT}/neighbours/", element_state.element_neighbours, name="element_neighbours"),
    path(f"{LIST}/sections/", sections.sections, name="sections"),
    path(f"{LIST}/sections/add/", sections.section_add, name="section_add"),
    path(f"{LIST}/sections/move/", sections.section_move, name="section_move"),
    path(f"{SECTION}/edit/", sections.section_edit, name="section_edit"),
    path(f"{SECTION}/delete/", sections.section_delete, name="section_delete"),
    path("search/", search.search, name="search"),
]
