"""The tests' own steps and way out, as the workers of the kill test have them."""

from __future__ import annotations

import json
import os
import urllib.request
from collections.abc import Mapping
from typing import Any

from tests.durability.engine.acts import ACTIONS
from workflows.actions.base import actions
from workflows.services.outgoing import channels


class Stub:
    """Posts the key to the test's own server."""

    slug = "test_post"

    def send(self, key: str, payload: Mapping[str, Any]) -> Mapping[str, Any]:
        body = json.dumps({"key": key}).encode()
        request = urllib.request.Request(os.environ["STUB_URL"], data=body)
        with urllib.request.urlopen(request, timeout=5) as answer:
            return {"status": answer.status}


for action in ACTIONS:
    actions.register(action)
channels.register(Stub())
