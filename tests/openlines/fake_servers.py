"""Real HTTP servers in threads: Telegram's Bot API, and a program behind a webhook."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKEN = "123456:" + "AAf4k3-Key_of_the_bot_that_nobody_knows"


class FakeServer:
    """Answers by `answer(handler, method, path, headers, body)` → (status, headers, body)."""

    def __init__(self) -> None:
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length)
                with fake.lock:
                    status, content = fake.answer(self.path, dict(self.headers), body)
                time.sleep(fake.delay)
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = answer

            def log_message(self, *args: Any) -> None:
                pass

        self.lock, self.delay = threading.Lock(), 0.0
        self.at: list[float] = []  # when it took each of what it got
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port: int = self.server.server_address[1]
        self.places = [f"127.0.0.1:{self.port}"]
        self.url = f"http://{self.places[0]}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def answer(self, path: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        raise NotImplementedError

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


class FakeTelegram(FakeServer):
    """As core.telegram.org/bots/api says: offsets confirm, texts have 4096 units at most."""

    def __init__(self) -> None:
        super().__init__()
        self.updates: list[dict[str, Any]] = []
        self.files: dict[str, bytes] = {}
        self.got: list[tuple[str, str, Any]] = []  # chat, method, text or (name, bytes)
        self.calls: list[str] = []
        self.hook: dict[str, Any] = {}
        self.buttons: list[str] = []  # of the last message, what pressing each tells
        self.edited: list[str] = []
        self.blocked: set[str] = set()
        self.trouble: list[tuple[int, dict[str, Any]]] = []  # answered before anything else
        self.number = 1000

    def write(self, chat: int = 7, **message: Any) -> dict[str, Any]:
        """A customer's message comes to the bot."""
        kind = message.pop("kind", "message")
        self.number += 1
        sender = {"id": chat, "is_bot": False, "first_name": "Ирина", "last_name": "Белова",
                  "username": "irina", "language_code": "ru"}  # fmt: skip
        given = {
            "message_id": self.number,
            "date": 1_700_000_000,
            "chat": {"id": chat, "type": "private"},
            "from": sender,
            **message,
        }
        self.updates.append({"update_id": self.number, kind: given})
        return self.updates[-1]

    def press(self, data: Any, chat: int = 7) -> None:
        """A customer presses a button under a message."""
        self.number += 1
        message = {"message_id": 5, "chat": {"id": chat, "type": "private"}, "text": "?"}
        query = {"id": "q", "from": {"id": chat}, "message": message, "data": data}
        self.updates.append({"update_id": self.number, "callback_query": query})

    def answer(self, path: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        if path.startswith(f"/file/bot{TOKEN}/"):
            found = self.files.get(path.rpartition("/")[2])
            return (404, b"Not Found") if found is None else (200, found)
        if not path.startswith(f"/bot{TOKEN}/"):
            return self.refusal(401, "Unauthorized")
        method = path.rpartition("/")[2]
        self.calls.append(method)
        if self.trouble:
            status, more = self.trouble.pop(0)
            return self.refusal(status, "trouble", **more)
        values = read(headers, body)
        return getattr(self, f"on_{method}")(values)

    def on_getUpdates(self, values: dict[str, Any]) -> tuple[int, bytes]:
        if self.hook:
            return self.refusal(
                409, "Conflict: can't use getUpdates method while webhook is active"
            )
        if "offset" in values:
            self.updates = [one for one in self.updates if one["update_id"] >= values["offset"]]
        return self.done(self.updates[: values["limit"]])

    def on_setWebhook(self, values: dict[str, Any]) -> tuple[int, bytes]:
        self.hook = values
        return self.done(True)

    def on_deleteWebhook(self, values: dict[str, Any]) -> tuple[int, bytes]:
        self.hook = {}
        return self.done(True)

    def on_getFile(self, values: dict[str, Any]) -> tuple[int, bytes]:
        if values["file_id"] not in self.files:
            return self.refusal(400, "Bad Request: file is too big")
        return self.done({"file_path": f"documents/{values['file_id']}"})

    def on_sendMessage(self, values: dict[str, Any]) -> tuple[int, bytes]:
        if len(values["text"].encode("utf-16-le")) > 2 * 4096:
            return self.refusal(400, "Bad Request: message is too long")
        rows = values.get("reply_markup", {}).get("inline_keyboard", [[]])
        self.buttons = [one["callback_data"] for row in rows for one in row]
        return self.sent(values, "sendMessage", values["text"])

    def on_answerCallbackQuery(self, values: dict[str, Any]) -> tuple[int, bytes]:
        return self.done(True)

    def on_editMessageText(self, values: dict[str, Any]) -> tuple[int, bytes]:
        self.edited.append(values["text"])
        return self.done({"message_id": values["message_id"]})

    def on_sendPhoto(self, values: dict[str, Any]) -> tuple[int, bytes]:
        return self.sent(values, "sendPhoto", values["photo"])

    def on_sendDocument(self, values: dict[str, Any]) -> tuple[int, bytes]:
        return self.sent(values, "sendDocument", values["document"])

    def sent(self, values: dict[str, Any], method: str, what: Any) -> tuple[int, bytes]:
        chat = str(values["chat_id"])
        if chat in self.blocked:
            return self.refusal(403, "Forbidden: bot was blocked by the user")
        self.got.append((chat, method, what))
        self.at.append(time.monotonic())
        self.number += 1
        return self.done({"message_id": self.number})

    def done(self, result: Any) -> tuple[int, bytes]:
        return 200, json.dumps({"ok": True, "result": result}).encode()

    def refusal(self, status: int, told: str, **more: Any) -> tuple[int, bytes]:
        said = {"ok": False, "error_code": status, "description": told, **more}
        return status, json.dumps(said).encode()


def read(headers: dict[str, str], body: bytes) -> dict[str, Any]:
    """The parameters of a call: JSON, or a form with a file as (name, bytes)."""
    kind = headers.get("Content-Type", "")
    if kind.startswith("application/json"):
        return dict(json.loads(body))
    form = message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + body)
    values: dict[str, Any] = {}
    for part in form.get_payload():
        name = part.get_param("name", header="Content-Disposition")
        content = part.get_payload(decode=True)
        named = re.search(rb'name="%b"; filename="([^"]*)"' % str(name).encode(), body)
        values[str(name)] = (named[1].decode(), content) if named else content.decode()
    return values


class FakeProgram(FakeServer):
    """Takes answers of a webhook channel; `status` is what it says to them."""

    def __init__(self) -> None:
        super().__init__()
        self.got: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.bodies: list[bytes] = []
        self.status = 200
        self.says = b"{}"

    def answer(self, path: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        if self.status == 200:
            self.got.append(json.loads(body))
            self.at.append(time.monotonic())
            self.bodies.append(body)
            self.headers.append({name.lower(): value for name, value in headers.items()})
        return self.status, self.says


@contextmanager
def served(kind: type[Any], settings: Any) -> Iterator[Any]:
    """The server, which the portal may call."""
    fake = kind()
    settings.OUTSIDE_ALLOWED = [*settings.OUTSIDE_ALLOWED, *fake.places]
    settings.PORTAL_URL = "https://portal.example/"
    try:
        yield fake
    finally:
        fake.close()
