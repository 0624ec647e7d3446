"""The rows of a list of processes: state, what starts them, how many run."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from staff.models import Employee
from workflows.designer.scene import Scene
from workflows.designer.triggers import triggers_in_words
from workflows.models import Template
from workflows.selectors.templates import Overview

STATE_TONES = {"draft": "grey", "changed": "amber", "published": "green", "paused": "orange"}


@dataclass(frozen=True)
class ProcessRow:
    overview: Overview
    starts: list[str]

    @property
    def template(self) -> Template:
        return self.overview.template

    @property
    def state(self) -> str:
        return state_label(self.overview)

    @property
    def tone(self) -> str:
        return STATE_TONES[self.overview.state]


def process_rows(rows: Iterable[Overview], actor: Employee) -> list[ProcessRow]:
    """One scene lends its lists to all rows, so that they cost a fixed number of queries."""
    scene: Scene | None = None
    drawn = []
    for row in rows:
        own = Scene(row.template, shown_tree(row.template), actor)
        if scene is not None:
            own.share(scene)
        scene = own
        drawn.append(ProcessRow(row, triggers_in_words(own)))
    return drawn


def shown_tree(template: Template) -> dict[str, object]:
    """What runs; before the first publishing, the draft."""
    tree = template.active_version.tree if template.active_version else template.draft
    return dict(tree)


def state_label(overview: Overview) -> str:
    number = overview.template.active_version.number if overview.template.active_version else 0
    texts = {
        "draft": _("Draft"),
        "changed": _("Version %(number)d, changed since"),
        "published": _("Version %(number)d"),
        "paused": _("Paused"),
    }
    text = texts[overview.state]
    return text % {"number": number} if "%" in text else text
