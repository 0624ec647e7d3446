"""Processes as JSON files: out with names beside the numbers, in with what fits the new place.

Placeholders in Bitrix24's spelling are rewritten: `{=Document:PROPERTY_SUM}`,
`{=Variable:X}`, `{=Template:X}` (a parameter), `{=Constant:X}`, `{=User:ID}`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from lists_core.models import List
from staff.models import Employee
from svod.base.errors import Invalid
from workflows.actions.base import actions
from workflows.actions.params import shown
from workflows.designer.scene import Scene
from workflows.designer.steps import step_name
from workflows.engine.tree import all_steps
from workflows.formulas.imported import rewritten as our_spelling
from workflows.models import Template
from workflows.shape import shaped
from workflows.values import names_in
from workflows.widgets.base import widget_of

FORMAT = 1
PRINTABLE = re.compile(r"(\{=\s*\w+\s*:\s*[\w.\-]+?)_printable(?=\s*[>}])")
#: What has no place of its own among our roots.
OTHERS = (
    (re.compile(r"\{=\s*User\s*:\s*ID\s*\}", re.IGNORECASE), "{{Process.started_by}}"),
    (re.compile(r"\{=\s*System\s*:\s*(Now|Date)\s*\}", re.IGNORECASE), "{{Process.started_at}}"),
)
Tree = Mapping[str, Any]


@dataclass(frozen=True)
class Found:
    """What `new_template` takes, and what the person should look at."""

    given: dict[str, Any]
    notes: list[str] = field(default_factory=list)


def exported(template: Template, actor: Employee) -> dict[str, Any]:
    """The draft with the names of the lists that its steps mention."""
    scene = Scene(template, template.draft, actor)
    mentioned = {number for _step, _name, number in _list_params(template.draft)}
    return {
        "svod_process": FORMAT,
        "code": template.code,
        "name": template.name,
        "description": template.description,
        "list": template.list.name if template.list else None,
        "lists": {str(pk): name for pk, name in scene.lists.items() if pk in mentioned},
        "tree": template.draft,
    }


def imported(raw: Mapping[str, Any], list_: List | None, *, actor: Employee) -> Found:
    """A template for a list of this portal. Raises Invalid for what is no process at all."""
    if not isinstance(raw.get("tree"), Mapping):
        raise Invalid({"": [_("This is not an exported process.")]})
    tree = shaped(rewritten(raw["tree"]))
    draft = Template(name="", list=list_, list_id=list_.pk if list_ else None)
    scene = Scene(draft, tree, actor)
    names = raw.get("lists") if isinstance(raw.get("lists"), Mapping) else {}
    notes = [*_remap(tree, dict(names or {}), scene), *_unknown(tree, scene)]
    name = str(raw.get("name") or _("Imported process"))
    given = {
        "name": name,
        "description": str(raw.get("description") or "")[:2000],
        "list_id": list_.pk if list_ else None,
        "tree": tree,
    }
    return Found(given, notes)


def rewritten(raw: Any) -> Any:
    """The same with every Bitrix24 placeholder in our spelling, all the way down."""
    return our_spelling(_plain(raw))


def _plain(raw: Any) -> Any:
    """Without what only Bitrix24 tells apart: printable values, the person and the clock."""
    if isinstance(raw, Mapping):
        return {key: _plain(value) for key, value in raw.items()}
    if isinstance(raw, list):
        return [_plain(item) for item in raw]
    if not isinstance(raw, str):
        return raw
    for pattern, path in OTHERS:
        raw = pattern.sub(path, raw)
    return PRINTABLE.sub(r"\1", raw)


def _list_params(tree: Tree) -> Iterator[tuple[Tree, str, int]]:
    """(step, parameter, number of the list) wherever a step names a list."""
    for step in all_steps(tree.get("steps", ())):
        if step.get("type") not in actions:
            continue
        for name, declared in actions.get(step["type"]).Params.model_fields.items():
            chosen = (step.get("params") or {}).get(name)
            mark = shown(declared)
            named = widget_of(mark).names_list or mark.widget == "numerator"
            if named and isinstance(chosen, int):
                yield step, name, chosen


def _remap(tree: Tree, names: Mapping[str, Any], scene: Scene) -> Iterator[str]:
    """Lists by their names: numbers of another portal mean nothing here."""
    here = {name: pk for pk, name in scene.lists.items()}
    for step, param, number in list(_list_params(tree)):
        name = names.get(str(number))
        params: Any = step["params"]
        if name in here:
            params[param] = here[name]
        elif number not in scene.lists or name is not None:
            del params[param]
            text = _("%(step)s: there is no list “%(name)s” here.")
            yield text % {"step": step_name(step), "name": name or number}


def _unknown(tree: Tree, scene: Scene) -> Iterator[str]:
    """Fields and actions that the new place does not have."""
    schema = scene.schema(scene.template.list_id)
    known = set(schema.by_code) if schema else set()
    for step in all_steps(tree.get("steps", ())):
        if step.get("type") not in actions:
            text = _("%(step)s: there is no action “%(type)s” here.")
            yield text % {"step": step_name(step), "type": step.get("type", "")}
        for path in sorted(names_in(step.get("params"))):
            root, _dot, code = path.partition(".")
            if root == "Document" and code.partition(".")[0] not in known:
                text = _("%(step)s: the list has no field “%(code)s”.")
                yield text % {"step": step_name(step), "code": code}
