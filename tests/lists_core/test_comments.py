"""Comments: who may say what, who is told, and that nothing else changes."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lists_core.models import Comment, ElementVersion, OutboxEvent
from lists_core.services.comments import MAX_TEXT, add_comment, delete_comment, edit_comment
from lists_core.services.elements import delete_elements
from staff.models import Employee, Notification
from svod.base.errors import Forbidden, Invalid, NotFound
from tests.access.attack_world import VIEW, World, browser, person

pytestmark = pytest.mark.django_db


class Talk(World):
    """`reader` and `friend` see the list, `outsider` nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.friend = person("friend")
        self.grant_both()
        Notification.objects.all().delete()

    def grant_both(self) -> None:
        from lists_core.services.rights import set_list_rights
        from staff.subjects import Subject

        both = {Subject("U", one.pk): VIEW for one in (self.reader, self.friend)}
        set_list_rights(self.list.pk, both, actor=self.root)

    def say(self, text: str, who: Employee | None = None, row: Any = None, **more: Any) -> Comment:
        row = row or self.shown
        return add_comment(self.list.pk, row.pk, text, actor=who or self.reader, **more)


@pytest.fixture
def talk() -> Talk:
    return Talk()


def told(kind: str) -> set[str]:
    rows = Notification.objects.filter(kind=kind)
    return set(rows.values_list("employee__username", flat=True))


def test_a_mention_tells_who_sees_the_element(talk: Talk) -> None:
    text = "Посмотрите, @friend и @outsider"
    comment = talk.say(text, mentions=[talk.friend.pk, talk.outsider.pk, talk.reader.pk, 10**9])
    assert comment.mentions == [talk.friend.pk]
    assert told("mention") == {"friend"}
    row = Notification.objects.get(kind="mention")
    assert row.url == f"{talk.url('element_comments', talk.shown.pk)}#comment-{comment.pk}"
    assert (row.actor, row.body) == (talk.reader, text)
    assert "reader" in row.text
    assert "Ель" in row.text


def test_a_number_without_the_name_is_no_mention(talk: Talk) -> None:
    assert talk.say("Тихо", mentions=[talk.friend.pk]).mentions == []
    assert told("mention") == set()


def test_those_who_take_part_are_told_as_long_as_they_see_it(talk: Talk) -> None:
    talk.say("Раз")
    talk.say("Два", who=talk.friend)
    assert told("comment") == {"root", "reader"}, "whoever made it, and who spoke before"
    talk.restrict(talk.shown, talk.friend)
    Notification.objects.all().delete()
    talk.say("Три", who=talk.friend)
    assert told("comment") == {"root"}, "the reader sees it no more"


def test_who_may_not_see_it_says_nothing(talk: Talk) -> None:
    comment = talk.say("Моё")
    for who in (talk.outsider, person("gone", is_active=False)):
        with pytest.raises(NotFound):
            talk.say("!", who=who)
        with pytest.raises(NotFound):
            edit_comment(talk.list.pk, talk.shown.pk, comment.pk, "!", actor=who)
    with pytest.raises(NotFound):
        talk.say("!", row=talk.hidden)
    for wrong in ("  \n ", "x" * (MAX_TEXT + 1)):
        with pytest.raises(Invalid):
            talk.say(wrong)


def test_only_ones_own(talk: Talk) -> None:
    comment = talk.say("Моё")
    here = (talk.list.pk, talk.shown.pk, comment.pk)
    for who in (talk.friend, talk.root):
        with pytest.raises(Forbidden):
            edit_comment(*here, "!", actor=who)
        with pytest.raises(Forbidden):
            delete_comment(*here, actor=who)
    with pytest.raises(NotFound):  # of another element
        edit_comment(talk.list.pk, talk.own.pk, comment.pk, "!", actor=talk.reader)
    edit_comment(*here, "Новое @friend", actor=talk.reader, mentions=[talk.friend.pk])
    edit_comment(*here, "Ещё раз @friend", actor=talk.reader)
    comment.refresh_from_db()
    assert (comment.text, comment.mentions) == ("Ещё раз @friend", [talk.friend.pk])
    assert comment.edited_at
    assert Notification.objects.filter(kind="mention").count() == 1, "told once"
    delete_comment(*here, actor=talk.reader)
    with pytest.raises(NotFound):
        delete_comment(*here, actor=talk.reader)


def test_after_the_right_is_gone_ones_own_is_closed_too(talk: Talk) -> None:
    comment = talk.say("Моё")
    talk.restrict(talk.shown)
    with pytest.raises(NotFound):
        edit_comment(talk.list.pk, talk.shown.pk, comment.pk, "!", actor=talk.reader)
    delete_elements(talk.list.pk, [talk.own.pk], actor=talk.root)
    with pytest.raises(NotFound):
        talk.say("!", row=talk.own)


def test_the_history_is_untouched(talk: Talk) -> None:
    before = (ElementVersion.objects.count(), OutboxEvent.objects.count(), talk.row(talk.shown))
    talk.say("Слова")
    after = (ElementVersion.objects.count(), OutboxEvent.objects.count(), talk.row(talk.shown))
    assert before[:2] == after[:2]
    assert (before[2].version, before[2].modified_at) == (after[2].version, after[2].modified_at)


def test_the_tab(talk: Talk) -> None:
    web = browser(talk.reader)
    here = talk.url("element_comments", talk.shown.pk)
    assert "Комментариев пока нет" in web.get(here).content.decode()
    assert web.post(here, {"text": " "}).status_code == 422
    text = "<script>alert(1)</script> @friend"
    assert web.post(here, {"text": text, "mentions": [talk.friend.pk, "x"]}).status_code == 302
    page = web.get(here).content.decode()
    assert "&lt;script&gt;alert(1)" in page
    assert f'<a class="sv-mention" href="/people/{talk.friend.pk}/">@friend</a>' in page
    assert (
        '<span class="sv-count">1</span>'
        in web.get(talk.url("element", talk.shown.pk)).content.decode()
    )
    comment = Comment.objects.get()
    edit = talk.url("comment_edit", talk.shown.pk, comment.pk)
    assert "alert(1)" in web.get(edit, headers={"HX-Request": "true"}).content.decode()
    assert web.post(edit, {"text": ""}).status_code == 422
    assert web.post(edit, {"text": "Иначе"}).status_code == 302
    other = browser(talk.friend)
    assert edit not in other.get(here).content.decode()
    assert other.post(edit, {"text": "!"}).status_code == 403
    assert web.post(talk.url("comment_delete", talk.shown.pk, comment.pk)).status_code == 302
    assert "Иначе" not in web.get(here).content.decode()


def test_people_to_mention(talk: Talk) -> None:
    web = browser(talk.reader)
    here = talk.url("comment_people", talk.shown.pk)
    found = [one["text"] for one in web.get(here, {"q": "fri"}).json()["results"]]
    assert found == ["friend"]
    assert web.get(here, {"q": "outsider"}).json()["results"] == []
    assert web.get(talk.url("comment_people", talk.hidden.pk), {"q": ""}).status_code == 404


def test_as_many_queries_for_many_comments(talk: Talk) -> None:
    web, here, asked = browser(talk.reader), talk.url("element_comments", talk.shown.pk), []
    web.get(here)
    for count in (2, 40):
        Comment.objects.bulk_create(
            Comment(
                element_id=talk.shown.pk,
                author=talk.friend,
                text="@friend",
                mentions=[talk.friend.pk],
            )
            for _ in range(count)
        )
        with CaptureQueriesContext(connection) as queries:
            web.get(here)
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_older_ones_are_a_click_away(talk: Talk) -> None:
    made = Comment.objects.bulk_create(
        Comment(element_id=talk.shown.pk, author=talk.friend, text=f"Слово {n}.") for n in range(60)
    )
    web, here = browser(talk.reader), talk.url("element_comments", talk.shown.pk)
    page = web.get(here).content.decode()
    assert "Слово 9." not in page
    assert f"before={made[10].pk}" in page
    older = web.get(here, {"part": 1, "before": made[10].pk}).content.decode()
    assert "Слово 9." in older
    assert "Слово 10." not in older


def test_an_administrator_who_looks_on_says_nothing(talk: Talk) -> None:
    web: Client = browser(talk.root)
    session = web.session
    session["svod_look_as"] = talk.reader.pk
    session.save()
    assert web.post(talk.url("element_comments", talk.shown.pk), {"text": "!"}).status_code == 403
    assert reverse("element_comments", args=[talk.list.pk, talk.shown.pk])
    assert not Comment.objects.exists()
