"""What htmx adds to HTTP: fragments, moves, toasts, an expired session."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from svod.base.htmx import go_to, render_page, saved, toast, trigger

HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}
WHOLE = {"HX-Request": "true", "HX-Request-Type": "full"}


def tell(request: HttpRequest) -> HttpResponse:
    toast(request, "Сохранено")
    return HttpResponse("part")


def move(request: HttpRequest) -> HttpResponse:
    toast(request, "Перешли")
    return go_to(request, "/there/")


def show(request: HttpRequest) -> HttpResponse:
    return render_page(request, "sample/page.html", {"words": "привет"}, status=422)


def whole(request: HttpRequest) -> HttpResponse:
    toast(request, "Один раз")
    return render_page(request, "base_plain.html")


def done(request: HttpRequest) -> HttpResponse:
    return saved(request, "Готово", id=5)


@login_required
def guarded(request: HttpRequest) -> HttpResponse:
    return HttpResponse("secret")


urlpatterns = [
    path("tell/", tell),
    path("move/", move),
    path("show/", show),
    path("whole/", whole),
    path("done/", done),
    path("part/", guarded),
    path("there/", tell, name="home"),
    path("sign-in/", tell, name="sign_in"),
    path("language/", tell, name="set_language"),
]
pytestmark = [pytest.mark.urls(__name__), pytest.mark.django_db]


def toasts(response: Any) -> list[str]:
    return [note["text"] for note in json.loads(response["HX-Trigger"])["toast"]["toasts"]]


def test_toast_travels_in_the_header_of_an_htmx_answer(client: Client) -> None:
    assert toasts(client.get("/tell/", headers=HTMX)) == ["Сохранено"]


def test_toast_of_a_plain_request_waits_for_the_next_page(client: Client) -> None:
    assert not client.get("/tell/").has_header("HX-Trigger")
    assert toasts(client.get("/tell/", headers=HTMX)) == ["Сохранено", "Сохранено"]


def test_toast_waits_while_the_browser_moves(client: Client) -> None:
    answer = client.post("/move/", headers=HTMX)
    assert answer["HX-Location"] == "/there/"
    assert not answer.has_header("HX-Trigger")
    assert toasts(client.get("/there/", headers=WHOLE)) == ["Перешли", "Сохранено"]


def test_whole_page_shows_a_toast_and_does_not_send_it_again(client: Client) -> None:
    answer = client.get("/whole/", headers=WHOLE)
    assert answer.content.decode().count("Один раз") == 1
    assert not answer.has_header("HX-Trigger")


def test_plain_request_is_redirected(client: Client) -> None:
    answer = client.post("/move/")
    assert (answer.status_code, answer["Location"]) == (302, "/there/")


def test_saved_tells_the_page_what_was_saved(client: Client) -> None:
    answer = client.post("/done/", headers=HTMX)
    events = json.loads(answer["HX-Trigger"])
    assert events["svod:saved"] == {"id": 5, "target": "body"}
    assert toasts(answer) == ["Готово"]


def test_expired_session_leads_back_to_the_page_not_to_the_fragment(client: Client) -> None:
    page = {"HX-Current-URL": "http://testserver/lists/5/?sort=name&page=2"}
    answer = client.get("/part/", headers={**HTMX, **page})
    assert answer["HX-Redirect"] == "/sign-in/?next=%2Flists%2F5%2F%3Fsort%3Dname%26page%3D2"
    assert client.get("/part/")["Location"] == "/sign-in/?next=/part/"


def test_events_add_up() -> None:
    answer = HttpResponse()
    trigger(answer, "one")
    trigger(answer, "two", {"a": 1})
    assert json.loads(answer["HX-Trigger"]) == {
        "one": {"target": "body"},
        "two": {"a": 1, "target": "body"},
    }


@pytest.mark.parametrize(
    ("headers", "body"),
    [(HTMX, "<p>привет</p>"), (WHOLE, "<b><p>привет</p></b>"), ({}, "<b><p>привет</p></b>")],
)
def test_page_or_its_part(
    client: Client, settings: Any, tmp_path: Path, headers: dict[str, str], body: str
) -> None:
    (tmp_path / "sample" / "partials").mkdir(parents=True)
    (tmp_path / "sample" / "partials" / "page.html").write_text("<p>{{ words }}</p>")
    (tmp_path / "sample" / "page.html").write_text(
        '<b>{% include "sample/partials/page.html" %}</b>'
    )
    engine = settings.TEMPLATES[0]
    settings.TEMPLATES = [{**engine, "DIRS": [*engine["DIRS"], tmp_path]}]
    answer = client.get("/show/", headers=headers)
    assert (answer.status_code, answer.content.decode()) == (422, body)
    assert "HX-Request-Type" in answer["Vary"]
