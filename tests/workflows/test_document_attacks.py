"""A-61 and rows 22 to 25 of the security study: templates that want more than to be filled."""

from __future__ import annotations

import io
import time
import zipfile
from contextlib import suppress
from typing import Any

import pytest

from tests.workflows.docx_files import docx, texts, with_parts
from workflows.documents.data import Gathered
from workflows.documents.filling import NotFilled, checked, filled

EVIL = '{{ cycler.__init__.__globals__.os.popen("touch /tmp/svod-owned") }}'
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
EXPRESSIONS = [
    EVIL,
    '{{ "a" * 999999999 }}',
    "{{ 9 ** 9 ** 9 }}",
    "{% for a in range(100000) %}{% for b in range(100000) %}x{% endfor %}{% endfor %}",
    "{{ ''.__class__.__mro__ }}",
    "{{ NAME.upper() }}",
    "{{ NAME|safe }}",
    "{{ NAME|attr('__class__') }}",
    "{{ self._TemplateReference__context }}",
    "{% include '/etc/passwd' %}",
    "{% import 'os' as os %}",
    "{% set x = 1 %}",
    "{% macro m() %}{{ m() }}{% endmacro %}",
    "{{ lipsum.__globals__ }}",
    "{% vm %}",
    "{% raw %}",
]


def mistakes(content: bytes) -> list[Any]:
    return list(checked(io.BytesIO(content))["mistakes"])


@pytest.mark.parametrize("expression", EXPRESSIONS, ids=[one[:30] for one in EXPRESSIONS])
def test_an_expression_that_does_more_than_name_is_refused(expression: str) -> None:
    (found, *_more) = mistakes(docx("fine", expression))
    assert found["where"] == [2]


def test_it_is_refused_in_every_part_and_never_run(tmp_path: Any) -> None:
    evil = EVIL.replace("/tmp/svod-owned", str(tmp_path / "owned"))
    parts = {
        "body": docx(evil),
        "header": docx("x", header=evil),
        "properties": docx("x", title=evil),
        "table": docx("x", table=[["a", evil]]),
        "footnote": with_parts(docx("x"), {
            "word/footnotes.xml":
                f'<w:footnotes xmlns:w="{W}"><w:footnote><w:p><w:r><w:t>{evil}</w:t></w:r></w:p>'
                "</w:footnote></w:footnotes>",
        }),
        "split": with_parts(docx("x"), {"word/document.xml": split(evil)}),
    }  # fmt: skip
    for part, content in parts.items():
        assert mistakes(content), part
        with suppress(NotFilled):  # a part that nothing refers to is not filled at all
            filled(io.BytesIO(content), Gathered())
    assert not (tmp_path / "owned").exists()


def split(text: str) -> str:
    """The text over runs of one letter, as Word may leave it."""
    from xml.sax.saxutils import escape

    runs = "".join(f"<w:r><w:t>{escape(sign)}</w:t></w:r>" for sign in text)
    return f'<w:document xmlns:w="{W}"><w:body><w:p>{runs}</w:p></w:body></w:document>'


SLOW = {
    "vm 80": lambda: with_parts(docx("x"), {"word/document.xml": vm(80)}),
    "brace 8000": lambda: docx("{{" * 8000),
    "open 8000": lambda: docx("{%" * 8000),
    "long tag": lambda: docx("{{ " + "a" * 100_000 + " }}"),
    "many paragraphs": lambda: docx(*["{{ A }}"] * 4000),
    "deep": lambda: docx("{{ " + "(" * 200 + "A" + ")" * 200 + " }}"),
    "deep not": lambda: docx("{{ " + "not " * 100 + "A }}"),
}


def vm(count: int) -> str:
    """The cell of the study that keeps docxtpl's patterns busy."""
    cell = "<w:tcPr></w:tcPr><w:p><w:r><w:t>a</w:t></w:r></w:p>" * count
    instruction = "<w:p><w:r><w:instrText>{% vm %}</w:instrText></w:r></w:p>"
    return (
        f'<w:document xmlns:w="{W}"><w:body><w:tbl><w:tr><w:tc>{cell}{instruction}</w:tc></w:tr>'
        "</w:tbl></w:body></w:document>"
    )


@pytest.mark.parametrize("name", SLOW)
def test_what_would_take_long_is_refused_or_done_in_time(name: str) -> None:
    begun = time.perf_counter()
    found = mistakes(SLOW[name]())
    assert time.perf_counter() - begun < 30
    assert found or name in {"deep", "deep not"}


def test_a_bomb_is_not_unpacked() -> None:
    bomb = with_parts(docx("x"), {"word/document.xml": b" " * 80_000_000})
    assert [one["code"] for one in mistakes(bomb)] == ["too_large"]
    entities = '<!DOCTYPE a [<!ENTITY b "bbbb">]><a>&b;</a>'
    assert mistakes(with_parts(docx("x"), {"word/settings.xml": entities}))[0]["code"] == "damaged"
    assert mistakes(b"PK\x03\x04 nonsense")[0]["code"] == "damaged"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("a.txt", "x")
    assert mistakes(out.getvalue())[0]["code"] == "not_docx"


RELS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
    'relationships/%s" Target="%s" TargetMode="External"/></Relationships>'
)


@pytest.mark.parametrize(
    ("kind", "target", "code"),
    [
        ("attachedTemplate", "http://evil.example/a.dotm", "external"),
        ("image", "http://evil.example/a.png", "external"),
        ("oleObject", "file:///etc/passwd", "external"),
        ("hyperlink", "javascript:alert(1)", "external"),
        ("hyperlink", "https://svod.example/", ""),
    ],
)
def test_ways_to_the_outside_are_refused_but_links(kind: str, target: str, code: str) -> None:
    rels = RELS % (kind, target)
    found = mistakes(with_parts(docx("x"), {"word/_rels/settings.xml.rels": rels}))
    assert [one["code"] for one in found] == ([code] if code else [])


def test_macros_embedded_objects_and_dde_are_refused() -> None:
    for part in ("word/vbaProject.bin", "word/activeX/a.xml", "word/embeddings/a.docx"):
        assert mistakes(with_parts(docx("x"), {part: b"x"}))[0]["code"] == "program"
    dde = (
        f'<w:document xmlns:w="{W}"><w:body><w:p><w:r><w:instrText>DDEAUTO c:\\\\cmd</w:instrText>'
    )
    dde += "</w:r></w:p></w:body></w:document>"
    assert mistakes(with_parts(docx("x"), {"word/document.xml": dde}))[0]["code"] == "external"


def test_values_are_text_whatever_they_hold() -> None:
    """Row 25: the document opens and says what the value says."""
    hard = "<&>\"' </w:t></w:r>{{ x }}{% y %}\x00\x07\x0b"
    content, _left_out = filled(io.BytesIO(docx("{{ A }}", title="{{ A }}")), Gathered({"A": hard}))
    assert texts(content) == ["<&>\"' </w:t></w:r>{{ x }}{% y %}"]


def test_mistakes_are_told_with_tables_and_cells() -> None:
    table = [["a", "b"], ["c", "{{ A|nonsense }}"]]
    (found,) = mistakes(docx("x", table=table))
    assert (found["code"], found["where"], found["detail"]) == ("filter", [1, 2, 2], "nonsense")
    (found,) = mistakes(docx("a", "{% if A %} no end"))
    assert (found["code"], found["where"]) == ("syntax", [2])
    (found, *_more) = mistakes(docx("a", "b", "{{ A "))
    assert (found["code"], found["where"]) == ("unclosed", [3])
