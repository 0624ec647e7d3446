"""How a list calls its elements and sections: the designer's words, else the ordinary ones."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lists_core.models import List

CAPTIONS: dict[str, Promise] = {
    "element_name": _("Element"),
    "elements_name": _("Elements"),
    "element_add": _("Add an element"),
    "element_edit": _("Edit the element"),
    "element_delete": _("Delete the element"),
    "section_name": _("Section"),
    "sections_name": _("Sections"),
    "section_add": _("Add a section"),
    "section_edit": _("Edit the section"),
    "section_delete": _("Delete the section"),
    "name_field": _("Name"),
}


def caption(list_: List, key: str) -> str:
    """The list's wording for a key of CAPTIONS, or the default in the active language."""
    own = list_.captions.get(key)
    return str(own or CAPTIONS[key])
