"""Gaps that reviews found, each closed: what a person may not know is not found."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from lists_core.access import Right, may_somewhere
from lists_core.models import TypeChange
from lists_core.selectors.secured import Secured, levels
from lists_core.services import fields, type_changes
from lists_core.services.elements import create_element
from lists_core.services.lists import create_list
from lists_core.services.rights import set_element_rights, set_list_rights
from lists_core.services.secrets import reveal
from staff.models import AuditEntry
from staff.services import second_factor, sessions
from staff.subjects import AUTHOR, Subject
from svod.base.errors import Forbidden, Invalid, NotFound
from tests.access.attack_world import FULL, VIEW, World, browser, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db: None) -> World:
    return World()


@pytest.mark.parametrize("act", [type_changes.confirm_type_change, type_changes.undo_type_change])
def test_a_change_of_type_is_of_the_list_in_the_address(world: World, act: Any) -> None:
    target = type_changes.Target("url", multiple=False, settings={})
    change = type_changes.change_type(world.note.pk, target, actor=world.root)
    other = create_list(actor=world.root, name="Чужой")
    with pytest.raises(NotFound):
        act(other.pk, change.pk, actor=world.root)
    with pytest.raises(NotFound):
        act(world.list.pk, change.pk, actor=world.outsider)
    assert TypeChange.objects.filter(pk=change.pk).exists()


def test_a_link_cannot_be_made_to_a_list_that_one_does_not_see(world: World) -> None:
    designer = person("designer")
    designer.is_staff = True
    designer.save()
    own = create_list(actor=designer, name="Свой")
    hidden, absent = world.list.pk, 10**8
    told = []
    for target in (hidden, absent):
        with pytest.raises(Invalid) as refused:
            fields.create_field(
                own.pk, "element", actor=designer, name="Связь", settings={"list": target}
            )
        told.append(refused.value.errors)
    assert told[0] == told[1]
    link = fields.create_field(
        own.pk, "element", actor=designer, name="Связь", settings={"list": own.pk}
    )
    with pytest.raises(Invalid):
        fields.update_field(link.pk, actor=designer, settings={"list": hidden})


def test_a_refused_reveal_is_on_record(world: World) -> None:
    secret = world.field("secret", "KEY")
    element = world.add("Ключ", KEY="тайна")
    world.restrict(element)
    with pytest.raises(NotFound):
        reveal(world.list.pk, element.pk, secret.pk, actor=world.reader)
    entry = AuditEntry.objects.get(event="secret.refused")
    assert entry.actor == world.reader
    assert entry.subject == f"element:{world.list.pk}:{element.pk}"
    assert "тайна" not in str(entry.about)
    assert not AuditEntry.objects.filter(event="secret.revealed").exists()


def test_an_authors_right_on_an_element_is_not_everybodys(world: World) -> None:
    author, other = person("author"), person("other")
    for one in (author, other):
        world.grant(one, VIEW)
    set_list_rights(
        world.list.pk,
        {Subject("U", one.pk): rights for one, rights in
         ((author, frozenset({Right.VIEW, Right.ADD})), (other, VIEW))},
        actor=world.root,
    )  # fmt: skip
    element = create_element(world.list.pk, {"NAME": "Моё"}, actor=author)
    grants = {AUTHOR: frozenset({Right.VIEW, Right.CHANGE})}
    set_element_rights(world.list.pk, element.pk, grants, restricted=False, actor=world.root)
    assert may_somewhere(author, Right.CHANGE, world.list)
    assert not may_somewhere(other, Right.CHANGE, world.list)


def test_grants_of_an_unknown_section_that_do_not_act_are_not_told(world: World) -> None:
    keeper = person("keeper")
    world.grant_section(world.closed, world.reader, FULL, restricted=True)
    set_element_rights(
        world.list.pk, world.below.pk, {Subject("U", keeper.pk): FULL}, restricted=True,
        actor=world.root,
    )  # fmt: skip
    thing = Secured(world.list, row=world.row(world.below))
    shown = {level.kind: level for level in levels(thing, actor=keeper)}
    assert shown["section"].name == ""
    assert not shown["section"].grants


@pytest.mark.parametrize("act", [second_factor.take_off_all, sessions.end_all_of_other])
def test_administrators_help_others_not_themselves(world: World, act: Any) -> None:
    with pytest.raises(Forbidden):
        act(world.root, actor=world.root)
    with pytest.raises(Forbidden):
        act(world.root, actor=world.reader)
    act(world.reader, actor=world.root)


def test_hidden_and_absent_sections_filter_alike(world: World) -> None:
    answers = []
    for section in (world.closed.pk, 10**8):
        condition = {"and": [{"field": "SECTION", "op": "any_of", "value": [str(section)]}]}
        page = browser(world.reader).get(world.url("list"), {"filter": json.dumps(condition)})
        answers.append((page.status_code, visible_text(page).replace(str(section), "N")))
    assert answers[0] == answers[1]


def visible_text(page: Any) -> str:
    """What a person reads, without addresses and tokens."""
    text = re.sub(r"<script.*?</script>|<[^>]*>", " ", page.content.decode(), flags=re.S)
    return " ".join(text.split())
