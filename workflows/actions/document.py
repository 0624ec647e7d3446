"""Make a document from a template and store it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from workflows.actions.base import (
    Action,
    ActionParams,
    Output,
    Shown,
    Signal,
    Wait,
    actions,
)
from workflows.actions.element_find import plain
from workflows.engine.errors import Fatal
from workflows.selectors.documents import access_template

if TYPE_CHECKING:
    from workflows.engine.context import Context


@actions.register
class MakeDocument(Action):
    """The file is made after the step's transaction, under the step's key: a repeat finds it.

    Which version of the template it takes is settled when the step begins.
    """

    slug = "document"
    label = _("Make a document")
    icon = "file-text"
    group = "documents"
    outputs = (
        Output("file", _("File"), "number"),
        Output("name", _("Name of the file")),
        Output("format", _("Format")),
        Output("note", _("Remark")),
        Output("disk_file", _("File on the Disk"), "number"),
    )

    class Params(ActionParams):
        template: Annotated[int, Shown(_("Template"), widget="document_template")]
        name: Annotated[
            str,
            Shown(
                _("Name of the file"), help=_("Without an extension; empty takes the template's.")
            ),
        ] = ""
        format: Annotated[
            Literal["docx", "pdf"],
            Shown(
                _("Format"),
                widget="choice",
                options={"docx": "Word (.docx)", "pdf": "PDF"},
                help=_("Without LibreOffice on the server the Word file is kept."),
            ),
        ] = "docx"
        field: Annotated[
            str, Shown(_("Into the field of the element"), widget="field",
                       help=_("A field of files; a multiple one keeps the others."))
        ] = ""  # fmt: skip
        on_disk: Annotated[bool, Shown(_("Put on the Disk"), widget="boolean")] = False
        folder: Annotated[
            int | None, Shown(_("Number of the folder of the Disk"), widget="number",
                              help=_("Empty is the Disk itself."))
        ] = None  # fmt: skip
        element: Annotated[
            int | None,
            Shown(_("Element of the template's list"), widget="element",
                  help=_("Empty is the element of the process.")),
        ] = None  # fmt: skip
        rows_list: Annotated[
            int | None, Shown(_("Rows of the table: from the list"), widget="list")
        ] = None
        rows_filter: Annotated[
            dict[str, Any], Shown(_("Rows of the table: filter"), widget="filter")
        ] = {}

    def run(self, context: Context, params: Params) -> Wait:
        template = access_template(context.actor, params.template)
        if template.current_id is None:
            raise Fatal(_g("The template has no file."))
        state = context.run.state
        payload = {
            "version": template.current_id,
            "actor": context.actor.pk,
            "element": self._element(context, params, template.list_id),
            "name": params.name.strip(),
            "format": params.format,
            "field": params.field,
            "folder": (params.folder or 0) if params.on_disk or params.folder else None,
            "rows_list": params.rows_list,
            "rows_filter": plain(params.rows_filter),
            "process": {
                "Variable": state.variables,
                "Parameter": state.parameters,
                "Constant": context.run.program.constants(),
                "Step": state.results,
            },
        }
        context.send("document", payload, reply=True)
        return Wait()

    def resume(self, context: Context, params: Params, signal: Signal) -> Any:
        if not signal.payload.get("ok"):
            raise Fatal(signal.payload.get("error") or _g("The document could not be made."))
        return signal.payload["result"]

    def _element(
        self, context: Context, params: Params, list_id: int | None
    ) -> tuple[int, int] | None:
        own = context.instance
        if list_id is None:
            return (own.list_id, own.subject_id) if own.list_id and own.subject_id else None
        if params.element:
            return list_id, params.element
        if own.list_id != list_id or not own.subject_id:
            raise Fatal(_g("Choose an element: the process does not work on the template's list."))
        return list_id, own.subject_id
