"""What every kind of channel keeps: in once, out in order, at least once, refused and told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone

from openlines.chat_channels.base import ChannelSettings, channel_kinds
from openlines.models import Message
from openlines.services import desk, sending
from tests.openlines.chat_world import chat
from tests.openlines.rigs import RIGS, Rig, rigged

pytestmark = pytest.mark.django_db
SENT = [kind.slug for kind in channel_kinds if not kind.is_pulled]


@pytest.fixture
def rig(request: Any, settings: Any, tmp_path: Any, in_one_thread: None) -> Iterator[Rig]:
    cache.clear()
    settings.MEDIA_ROOT = tmp_path
    with rigged(request.param, chat(), settings) as made:
        yield made


def every(slugs: list[str]) -> Any:
    return pytest.mark.parametrize("rig", slugs, indirect=True)


def answer(rig: Rig, *texts: str) -> None:
    for text in texts:
        desk.say(rig.world.conversation(customer_of(rig)).pk, text, actor=rig.world.anna)


def customer_of(rig: Rig) -> str:
    return str(rig.channel.customers.get().external_id)


def send_all(later: int = 0) -> None:
    while sending.send_due(timezone.now() + timedelta(seconds=later)):
        pass


def test_every_kind_has_its_other_side_in_the_tests() -> None:
    assert set(RIGS) == set(channel_kinds.slugs())


@every(channel_kinds.slugs())
def test_what_comes_twice_is_one_message(rig: Rig) -> None:
    for text, key in [("Раз", "a"), ("Два", "b"), ("Раз", "a"), ("Два", "b"), ("Три", "c")]:
        rig.comes(text, key)
    said = Message.objects.filter(kind="customer").order_by("seq")
    assert [one.text.strip() for one in said] == ["Раз", "Два", "Три"]
    assert rig.channel.customers.count() == 1


@every(channel_kinds.slugs())
def test_answers_come_in_their_order(rig: Rig) -> None:
    rig.comes("Здравствуйте", "a")
    answer(rig, *(f"Ответ {number}" for number in range(4)))
    send_all()
    assert rig.got() == [f"Ответ {number}" for number in range(4)]
    assert not Message.objects.exclude(state="sent").exists()


@every(SENT)
def test_a_server_that_was_away_gets_all_in_order(rig: Rig) -> None:
    rig.comes("Здравствуйте", "a")
    rig.fail_once()
    answer(rig, "Первый", "Второй")
    send_all()
    assert rig.got() == []
    rig.work_again()
    send_all(later=3)
    assert rig.got() == ["Первый", "Второй"]


@every(SENT)
def test_what_is_never_taken_is_told_to_the_operator(rig: Rig, client: Any) -> None:
    rig.comes("Здравствуйте", "a")
    rig.refuse()
    answer(rig, "Никогда")
    send_all()
    message = Message.objects.get(text="Никогда")
    assert message.state == "failed"
    assert message.error
    client.force_login(rig.world.anna)
    page = client.get(f"/chat/{message.conversation_id}/").content.decode()
    assert "is-failed" in page
    assert not Message.objects.filter(conversation__send_at__isnull=False).exists()


@every(SENT)
def test_a_sender_that_dies_leaves_the_answer_to_others(rig: Rig, monkeypatch: Any) -> None:
    rig.comes("Здравствуйте", "a")
    answer(rig, "Раз", "Два")
    with monkeypatch.context() as killed:
        killed.setattr(sending, "_send", lambda pk: None)  # leased, and never heard of again
        sending.send_due()
    send_all()
    assert rig.got() == []  # the lease holds
    send_all(later=61)
    assert rig.got() == ["Раз", "Два"]


@pytest.mark.parametrize("slug", channel_kinds.slugs())
def test_forms_say_what_they_want_and_keep_no_secret(slug: str) -> None:
    kind = channel_kinds.get(slug)
    form = kind.SettingsForm({})
    assert isinstance(form, ChannelSettings)
    assert kind.label
    assert kind.icon
    for name, field in form.fields.items():
        assert field.label, name
    secret = form.fields.get("secret")
    if secret is not None:
        assert secret.widget.input_type == "password"
        assert "qwerty123456" not in str(kind.SettingsForm({"secret": "qwerty123456"})["secret"])
        assert not kind.SettingsForm({}, keeps_secret=True).fields["secret"].required
