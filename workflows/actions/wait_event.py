"""Wait until the element is changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from workflows.actions.base import Action, ActionParams, Output, Shown, Signal, Wait, actions
from workflows.durations import MaybeDuration, moment_after
from workflows.engine.errors import Fatal

if TYPE_CHECKING:
    from workflows.engine.context import Context


@actions.register
class WaitEvent(Action):
    """Of any change, of one of the chosen fields, or until a condition holds.

    A condition is a state, not an event: if it holds when the step begins, the step is over.
    """

    slug = "wait_event"
    label = _("Wait for a change")
    group = "control"
    icon = "eye"
    may_wait = True
    outputs = (
        Output("event", _("What came: changed, timeout")),
        Output("fields", _("Changed fields")),
    )

    class Params(ActionParams):
        fields: Annotated[
            list[str], Shown(_("Fields"), widget="fields", help=_("None chosen: any of them."))
        ] = []
        when: Annotated[
            dict[str, Any] | None,
            Shown(_("Until this holds"), widget="condition", raw=True),
        ] = None
        timeout: Annotated[MaybeDuration, Shown(_("At most"), widget="duration")] = None

    def run(self, context: Context, params: Params) -> Wait | dict[str, Any]:
        if not context.instance.subject_id:
            raise Fatal(_g("The process runs on no element whose change it could wait for."))
        if params.when and context.run.condition(params.when):
            return {"event": "changed", "fields": []}
        context.watch()
        if params.timeout:
            context.memory["due"] = moment_after(context.now, params.timeout)
            context.timer(context.memory["due"])
        return Wait()

    def resume(self, context: Context, params: Params, signal: Signal) -> Wait | dict[str, Any]:
        if signal.kind == "timer":
            return {"event": "timeout", "fields": []}
        codes = _codes(context, signal)
        if self._is_it(context, params, signal, codes):
            return {"event": "changed", "fields": sorted(codes)}
        return Wait()

    def _is_it(self, context: Context, params: Params, signal: Signal, codes: set[str]) -> bool:
        recheck = "recheck" in signal.payload
        if recheck and not params.when:
            return False
        concerns = recheck or not params.fields or bool(codes & set(params.fields))
        return concerns and (not params.when or context.run.condition(params.when))


def _codes(context: Context, signal: Signal) -> set[str]:
    """Codes of the changed fields, as far as the process may know them."""
    keys = set(signal.payload.get("fields", ()))
    fields = context.subject.schema.all_fields if keys else ()
    return {field.code for field in fields if field.key in keys}
