"""Steps of the kill test that no real process needs: they wait, ask and send on purpose."""

from __future__ import annotations

import json
import os
import urllib.request
from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any

from workflows.actions.base import Action, ActionParams, Shown, Signal, Wait, actions
from workflows.services.outgoing import channels


@actions.register
class Sleep(Action):
    """Waits so many seconds."""

    slug = "test_sleep"
    label = "Sleep"

    class Params(ActionParams):
        seconds: Annotated[int, Shown("Seconds")]

    def run(self, context: Any, params: Any) -> Wait:
        return Wait(context.now + timedelta(seconds=params.seconds))

    def resume(self, context: Any, params: Any, signal: Signal) -> Any:
        return {"kind": signal.kind}


@actions.register
class Ask(Action):
    """Waits for an answer, which is told apart from everything else by its kind."""

    slug = "test_ask"
    label = "Ask"

    def run(self, context: Any, params: Any) -> Wait:
        return Wait()

    def resume(self, context: Any, params: Any, signal: Signal) -> Any:
        return {"kind": signal.kind, "value": signal.payload.get("value")}


@actions.register
class SendOut(Action):
    """Has something done outside and waits for the reply."""

    slug = "test_send"
    label = "Send"

    def run(self, context: Any, params: Any) -> Wait:
        context.send("test_stub", {"instance": context.instance.pk}, reply=True)
        return Wait()

    def resume(self, context: Any, params: Any, signal: Signal) -> Any:
        return {"ok": signal.payload.get("ok")}


class Stub:
    """Posts the key to the test's own server."""

    slug = "test_stub"

    def send(self, key: str, payload: Mapping[str, Any]) -> Mapping[str, Any]:
        body = json.dumps({"key": key}).encode()
        request = urllib.request.Request(os.environ["STUB_URL"], data=body)
        with urllib.request.urlopen(request, timeout=5) as answer:
            return {"status": answer.status}


channels.register(Stub())
