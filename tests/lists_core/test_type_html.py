"""Formatted text: nothing runs, nothing loads from elsewhere, tags are not searched."""

from __future__ import annotations

import pytest

from lists_core.field_types.html import clean_html, plain_text
from tests.lists_core.one_field import OneField

PNG = "data:image/png;base64,iVBORw0KGgo="


@pytest.mark.parametrize(
    "source",
    [
        "https://evil/x",
        "//evil/x",
        "/\\evil/x",
        "data:image/svg+xml;base64,PHN2Zz4=",
        "\n//evil",
        "x",
    ],
)
def test_pictures_come_from_here_only(source: str) -> None:
    assert "src" not in clean_html(f'<p>a<img src="{source}">b</p>')


def test_own_pictures_and_links_stay() -> None:
    assert clean_html(f'<img src="{PNG}" alt="x">') == f'<img src="{PNG}" alt="x">'
    assert clean_html('<img src="/files/5/">') == '<img src="/files/5/">'
    link = clean_html('<a href="https://a.example" target="_top" onclick="x()">a</a>')
    assert link == '<a href="https://a.example" rel="noopener noreferrer nofollow">a</a>'


def test_looks_and_names_are_taken_away() -> None:
    evil = '<form><p style="position:fixed" class="modal" id="x" hx-get="/">a</p><input></form>'
    assert clean_html(evil) == "<p>a</p>"


def test_what_stands_in_an_old_row_is_cleaned_when_shown() -> None:
    world_less = clean_html("<script>alert(1)</script><b>a</b>")
    assert world_less == "<b>a</b>"


@pytest.mark.django_db
def test_search_and_filters_see_the_text_only() -> None:
    world = OneField.make("html")
    world.add("<p><strong>Ёлка</strong> &amp; шар</p>", name="да")
    assert world.names(search="strong") == []
    assert world.names(search="amp") == []
    assert world.names(search="ёлка") == ["да"]
    assert world.names("contains", "& шар") == ["да"]
    assert world.names("contains", "<p>") == []


@pytest.mark.django_db
def test_an_empty_editor_is_an_empty_value_and_a_picture_is_not() -> None:
    world = OneField.make("html")
    world.add("<p> </p><p><br></p>", name="пусто")
    world.add(f'<p><img src="{PNG}"></p>', name="картинка")
    assert world.names("empty") == ["пусто"]


def test_a_text_has_a_line_for_each_paragraph() -> None:
    table = "<table><tr><td>1</td><td>2</td></tr></table>"
    html = f"<h1>А</h1><ul><li>б</li><li>в &lt;i&gt;</li></ul>{table}"
    assert plain_text(html) == "А\nб\nв <i>\n1\t2"
