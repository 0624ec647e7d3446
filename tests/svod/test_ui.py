"""The template tags and the menu of the shell."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory

from svod import shell
from svod.base.looks import ICONS, TONES
from svod.base.registry import Registry
from svod.shell import MenuItem

ROOT = Path(__file__).resolve().parents[2]


class Sample(forms.Form):
    name = forms.CharField(help_text="<b>как есть</b>")
    agree = forms.BooleanField(required=False)
    ways = forms.MultipleChoiceField(
        required=False, choices=[("a", "А")], widget=forms.CheckboxSelectMultiple
    )


def draw(source: str, **context: Any) -> str:
    return Template("{% load ui %}" + source).render(Context(context))


def test_field_binds_label_hint_and_error_to_the_control() -> None:
    html = draw("{% field form.name %}", form=Sample({}))
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'id="id_name_error"' in html
    assert 'id="id_name_helptext"' in html
    assert 'class="form-control is-invalid"' in html
    assert '<label class="form-label" for="id_name">' in html


def test_hint_is_text_not_html() -> None:
    assert "&lt;b&gt;" in draw("{% field form.name %}", form=Sample())


def test_group_of_choices_has_a_legend() -> None:
    html = draw("{% field form.ways %}", form=Sample())
    assert "<fieldset" in html
    assert "<legend" in html


def test_name_in_an_avatar_is_escaped() -> None:
    assert "<script" not in draw("{% avatar who %}", who="<script> <b>")


@pytest.mark.parametrize(
    ("name", "letters"), [("Иванова Анна Петровна", "ИА"), ("ёж", "Ё"), ("", "")]
)
def test_initials(name: str, letters: str) -> None:
    assert f">{letters}</span>" in draw("{% avatar who %}", who=name)


def test_links_of_pages_keep_the_rest_of_the_address() -> None:
    request = RequestFactory().get("/?sort=name&page=3&q=а%26б")
    page = Paginator(range(100), 10).page(3)
    html = draw("{% pagination page %}", page=page, request=request)
    assert 'href="?sort=name&amp;q=%D0%B0%26%D0%B1&amp;page=4"' in html
    assert '<span class="sv-page" aria-current="page">3</span>' in html


@pytest.fixture
def menu(monkeypatch: pytest.MonkeyPatch) -> Registry[MenuItem]:
    own: Registry[MenuItem] = Registry("menu item")
    monkeypatch.setattr(shell, "menu", own)
    return own


def item(slug: str, **more: Any) -> MenuItem:
    return MenuItem(slug=slug, label=slug, icon="table", url_name=more.pop("url", "people"), **more)


PERSON = {"is_authenticated": True, "is_superuser": False, "has_perm": lambda _: False}


def shown(at: str, **user: Any) -> list[tuple[str, bool]]:
    request = RequestFactory().get(at)
    request.user = SimpleNamespace(**{**PERSON, **user})  # type: ignore[assignment]
    return [(entry["slug"], entry["current"]) for entry in shell.visible_items(request)]


def test_menu_shows_what_a_person_may_open_in_order(menu: Registry[MenuItem]) -> None:
    menu.register(item("b", order=20))
    menu.register(item("a", order=10))
    menu.register(item("admin", administrators_only=True))
    menu.register(item("secret", permission="staff.view_secret"))
    assert [slug for slug, _ in shown("/")] == ["a", "b"]
    assert shown("/", is_authenticated=False) == []
    everything = shown("/", is_superuser=True, has_perm=lambda _: True)
    assert [slug for slug, _ in everything] == ["a", "b", "admin", "secret"]


def test_deepest_entry_is_the_current_one(menu: Registry[MenuItem]) -> None:
    menu.register(item("people", url="people"))
    menu.register(item("add", url="employee_add"))
    assert shown("/people/add/") == [("add", True), ("people", False)]
    assert shown("/people/5/") == [("add", False), ("people", True)]
    assert shown("/departments/7/") == [("add", False), ("people", False)]


def test_start_page_has_only_the_pages_it_names_below_it(menu: Registry[MenuItem]) -> None:
    menu.register(item("lists", url="home", under="/lists/"))
    assert shown("/") == [("lists", True)]
    assert shown("/lists/5/") == [("lists", True)]
    assert shown("/profile/") == [("lists", False)]


def test_unknown_cookie_is_not_believed() -> None:
    request = RequestFactory().get("/")
    request.COOKIES["theme"] = '"><script>'
    assert shell.chosen(request, "theme", shell.THEMES, "auto") == "auto"


def test_every_icon_a_person_may_choose_exists() -> None:
    folder = ROOT / "node_modules" / "@tabler" / "icons" / "icons" / "outline"
    assert [name for name in ICONS if not (folder / f"{name}.svg").exists()] == []


def test_every_tone_has_a_class() -> None:
    styles = (ROOT / "static" / "src" / "styles" / "tones.css").read_text()
    assert set(re.findall(r"^\.tone-(\w+) ", styles, re.MULTILINE)) == set(TONES)


def test_every_text_the_scripts_speak_is_given() -> None:
    sources = (ROOT / "static" / "src").rglob("*.ts")
    code = "\n".join(path.read_text() for path in sources)
    asked = set(re.findall(r'\btext\("(\w+)"', code)) | set(
        re.findall(r'"((?:error|upload)_\w+)"', code)
    )
    assert asked - set(shell.TEXTS) == set()
    unused = {name for name in shell.TEXTS if f'"{name}"' not in code}
    assert unused == set()
