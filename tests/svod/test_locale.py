"""Russian is complete, and its parts can be merged."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
SPEC = importlib.util.spec_from_file_location("merge", ROOT / "svod" / "locale" / "merge.py")
merge = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(merge)

PARTS = sorted((ROOT / "svod" / "locale").glob("*/parts/*.po"))
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|{(\w+)}")


def test_every_text_has_its_russian():
    lines = [f"{text!r} at {', '.join(places)}" for (_, text), places in merge.missing().items()]
    assert not lines, "\n".join(lines)


def test_parts_do_not_contradict_each_other():
    catalog = merge.merge(ROOT / "svod" / "locale" / "ru")
    assert len(catalog) > 0


@pytest.mark.parametrize("path", PARTS, ids=lambda path: path.name)
def test_part_keeps_placeholders_and_has_all_plurals(path):
    with path.open("rb") as lines:
        catalog = read_po(lines, locale="ru", abort_invalid=True)
    for message in catalog:
        if not message.id:
            continue
        plural = isinstance(message.id, tuple)
        assert not message.fuzzy, message.id
        strings = message.string if plural else (message.string,)
        assert len(strings) == (3 if plural else 1), message.id
        source = message.id[1] if plural else message.id
        wanted = set(PLACEHOLDER.findall(source))
        for text in strings:
            # A plural form may leave its number out ("one file"), but may not invent a name.
            found = set(PLACEHOLDER.findall(text))
            assert found <= wanted if plural else found == wanted, message.id


@pytest.mark.parametrize(
    ("name", "source", "texts"),
    [
        ("a.py", 'from x import gettext as _\n_("Save")\nngettext("%(n)s a", "%(n)s b", 2)',
         {"Save", "%(n)s a"}),
        ("b.py", 'pgettext("verb", "Open")\nlabel = gettext_lazy("Name")', {"Open", "Name"}),
        ("c.html", "{% load i18n %}<p>{% translate 'Close' %}</p>{% blocktranslate trimmed %}\n"
         " Two\n words {{ x }}\n{% endblocktranslate %}", {"Close", "Two words %(x)s"}),
        ("d.html", '{% translate "Cut" as cut %}{{ _("Paste") }}', {"Cut", "Paste"}),
        ("e.html", "<p>plain</p>", set()),
    ],
)  # fmt: skip
def test_texts_are_found(tmp_path, name, source, texts):
    path = tmp_path / name
    path.write_text(source)
    assert {text for _, (_, text) in merge.texts_of(path)} == texts


def test_contradiction_and_broken_placeholder_are_named(tmp_path):
    parts = tmp_path / "ru" / "parts"
    parts.mkdir(parents=True)
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
    (parts / "a.po").write_text(head + 'msgid "Open"\nmsgstr "Открыть"\n')
    (parts / "b.po").write_text(head + 'msgid "Open"\nmsgstr "Открыт"\n')
    with pytest.raises(merge.PartError, match=r"b\.po.*already 'Открыть'"):
        merge.merge(tmp_path / "ru")
    (parts / "b.po").write_text(head + '#, python-format\nmsgid "%(n)s x"\nmsgstr "%(m)s x"\n')
    with pytest.raises(merge.PartError, match=r"b\.po"):
        merge.merge(tmp_path / "ru")
    (parts / "b.po").write_text(head + 'msgctxt "state"\nmsgid "Open"\nmsgstr "Открыт"\n')
    assert merge.merge(tmp_path / "ru").get("Open", "state").string == "Открыт"
