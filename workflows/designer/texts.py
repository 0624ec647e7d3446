"""Texts that the designer's script speaks, in the person's language."""

from __future__ import annotations

from django.utils.translation import gettext as _


def texts() -> dict[str, str]:
    return {**_editing(), **_views(), **_saving()}


def _editing() -> dict[str, str]:
    return {
        "add_after": _("Add a step after this one"),
        "add_inside": _("Add a step here"),
        "add_first": _("Add the first step"),
        "add_step": _("Add a step"),
        "add_branch": _("Add a branch"),
        "move_up": _("Move up"),
        "move_down": _("Move down"),
        "move_in": _("Move into the step above"),
        "move_out": _("Move out of the step around"),
        "copy": _("Copy"),
        "delete": _("Delete"),
        "deleted": _("“%(name)s” was deleted."),
        "moved": _("“%(name)s” was moved."),
        "added": _("“%(name)s” was added."),
        "more": _("More"),
        "branch": _("Branch %(number)s"),
        "otherwise": _("Otherwise"),
        "body": _("Steps inside"),
        "insert": _("Insert a value of the process"),
        "find_value": _("Find a value"),
        "nothing": _("Nothing found"),
        "cannot_stand": _("“%(name)s” cannot stand here."),
        "unknown_action": _("There is no such action."),
    }


def _views() -> dict[str, str]:
    return {
        "steps": _("Steps of the process"),
        "empty": _("No steps yet"),
        "empty_hint": _("Choose what is to happen first."),
        "toolbox": _("Actions"),
        "find_action": _("Find an action"),
        "scheme": _("Scheme of the process"),
        "all_at_once": _("all at once"),
        "begin": _("Beginning"),
        "parts": _("Start and data"),
        "zoom_in": _("Zoom in"),
        "zoom_out": _("Zoom out"),
        "zoom_all": _("Show the whole scheme"),
        "end": _("End of the process"),
    }


def _saving() -> dict[str, str]:
    return {
        "saving": _("Saving…"),
        "saved": _("Draft saved"),
        "unsaved": _("Not saved"),
        "not_saved": _("The draft is not saved: %(reason)s"),
        "conflict": _("Somebody else has changed this process"),
        "conflict_reload": _("Show the other draft"),
        "conflict_keep": _("Keep mine here"),
        "no_problems": _("Ready to be published"),
        "problems": _("To be mended: %(count)s"),
        "warnings": _("To be looked at: %(count)s"),
        "whole": _("The whole process"),
    }
