"""The vault: what is sealed opens only with its key, in its place, and gives nothing away."""

from __future__ import annotations

import stat
from base64 import b64decode, b64encode
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from svod import keys
from svod.base import vault
from svod.base.vault import Damaged, KeyRing, UnknownKey, VaultError

OLD, NEW = vault.parse(f"old:{b64encode(b'o' * 32).decode()}"), vault.parse(vault.new_key())
BOTH = KeyRing({**NEW.keys, **OLD.keys})
TEXT = "correct horse battery staple"


@given(st.text(max_size=1000))
def test_what_is_sealed_opens(text: str) -> None:
    assert NEW.open(NEW.seal(text, context="f"), context="f") == text


def test_the_same_text_is_sealed_differently_each_time() -> None:
    sealed = {NEW.seal(TEXT, context="f") for _turn in range(50)}
    assert len(sealed) == 50
    assert len({b64decode(text.split(".")[2])[: vault.NONCE_BYTES] for text in sealed}) == 50


def test_the_sealed_text_holds_the_id_and_not_the_text() -> None:
    sealed = OLD.seal(TEXT, context="f")
    assert sealed.startswith("v1.old.")
    assert TEXT.encode() not in b64decode(sealed.split(".")[2])


def test_the_first_key_seals_and_every_key_opens() -> None:
    before = OLD.seal(TEXT, context="f")
    assert BOTH.open(before, context="f") == TEXT
    assert not BOTH.is_current(before)
    assert BOTH.is_current(BOTH.seal(TEXT, context="f"))
    assert vault.key_id_of(BOTH.seal(TEXT, context="f")) == NEW.current


def test_another_place_key_or_letter_does_not_open_it() -> None:
    sealed = OLD.seal(TEXT, context="field:1")
    with pytest.raises(Damaged):
        OLD.open(sealed, context="field:2")
    with pytest.raises(UnknownKey, match="old"):
        NEW.open(sealed, context="field:1")
    with pytest.raises(Damaged):
        KeyRing({"old": b"x" * 32}).open(sealed, context="field:1")


@given(st.data())
def test_a_changed_byte_is_seen(data: st.DataObject) -> None:
    version, key_id, body = OLD.seal(TEXT, context="f").split(".")
    raw = bytearray(b64decode(body))
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(Damaged):
        OLD.open(f"{version}.{key_id}.{b64encode(raw).decode()}", context="f")


@pytest.mark.parametrize("text", ["", "x", "v1", "v1.old", "v1.old.", "v1.old.%%%", "v2.old.QUFB",
                                  "v1..QUFB", "v1.old.AAAA", "v1.old.é", TEXT])  # fmt: skip
def test_what_was_never_sealed_is_refused(text: str) -> None:
    with pytest.raises(Damaged) as caught:
        OLD.open(text, context="f")
    assert TEXT not in str(caught.value)


def test_long_texts_are_refused_without_their_words() -> None:
    OLD.seal("ж" * (vault.MAX_BYTES // 2), context="f")
    with pytest.raises(VaultError) as caught:
        OLD.seal("ж" * (vault.MAX_BYTES // 2) + "!", context="f")
    assert "ж" not in str(caught.value)


TWICE = f"a:{'A' * 43}=,a:{'B' * 43}="


@pytest.mark.parametrize(
    "written", ["k", "k:", ":QUFB", "k:QUFB", f"k k:{'A' * 43}=", f"k:{'A' * 42}", TWICE]
)
def test_a_ring_that_cannot_be_read_is_told(written: str) -> None:
    with pytest.raises(VaultError) as caught:
        vault.parse(written)
    assert "AAAA" not in str(caught.value)


def test_keys_may_stand_in_lines_and_none_is_no_ring() -> None:
    one, two = vault.new_key(), vault.new_key()
    assert list(vault.parse(f" {one}\n{two},\n").keys) == [one.split(":")[0], two.split(":")[0]]
    with pytest.raises(VaultError, match="SVOD_SECRET_KEYS"):
        vault.parse("").seal(TEXT, context="f")


def test_a_ring_never_prints_its_keys() -> None:
    secret = b64encode(OLD.keys["old"]).decode()
    for shown in (repr(OLD), str(OLD), f"{OLD}"):
        assert secret not in shown
        assert "ooooo" not in shown


# --- where the keys come from ---------------------------------------------------------------


def test_the_first_process_makes_a_file_that_only_its_owner_reads(tmp_path: Path) -> None:
    made = keys.secret_keys("", "", tmp_path / "var")
    path = tmp_path / "var" / "secret-keys"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert keys.secret_keys("", "", tmp_path / "var") == made
    assert vault.parse(made).current


def test_the_environment_comes_first_and_a_named_file_next(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    path.write_text(f"{vault.new_key()}\n")
    assert keys.secret_keys("k:x", str(path), tmp_path) == "k:x"
    assert keys.secret_keys("", str(path), tmp_path) == path.read_text()
    assert not (tmp_path / "secret-keys").exists()


def test_production_makes_no_keys(tmp_path: Path) -> None:
    assert keys.secret_keys("", "", None) == ""
    with pytest.raises(OSError, match="missing"):
        keys.secret_keys("", str(tmp_path / "missing"), None)
