"""What starts a process, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from workflows.actions.base import Shown
from workflows.designer.scene import Scene
from workflows.models import Trigger
from workflows.schedule_words import schedule_words
from workflows.starting import ways
from workflows.widgets.base import Asked, text_of

Event = Trigger.Event


def triggers_in_words(scene: Scene) -> list[str]:
    """A line for every way to start; always by hand, for that needs no setting."""
    known = [one for one in scene.tree.get("triggers") or () if isinstance(one, Mapping)]
    return [_("By hand"), *(trigger_words(one, scene) for one in known)]


def trigger_words(trigger: Mapping[str, Any], scene: Scene) -> str:
    event = str(trigger.get("event"))
    if event not in WORDS and event not in ways:
        return event
    text = (ways.get(event).words if event in ways else WORDS[event])(trigger, scene)
    condition = _asked(scene, "filter", trigger.get("filter"))
    if not condition:
        return text
    return _("%(start)s, if %(condition)s") % {"start": text, "condition": condition}


def _created(trigger: Mapping[str, Any], scene: Scene) -> str:
    return _("When an element is created")


def _changed(trigger: Mapping[str, Any], scene: Scene) -> str:
    fields = _asked(scene, "fields", trigger.get("fields"))
    if not fields:
        return _("When an element is changed")
    return _("When one of these changes: %(fields)s") % {"fields": fields}


def _date(trigger: Mapping[str, Any], scene: Scene) -> str:
    field = _asked(scene, "field", trigger.get("field")) or "—"
    shift = _asked(scene, "duration", trigger.get("shift"))
    if not shift:
        return _("On the day of “%(field)s”") % {"field": field}
    after = trigger.get("direction") == "after"
    text = _("%(shift)s after “%(field)s”") if after else _("%(shift)s before “%(field)s”")
    return text % {"shift": shift, "field": field}


def _schedule(trigger: Mapping[str, Any], scene: Scene) -> str:
    return schedule_words(str(trigger.get("cron", "")))


def _webhook(trigger: Mapping[str, Any], scene: Scene) -> str:
    return _("By an incoming webhook")


def _asked(scene: Scene, widget: str, value: Any) -> str:
    return text_of(Asked(widget, Shown("", widget=widget), scene), value) if value else ""


WORDS: dict[str, Callable[[Mapping[str, Any], Scene], str]] = {
    Event.CREATED.value: _created,
    Event.CHANGED.value: _changed,
    Event.DATE.value: _date,
    Event.SCHEDULE.value: _schedule,
    Event.WEBHOOK.value: _webhook,
}
