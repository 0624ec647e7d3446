"""A-67: no way in tells a known person from an unknown one, not by its words, not by its time.

Known and unknown are asked in turn, and the processor's own time is compared, so that other
work on the machine falls on both. `SVOD_PAIRS=200` asks so many times.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from statistics import median
from time import process_time
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from staff.models import Employee
from staff.tokens import password_tokens
from tests.access.attack_world import browser, person

pytestmark = pytest.mark.django_db
PAIRS = int(os.environ.get("SVOD_PAIRS", "12"))
HASHER = "staff.hashers.SvodArgon2PasswordHasher"
CHANGING = re.compile(r'(middlewaretoken"|csrf-token"|nonce=)[^>]*>')


@pytest.fixture
def anna(settings: Any) -> Employee:
    settings.PASSWORD_HASHERS = [HASHER]
    return person("anna")


def sign_in(name: str, number: int) -> Any:
    data = {"username": f"{name}@svod.example", "password": "wrong"}
    return Client().post(reverse("sign_in"), data, REMOTE_ADDR=address(number))


def reset(name: str, number: int) -> Any:
    data = {"email": f"{name}@svod.example"}
    return Client().post(reverse("password_reset"), data, follow=True, REMOTE_ADDR=address(number))


def set_password(name: str, number: int) -> Any:
    """The page that a letter leads to, with another person's token: well made, not theirs.

    Only a known account has something to compare it with."""
    known = Employee.objects.filter(username=name).values_list("pk", flat=True).first()
    uid = urlsafe_base64_encode(force_bytes(known or 10**6 + number))
    token = password_tokens.make_token(Employee(pk=0, username=name))
    return Client().get(reverse("password_set", args=[uid, token]))


def address(number: int) -> str:
    """A new one each time: the locks count by address."""
    return f"10.{number // 60_000}.{number // 250 % 240}.{number % 250}"


def words(response: Any, name: str = "") -> tuple[int, str]:
    """Without what was asked: the address, which pages repeat, and the name."""
    text = CHANGING.sub("", response.content.decode())
    for asked in (response.wsgi_request.path, quote(response.wsgi_request.path, safe=""), name):
        text = text.replace(asked, "ASKED") if asked else text
    return response.status_code, text


@pytest.mark.parametrize("way", [sign_in, reset, set_password])
def test_a67_known_and_unknown_read_and_take_the_same(
    anna: Employee, way: Callable[[str, int], Any]
) -> None:
    spent: dict[bool, list[float]] = {True: [], False: []}
    for number in range(PAIRS):
        said = set()
        for known in (True, False) if number % 2 else (False, True):
            name = "anna" if known else f"nobody{number}"
            begun = process_time()
            response = way(name, number * 2 + known)
            spent[known].append(process_time() - begun)
            said.add(words(response, name))
        assert len(said) == 1
    ratio = median(spent[True]) / median(spent[False])
    print(f"{way.__name__}: {PAIRS} pairs, ratio of medians {ratio:.3f}")
    assert 0.8 <= ratio <= 1.25


def test_a67_an_invitation_is_refused_alike(anna: Employee) -> None:
    """Only administrators invite; the others learn nothing of who there is."""
    invited = Employee.objects.create(username="new", email="new@svod.example")
    web, said = browser(anna), set()
    for pk in (invited.pk, anna.pk, 10**8):
        response = web.post(reverse("employee_invite", args=[pk]))
        said.add(words(response))
    assert len(said) == 1
    assert said.pop()[0] == 403
