"""What a placeholder may name at a place of a draft, by captions: the picker's content."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from lists_core.schema.compile import Schema
from lists_core.schema.fields import SchemaField
from workflows.actions.base import Action, Text, actions
from workflows.actions.params import shown
from workflows.designer.steps import step_name
from workflows.models import PortalConstant
from workflows.starting import told_by
from workflows.widgets.base import widget_of

if TYPE_CHECKING:
    from workflows.designer.scene import Scene

PARTS = (("variables", "Variable"), ("parameters", "Parameter"), ("constants", "Constant"))


@dataclass(frozen=True)
class Place:
    """One thing to choose: the path that stands in braces, its caption, the kind of its value.

    `options` name the codes that the value may be.
    """

    path: str
    caption: str
    kind: str = ""
    options: Mapping[str, Text] | None = None


@dataclass(frozen=True)
class Places:
    title: str
    items: list[Place]


def groups(scene: Scene, before: str = "") -> list[Places]:
    """Everything there is; `before` leaves out that step and those that come after it."""
    found = [
        Places(_("Fields of the element"), list(_fields(scene.schema(scene.template.list_id)))),
        *_linked(scene),
        *(
            Places(title, list(_declared(scene, part, root)))
            for (part, root), title in zip(PARTS, _titles(), strict=True)
        ),
        Places(_("Constants of the portal"), list(_of_portal())),
        *_results(scene, before),
        Places(_("The process itself"), list(_process())),
    ]
    return [group for group in found if group.items]


def _titles() -> tuple[str, ...]:
    return _("Variables"), _("Parameters of the start"), _("Constants")


def _fields(schema: Schema | None, root: str = "Document", title: str = "") -> Iterator[Place]:
    for field in schema.all_fields if schema else ():
        if not field.type.concealed:
            caption = f"{title}: {field.name}" if title else field.name
            yield Place(f"{root}.{field.code}", caption, field.type.slug, _choices(field))


def _linked(scene: Scene) -> Iterator[Places]:
    """Fields of the elements that the element links to."""
    schema = scene.schema(scene.template.list_id)
    for link in schema.fields if schema else ():
        if link.type.slug == "element":
            target = scene.schema(link.field.settings.get("list"))
            items = _fields(target, f"Document.{link.code}", link.name)
            yield Places(_("Linked: %(name)s") % {"name": link.name}, list(items))


def _choices(field: SchemaField) -> Mapping[str, Text] | None:
    """Names of the options of a field that is chosen from a few."""
    choices = getattr(field.type.form_field(field.field, required=False), "choices", None)
    if not isinstance(choices, list):
        return None
    return {str(one[0]): str(one[1]) for one in choices if not isinstance(one[1], list | tuple)}


def _declared(scene: Scene, part: str, root: str) -> Iterator[Place]:
    for one in scene.tree.get(part) or ():
        if isinstance(one, dict) and one.get("code"):
            caption = str(one.get("label") or one["code"])
            yield Place(f"{root}.{one['code']}", caption, str(one.get("kind", "string")))
    for code, text in told_by(scene.tree).items() if part == "parameters" else ():
        yield Place(f"{root}.{code}", str(text))


def _of_portal() -> Iterator[Place]:
    for one in PortalConstant.objects.order_by("name"):
        yield Place(f"Portal.{one.code}", one.name, one.kind)


def _results(scene: Scene, before: str) -> Iterator[Places]:
    for step_id, step in scene.steps.items():
        if step_id == before:
            return
        if step.get("type") in actions:
            items = list(_outputs(scene, step_id, step))
            yield Places(_("Result of “%(step)s”") % {"step": step_name(step)}, items)


def _outputs(scene: Scene, step_id: str, step: Mapping[str, Any]) -> Iterator[Place]:
    """The declared results; an element among them brings the fields of its list."""
    action, root = actions.get(step["type"]), f"Step.{step_id}"
    name = step_name(step)
    for output in action.outputs:
        if output.kind != "element":
            caption = f"{name}: {output.label}"
            yield Place(f"{root}.{output.code}", caption, output.kind, output.options)
            continue
        title = f"{name}: {output.label}"
        yield from _fields(_list_of(scene, action, step), f"{root}.{output.code}", title)
    if action.slug == "element_read":
        known = [output.code for output in action.outputs]
        places = _fields(_list_of(scene, action, step), root, name)
        yield from (one for one in places if one.path.rpartition(".")[2] not in known)
    yield from _asked(step, root, name)


def _asked(step: Mapping[str, Any], root: str, name: str) -> Iterator[Place]:
    """Fields of the questionnaires that a step puts before people."""
    for value in (step.get("params") or {}).values():
        for group in value if isinstance(value, list) else ():
            for one in group.get("fields", ()) if isinstance(group, dict) else ():
                if isinstance(one, dict) and one.get("code"):
                    caption = f"{name}: {one.get('label') or one['code']}"
                    yield Place(f"{root}.{one['code']}", caption, str(one.get("kind", "string")))


def _list_of(scene: Scene, action: Action, step: Mapping[str, Any]) -> Schema | None:
    for name, field in action.Params.model_fields.items():
        if widget_of(shown(field)).names_list:
            chosen = (step.get("params") or {}).get(name)
            return scene.schema(chosen if isinstance(chosen, int) else None)
    return scene.schema(scene.template.list_id)


def _process() -> Iterator[Place]:
    yield Place("Process.id", _("Number of the process"), "number")
    yield Place("Process.started_by", _("Who started the process"), "employee")
    yield Place("Process.started_at", _("When the process was started"), "datetime")
    yield Place("Process.run_as", _("In whose name the process works"), "employee")
