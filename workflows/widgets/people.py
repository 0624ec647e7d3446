"""Whom a step concerns: people, departments, groups, heads, or whoever a value names.

Stored as texts that the engine reads when the step is made: "employee:12", "department:3",
"department_tree:3", "head_of_department:3", "group:5", "everyone", "manager_of:12",
"manager_of:starter", "starter", "author", "{{Document.RESPONSIBLE}}" (`workflows.people`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _

from staff import selectors_subjects
from staff.models import Employee
from staff.selectors_subjects import SubjectView, subject_views
from staff.subjects import Subject
from svod.base.errors import Invalid
from svod.templatetags.ui import initials, tone
from workflows.values import PLACEHOLDER
from workflows.widgets.base import Asked, Widget, plain, widgets

if TYPE_CHECKING:
    from workflows.designer.scene import Scene

WORDS = {"employee": "U", "department": "D", "department_tree": "DR", "group": "G"}
KINDS = {letter: word for word, letter in WORDS.items()}
HEAD, MANAGER, EVERYONE = "head_of_department:", "manager_of:", "everyone"
MOST = 100
Looks = dict[str, str]


def looks_of(codes: Iterable[str], scene: Scene) -> dict[str, Looks]:
    """How each of these is drawn: text, note, icon or picture."""
    codes = list(codes)
    known = subject_views(filter(None, map(_subject, codes)))
    return {code: _looks(code, known, scene) for code in codes}


def suggested(scene: Scene, words: str) -> list[Looks]:
    """What fits the words: roles first, then people, departments and groups."""
    roles = [_role(code, scene) | {"value": code} for code in _roles(scene)]
    asked = selectors_subjects.plain(words).split()
    fits = [one for one in roles if _has(one["text"], asked)]
    return [*fits, *_subjects(scene.actor, words)]


def _roles(scene: Scene) -> list[str]:
    """Whoever the process or a field of the element names, and their managers."""
    fields = [f"{{{{{path}}}}}" for path, kind in people_places(scene) if kind == "employee"]
    people = ["starter", "author", *fields]
    return [*people, *(MANAGER + one for one in people), EVERYONE]


def people_places(scene: Scene) -> list[tuple[str, str]]:
    from workflows.designer.placeholders import groups

    return [(one.path, one.kind) for group in groups(scene) for one in group.items]


def _subjects(actor: Employee, words: str) -> list[Looks]:
    found = selectors_subjects.suggest(actor, words)
    rows = [(_code(view.subject), view) for view in found if view.kind in KINDS]
    drawn = [{**_view(view), "value": code} for code, view in rows]
    above = [
        {"value": f"{start}{view.pk}", "text": words(view.name), "icon": sign}
        for kind, start, words, sign in (
            ("D", HEAD, _head, "user-star"),
            ("U", MANAGER, _manager, "user-up"),
        )
        for view in found
        if view.kind == kind
    ]
    return [*drawn, *above]


def _code(subject: Subject) -> str:
    return f"{KINDS[subject.kind]}:{subject.id}"


def _subject(code: str) -> Subject | None:
    if code.startswith(MANAGER):
        code = f"employee:{code.removeprefix(MANAGER)}"
    word, _colon, number = code.partition(":")
    letter = "D" if word == HEAD[:-1] else WORDS.get(word)
    try:
        return Subject.parse(f"{letter}{number}") if letter else None
    except Invalid:
        return None


def _looks(code: str, known: dict[Subject, SubjectView], scene: Scene) -> Looks:
    subject = _subject(code)
    view = known.get(subject) if subject else None
    if view is None:
        return _role(code, scene)
    if code.startswith(MANAGER):
        return {"text": _manager(view.name), "icon": "user-up"}
    if code.startswith(HEAD):
        return {"text": _head(view.name), "icon": "user-star"}
    return _view(view)


def _view(view: SubjectView) -> Looks:
    from staff.subject_picker import group_of

    looks = {"text": view.name, "note": view.hint, "group": group_of(view)}
    if view.icon:
        looks["icon"] = view.icon
    elif view.thumbnail:
        looks["thumbnail"] = view.thumbnail
    else:
        looks |= {"initials": initials(view.name), "tone": tone(view)}
    return {key: one for key, one in looks.items() if one}


def _role(code: str, scene: Scene) -> Looks:
    if code.startswith(MANAGER):
        name = _role(code.removeprefix(MANAGER), scene)["text"]
        return {"text": _manager(name), "icon": "user-up", "group": "general"}
    if PLACEHOLDER.search(code):
        return {"text": scene.readable(code), "icon": "braces", "group": "general"}
    names = {
        "starter": _("Who started the process"),
        "author": _("Author of the element"),
        EVERYONE: _("All employees"),
    }
    icon = "user" if code in names else "alert-triangle"
    return {"text": names.get(code, code), "icon": icon, "group": "general"}


def _head(name: str) -> str:
    return _("Head of “%(name)s”") % {"name": name}


def _manager(name: str) -> str:
    return _("Manager of: %(name)s") % {"name": name}


def _has(text: str, words: list[str]) -> bool:
    return all(word in selectors_subjects.plain(text) for word in words)


class PeopleWidget(forms.SelectMultiple):
    template_name = "workflows/widgets/people.html"

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        super().__init__()

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        codes = value if isinstance(value, list) else [value] if value else []
        self.drawn = looks_of(map(str, codes), self.scene)
        self.choices = [(code, looks["text"]) for code, looks in self.drawn.items()]
        context = super().get_context(name, codes, attrs)
        context["url"] = reverse("process_people", args=[self.scene.template.pk])
        return context

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        looks = self.drawn.get(str(value), {})
        option["attrs"] |= {f"data-{key}": one for key, one in looks.items() if key != "text"}
        return option


class PeopleField(forms.Field):
    """A list of texts, each once."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(required=False, widget=PeopleWidget(scene))

    def clean(self, value: Any) -> Any:
        codes = [str(one).strip()[:200] for one in value or () if str(one).strip()]
        return list(dict.fromkeys(codes))[:MOST] or None


@widgets.register
class People(Widget):
    slug = "people"
    dynamic = False

    def control(self, asked: Asked) -> forms.Field:
        return PeopleField(asked.scene)

    def text(self, asked: Asked, value: Any) -> str:
        if not isinstance(value, list):
            return plain(value)
        drawn = looks_of(map(str, value), asked.scene)
        return ", ".join(looks["text"] for looks in drawn.values())
