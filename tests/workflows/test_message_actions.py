"""Actions that tell people and other servers: notification, comment, letter, webhook, reminder."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.utils import timezone
from icalendar import Calendar

from lists_core.models import Comment
from lists_core.services.files import keep_file
from staff.models import Employee, Notification
from tests.lists_core.element_world import World, make_world
from tests.smtp import MailServer
from tests.workflows.processes import begin, put, step, template_of, variables, worked
from workflows.actions.base import actions
from workflows.models import Instance, Outgoing
from workflows.services.hooks import set_webhook_secret
from workflows.services.outgoing import send_due

pytestmark = pytest.mark.django_db
LITERAL = "{{ settings.SECRET_KEY }} {0.__class__} %(x)s {% load x %}"


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture
def post(settings: Any) -> Iterator[MailServer]:
    """A real SMTP server for the letters of the test."""
    server = MailServer()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    yield server
    server.close()


def run(world: World, *steps: Any, element: Any = None) -> Instance:
    element = element or world.add("Ель", NOTE="хвоя")
    return begin(template_of(list(steps), list_=world.list), world.anna, element.pk)


def send(after: timedelta = timedelta(days=1)) -> int:
    return send_due(timezone.now() + after)


def test_all_are_there_and_declare_their_words() -> None:
    for slug in ("notify", "comment", "mail", "webhook", "calendar_reminder"):
        action = actions.get(slug)
        assert action.group == "messages"
        assert action.Params.model_fields


# --- notification, comment --------------------------------------------------------------


def test_notify(world: World) -> None:
    instance = run(world, step("notify", people=[f"employee:{world.petr.pk}", "starter"],
                               text="Готово: {{Document.NAME}}", details=LITERAL))  # fmt: skip
    assert instance.status == "done"
    rows = {row.employee_id: row for row in Notification.objects.filter(kind="process")}
    assert rows.keys() == {world.petr.pk, world.anna.pk}
    row = rows[world.petr.pk]
    assert row.text == "Готово: Ель"
    assert row.url.startswith(f"/lists/{world.list.pk}/elements/")
    assert "{0.__class__} %(x)s {% load x %}" in row.body
    worked(instance)
    assert Notification.objects.count() == 2


def test_notify_nobody_is_a_failure(world: World) -> None:
    instance = run(world, step("notify", people=["employee:999999"], text="!"))
    assert instance.status == "failed"
    assert not Notification.objects.exists()


def test_comment(world: World) -> None:
    element = world.add("Ель")
    run(world, step("comment", text="Принято {{Document.NAME}}",
                    mention=[f"employee:{world.petr.pk}"]), element=element)  # fmt: skip
    comment = Comment.objects.get(element=element.pk)
    assert comment.text == "@Петров Пётр\nПринято Ель"
    assert (comment.author, comment.mentions) == (world.anna, [world.petr.pk])
    assert Notification.objects.get(kind="mention").employee == world.petr


# --- letters ----------------------------------------------------------------------------


def test_a_letter_through_a_real_server(world: World, post: MailServer) -> None:
    element = world.add("<b>Ель</b>\n", NOTE="хвоя & иглы")
    instance = run(
        world,
        step("mail", people=[f"employee:{world.petr.pk}"], addresses="x@y.example; z@y.example",
             subject="О {{Document.NOTE}} {{Document.NAME}}", body=f"Текст {LITERAL}",
             html="<p onclick='x'>{{Document.NOTE}} {{Document.NAME}}</p><script>1</script>"),
        element=element,
    )  # fmt: skip
    assert instance.status == "done", "it does not wait"
    assert send() == 1
    assert send() == 0
    [(to, letter)] = post.letters
    assert to == ["petr@svod.example", "x@y.example", "z@y.example"]
    assert letter["Subject"] == "О хвоя & иглы <b>Ель</b>", "one line, whatever the value holds"
    assert letter["Message-ID"].startswith("<")
    text = letter.get_body(("plain",)).get_content()
    assert "{0.__class__} %(x)s {% load x %}" in text
    assert "SECRET" not in text.replace("settings.SECRET_KEY", "")
    html = letter.get_body(("html",)).get_content()
    assert "хвоя &amp; иглы &lt;b&gt;Ель&lt;/b&gt;" in html
    assert "script" not in html
    assert "onclick" not in html


def test_files_of_the_element(world: World, post: MailServer, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    world.field("file", "SCAN")
    file = keep_file(ContentFile(b"hello"), "договор.txt", actor=world.anna)
    element = world.add("Ель", SCAN=file.pk)
    run(world, step("mail", addresses="x@y.example", subject="!", files=["SCAN"]), element=element)
    send()
    [attached] = post.letters[0][1].iter_attachments()
    assert attached.get_filename() == "договор.txt"
    assert "hello" in str(attached.get_content())


def test_waiting_for_the_letter(world: World, post: MailServer) -> None:
    post.refuse["no@y.example"] = "550 nobody"
    steps = [step("mail", addresses="no@y.example", subject="!", wait=True, go_on=True),
             put("sent", "{{Step.mail.ok}} {{Step.mail.error}}")]  # fmt: skip
    instance = run(world, *steps)
    assert instance.status == "waiting"
    send()
    instance = worked(instance, timedelta(days=400))
    assert instance.status == "done"
    assert "550" in variables(instance)["sent"]


def test_a_refused_letter_fails_the_step_that_waits(world: World, post: MailServer) -> None:
    post.refuse["no@y.example"] = "550 nobody"
    instance = run(world, step("mail", addresses="no@y.example", subject="!", wait=True))
    send()
    assert worked(instance, timedelta(days=400)).status == "failed"


def test_a_server_that_hangs_up_is_asked_again_with_the_same_letter(
    world: World, post: MailServer
) -> None:
    post.hang_up = True
    run(world, step("mail", addresses="x@y.example", subject="!"))
    send()
    assert Outgoing.objects.get().state == "new"
    post.hang_up = False
    send(timedelta(days=2))
    assert Outgoing.objects.get().state == "done"
    assert len(post.letters) == 1


@pytest.mark.parametrize(
    ("more", "reason"),
    [({"addresses": "not-an-address"}, "not-an-address"), ({"addresses": ""}, ""),
     ({"addresses": "a@b.example\nBcc: evil@x.example"}, "Bcc:"),
     ({"addresses": "x@y.example", "files": ["NOTE"]}, "NOTE")],
)  # fmt: skip
def test_wrong_letters_fail_with_a_reason(world: World, more: Any, reason: str) -> None:
    instance = run(world, step("mail", subject="!", **more))
    assert instance.status == "failed"
    assert reason in instance.error
    assert not Outgoing.objects.exists()


# --- calendar ---------------------------------------------------------------------------


def test_a_reminder_for_the_calendar(world: World, post: MailServer) -> None:
    run(world, step("calendar_reminder", addresses="x@y.example", title="Срок: {{Document.NAME}}",
                    start="2026-12-01T10:30", minutes=30, remind=15, place="Зал; 2"))  # fmt: skip
    send()
    [attached] = post.letters[0][1].iter_attachments()
    assert attached.get_content_type() == "text/calendar"
    calendar = Calendar.from_ical(attached.get_content())
    [event] = calendar.walk("VEVENT")
    assert event["SUMMARY"] == "Срок: Ель"
    assert event["DTSTART"].dt.isoformat() == "2026-12-01T10:30:00+03:00"
    assert event["DTEND"].dt - event["DTSTART"].dt == timedelta(minutes=30)
    assert event.walk("VALARM")[0]["TRIGGER"].dt == -timedelta(minutes=15)
    assert event["UID"].endswith("@localhost")


# --- webhook ----------------------------------------------------------------------------


class Receiver:
    """An HTTP server that answers with what it is told and keeps what came."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}/in"
        self.answers: list[str] = []
        self.got: list[tuple[dict[str, str], bytes]] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                client, _place = self.listener.accept()
            except OSError:
                return
            with client, client.makefile("rb") as lines:
                head = [line.decode().strip() for line in iter(lines.readline, b"\r\n")]
                headers = {
                    k.lower(): v.strip() for k, _c, v in (one.partition(":") for one in head)
                }
                self.got.append((headers, lines.read(int(headers.get("content-length", 0)))))
                body = self.answers.pop(0) if self.answers else "200 OK|"
                status, _bar, text = body.partition("|")
                client.sendall(f"HTTP/1.1 {status}\r\nContent-Length: {len(text.encode())}\r\n\r\n"
                               f"{text}".encode())  # fmt: skip


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    cache.clear()
    made = Receiver()
    settings.OUTSIDE_ALLOWED = [f"127.0.0.1:{made.listener.getsockname()[1]}"]
    yield made
    made.listener.shutdown(socket.SHUT_RDWR)
    made.listener.close()


def hook(receiver: Receiver, **more: Any) -> Any:
    return step("webhook", url=receiver.url, body={"name": "{{Document.NAME}}", "n": 5}, **more)


def test_a_signed_call(world: World, receiver: Receiver) -> None:
    Employee.objects.filter(pk=world.anna.pk).update(is_superuser=True)
    template = template_of([hook(receiver, secret="key", headers={"X-A": "1"})], list_=world.list)
    set_webhook_secret(template.pk, "key", "s3cret", actor=Employee.objects.get(pk=world.anna.pk))
    begin(template, world.anna, world.add("Ель").pk)
    assert "s3cret" not in json.dumps(Outgoing.objects.get().payload)
    send()
    [(headers, body)] = receiver.got
    assert json.loads(body) == {"name": "Ель", "n": 5}
    words = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    right = base64.b64encode(hmac.digest(b"s3cret", words, hashlib.sha256)).decode()
    assert headers["webhook-signature"] == f"v1,{right}"
    assert headers["x-a"] == "1"
    assert abs(int(headers["webhook-timestamp"]) - timezone.now().timestamp()) < 60


def test_the_answer_becomes_values(world: World, receiver: Receiver) -> None:
    receiver.answers = ['201 Made|{"id": 7, "name": "Сосна"}']
    instance = run(world, hook(receiver, wait=True), put("got", "{{Step.webhook.values.name}}"))
    send()
    instance = worked(instance, timedelta(days=400))
    assert variables(instance)["got"] == "Сосна"


@pytest.mark.parametrize("answer", ["[1]", "{", '{"a": ' * 5000])
def test_an_answer_that_is_no_object_is_text(world: World, receiver: Receiver, answer: str) -> None:
    receiver.answers = [f"200 OK|{answer}"]
    instance = run(world, hook(receiver, wait=True), put("got", "{{Step.webhook.text}}"))
    send()
    assert variables(worked(instance, timedelta(days=400)))["got"].startswith(answer[:5])


def test_many_at_once_are_sent_at_once(world: World, receiver: Receiver) -> None:
    """A receiver that is slow costs the others its own time once, not once each."""
    steps = [step("webhook", f"w{n}", url=receiver.url, body={"n": n}) for n in range(12)]
    run(world, *steps)
    assert send() == 12
    assert {json.loads(body)["n"] for _headers, body in receiver.got} == set(range(12))
    assert not Outgoing.objects.exclude(state="done").exists()


def test_what_may_pass_is_tried_again_under_the_same_id(world: World, receiver: Receiver) -> None:
    receiver.answers = ["503 Later|", "429 Often|", "200 OK|"]
    run(world, hook(receiver))
    for days in (1, 2, 3, 4):
        send(timedelta(days=days))
    assert Outgoing.objects.get().state == "done"
    assert len({headers["webhook-id"] for headers, _body in receiver.got}) == 1
    assert len(receiver.got) == 3


@pytest.mark.parametrize("answer", ["404 No|gone", "302 Found|"])
def test_what_will_not_pass_is_final(world: World, receiver: Receiver, answer: str) -> None:
    receiver.answers = [answer]
    instance = run(world, hook(receiver, wait=True))
    send()
    assert Outgoing.objects.get().state == "failed"
    instance = worked(instance, timedelta(days=400))
    assert instance.status == "failed"
    assert answer[:3] in instance.error


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1/", "file:///etc/passwd", "http://a@b.example/"]
)
def test_forbidden_addresses(world: World, url: str) -> None:
    """A-50: whatever shows at once fails the step, the rest is refused when it is sent."""
    instance = run(world, step("webhook", url=url, wait=True))
    send()
    assert worked(instance, timedelta(days=400)).status == "failed"
    assert Outgoing.objects.filter(state="done").count() == 0


@pytest.mark.parametrize("name", ["Host", "Content-Length", "X\r\nY", "Transfer-Encoding"])
def test_headers_that_are_not_the_designers(world: World, receiver: Receiver, name: str) -> None:
    assert run(world, hook(receiver, headers={name: "1"})).status == "failed"


def test_an_unknown_secret_is_told(world: World, receiver: Receiver) -> None:
    instance = run(world, hook(receiver, secret="none"))
    assert instance.status == "failed"
    assert "none" in instance.error


def test_the_payload_is_what_the_process_may_read_now(world: World, receiver: Receiver) -> None:
    """A-53: a field that is closed to the process is as one that was never made."""
    from lists_core.access import Right
    from lists_core.services.rights import set_field_rights, set_list_rights
    from staff.subjects import Subject

    field = world.field("string", "HIDDEN")
    element = world.add("Ель", HIDDEN="CANARY")
    everyone = {
        Subject("AU"): frozenset({Right.VIEW, Right.RUN}),
        Subject("U", world.anna.pk): frozenset({Right.FULL}),
    }
    set_list_rights(world.list.pk, everyone, actor=world.anna)
    set_field_rights(
        world.list.pk, field.pk, {}, view_restricted=True, change_restricted=False, actor=world.anna
    )
    template = template_of(
        [step("webhook", url=receiver.url, body={"x": "[{{Document.HIDDEN}}]"})], list_=world.list
    )
    begin(template, world.petr, element.pk)
    send()
    assert [body for _headers, body in receiver.got] == [b'{"x": "[]"}']
