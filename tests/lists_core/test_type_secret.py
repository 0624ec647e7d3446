"""Secret: what is particular to the type. What no page gives away is in tests/access."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.base import CommandError, SystemCheckError
from django.db import connection
from django.test import Client
from django.urls import reverse

from lists_core.field_types.base import field_types
from lists_core.field_types.secret import MASK, Sealed, context_of
from lists_core.models import ElementVersion, Field, TypeChange
from lists_core.schema.cache import schema_of
from lists_core.selectors.secrets import stores
from lists_core.services import bulk, copies, elements, fields, secrets, type_changes
from lists_core.services.type_changes import Target
from svod.base import vault
from svod.base.errors import Invalid, NotFound
from tests.lists_core.one_field import OneField

pytestmark = pytest.mark.django_db
CANARY = "canary-Zq7-пароль"


@pytest.fixture
def one(db: None) -> OneField:
    return OneField.make("secret")


def token(one: OneField, row: Any) -> str:
    return str(vars(again(one, row))[one.field.main_column])


def again(one: OneField, row: Any) -> Any:
    one.list.refresh_from_db()
    return schema_of(one.list).model.objects.get(pk=row.pk)


def told(one: OneField, row: Any) -> str:
    return secrets.reveal(one.list.pk, row.pk, one.field.field.pk, actor=one.actor)


def two_keys(settings: Any) -> tuple[str, str]:
    """The keys of today, then a new one before the old."""
    before = settings.SVOD_SECRET_KEYS.strip()
    settings.SVOD_SECRET_KEYS = f"{vault.new_key()},{before}"
    return before, settings.SVOD_SECRET_KEYS


# --- keeping ------------------------------------------------------------------------------


def test_the_table_keeps_the_sealed_text(one: OneField) -> None:
    row = one.add(CANARY)
    assert CANARY not in token(one, row)
    assert token(one, row).startswith(f"v1.{vault.ring().current}.")
    assert vault.ring().open(token(one, row), context=context_of(one.field.field)) == CANARY
    assert told(one, row) == CANARY


def test_history_tells_that_and_not_what(one: OneField) -> None:
    row = one.add(CANARY)
    elements.update_element(one.list.pk, row.pk, {"F": "other"}, version=1, actor=one.actor)
    elements.update_element(one.list.pk, row.pk, {"F": None}, version=2, actor=one.actor)
    changes = ElementVersion.objects.order_by("pk").values_list("changes", flat=True)
    key = one.field.key
    assert [change[key] for change in changes] == [[None, MASK], [MASK, MASK], [MASK, None]]


def test_elements_with_one_secret_do_not_look_alike(one: OneField) -> None:
    value = one.field.clean("same")
    rows = [one.add(value), one.add(value)]
    assert token(one, rows[0]) != token(one, rows[1])
    assert {told(one, row) for row in rows} == {"same"}


def test_a_kept_secret_is_not_written_elsewhere(one: OneField) -> None:
    kept = one.field.read(again(one, one.add(CANARY)))
    with pytest.raises(Invalid):
        one.add(kept)


def test_a_secret_moved_into_another_field_does_not_open(one: OneField) -> None:
    row = one.add(CANARY)
    other = fields.create_field(one.list.pk, "secret", actor=one.actor, name="Б", code="G")
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE list_{one.list.pk} SET {other.column} = {one.field.main_column}")
    with pytest.raises(secrets.Unreadable):
        secrets.reveal(one.list.pk, row.pk, other.pk, actor=one.actor)


@pytest.mark.parametrize("given", [{"unique": True}, {"multiple": True}, {"default": "x"}])
def test_what_a_secret_field_cannot_be(one: OneField, given: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as caught:
        fields.create_field(one.list.pk, "secret", actor=one.actor, name="Б", code="G", **given)
    assert set(caught.value.errors) == set(given)


# --- not carried anywhere -----------------------------------------------------------------


def test_a_copied_element_begins_without_secrets(one: OneField, client: Client) -> None:
    row = one.add(CANARY)
    copy = elements.copy_element(one.list.pk, row.pk, actor=one.actor)
    assert token(one, copy) == "None"
    client.force_login(one.actor)
    url = f"{reverse('element_add', args=[one.list.pk])}?copy={row.pk}"
    client.post(url, {"NAME": "copied by the form"})
    made = schema_of(one.list).model.objects.get(name="copied by the form")
    assert token(one, made) == "None"


def test_a_copied_list_begins_without_secrets(one: OneField) -> None:
    one.add(CANARY)
    target = copies.copy_list(one.list.pk, actor=one.actor, with_elements=True)
    schema = schema_of(target)
    assert [schema["F"].read(row) for row in schema.model.objects.all()] == [None]


def test_many_elements_never_get_one_secret(one: OneField, client: Client) -> None:
    row = one.add(CANARY)
    with pytest.raises(Invalid):
        bulk.bulk_update(one.list.pk, [row.pk], {"F": "x"}, actor=one.actor)
    client.force_login(one.actor)
    page = client.get(reverse("list_bulk_edit", args=[one.list.pk]), {"ids": row.pk})
    assert 'value="F"' not in page.content.decode()


def test_a_cell_of_the_grid_is_not_edited(one: OneField, client: Client) -> None:
    row = one.add(CANARY)
    client.force_login(one.actor)
    url = reverse("list_cell", args=[one.list.pk, row.pk, "F"])
    assert client.get(url).status_code == 403
    assert client.post(url, {"version": 1, "value": ""}).status_code == 403
    assert told(one, row) == CANARY


# --- the form -----------------------------------------------------------------------------


def edit(one: OneField, client: Client, row: Any, **sent: Any) -> Any:
    client.force_login(one.actor)
    url = reverse("element_edit", args=[one.list.pk, row.pk])
    return client.post(url, {"NAME": "x", "version": again(one, row).version, **sent})


def test_an_empty_control_keeps_the_secret_and_its_seal(one: OneField, client: Client) -> None:
    row = one.add(CANARY)
    before = token(one, row)
    assert edit(one, client, row, NAME="renamed", F="").status_code == 302
    assert again(one, row).name == "renamed"
    assert token(one, row) == before


def test_typing_replaces_and_the_box_clears(one: OneField, client: Client) -> None:
    row = one.add(CANARY)
    edit(one, client, row, F="  with spaces ")
    assert told(one, row) == "  with spaces "
    edit(one, client, row, **{"F": "", "F-clear": "on"})
    with pytest.raises(NotFound):
        told(one, row)


def test_a_required_secret_is_kept_but_not_cleared(one: OneField, client: Client) -> None:
    row = one.add(CANARY)
    one.change(required=True)
    assert edit(one, client, row, NAME="renamed", F="").status_code == 302
    assert edit(one, client, row, **{"F": "", "F-clear": "on"}).status_code == 422
    assert told(one, row) == CANARY


def test_an_error_never_sends_the_typed_secret_back(one: OneField, client: Client) -> None:
    row = one.add("first")
    page = edit(one, client, row, NAME="", F=CANARY)
    assert page.status_code == 422
    html = page.content.decode()
    assert CANARY not in html
    assert "заново" in html
    assert told(one, row) == "first"


def test_a_conflict_shows_masks_and_asks_to_type_again(one: OneField, client: Client) -> None:
    row = one.add("first")
    elements.update_element(one.list.pk, row.pk, {"F": "theirs-secret"}, version=1, actor=one.actor)
    page = edit(one, client, row, version=1, F=CANARY)
    html = page.content.decode()
    assert page.status_code == 409
    assert not [word for word in (CANARY, "theirs-secret", "v1.") if word in html]
    assert "Секреты, которые нужно ввести" in html
    assert edit(one, client, row, F=CANARY).status_code == 302
    assert told(one, row) == CANARY


def test_a_write_elsewhere_leaves_the_newer_secret(one: OneField, client: Client) -> None:
    row = one.add("first")
    elements.update_element(one.list.pk, row.pk, {"F": "newer"}, version=1, actor=one.actor)
    assert edit(one, client, row, version=1, NAME="mine", F="").status_code == 302
    assert told(one, row) == "newer"


# --- a change of type ---------------------------------------------------------------------


def test_a_string_becomes_a_secret_and_leaves_the_history_at_the_end() -> None:
    one = OneField.make("string")
    rows = [one.add(CANARY), one.add(CANARY)]
    old = one.field
    elements.update_element(one.list.pk, rows[0].pk, {"F": "two"}, version=1, actor=one.actor)
    change = type_changes.change_type(old.field.pk, Target("secret", False, {}), actor=one.actor)
    assert [told(one, row) for row in rows] == ["two", CANARY]
    assert CANARY in str(list(ElementVersion.objects.values_list("changes", flat=True)))
    type_changes.confirm_type_change(change.field.list_id, change.pk, actor=one.actor)
    kept = list(ElementVersion.objects.values_list("changes", flat=True))
    assert CANARY not in str(kept)
    assert all("name" in change for change in kept if len(change))
    assert [told(one, row) for row in rows] == ["two", CANARY]


def test_another_type_keeps_its_history_at_the_end() -> None:
    one = OneField.make("string")
    one.add("12")
    change = type_changes.change_type(
        one.field.field.pk, Target("number", False, {}), actor=one.actor
    )
    type_changes.confirm_type_change(change.field.list_id, change.pk, actor=one.actor)
    assert "'12'" in str(list(ElementVersion.objects.values_list("changes", flat=True)))


@pytest.mark.parametrize("kind", ["string", "html", "secret"])
def test_a_secret_becomes_nothing_else(one: OneField, client: Client, kind: str) -> None:
    one.add(CANARY)
    field = one.field.field
    for call in (type_changes.change_type, type_changes.preview_type_change):
        with pytest.raises(Invalid):
            call(field.pk, Target(kind, False, {}), actor=one.actor)
    client.force_login(one.actor)
    url = reverse("field_type", args=[one.list.pk, field.pk])
    assert client.post(url, {"type": kind}).status_code == 422
    assert Field.objects.get(pk=field.pk).type == "secret"


# --- keys ---------------------------------------------------------------------------------


def test_a_new_key_comes_into_every_secret(one: OneField, settings: Any) -> None:
    rows = [one.add(f"{CANARY}-{number}") for number in range(3)]
    elements.delete_elements(one.list.pk, [rows[2].pk], actor=one.actor)
    gone = fields.create_field(one.list.pk, "secret", actor=one.actor, name="Б", code="G")
    elements.create_element(one.list.pk, {"NAME": "y", "G": "in the bin"}, actor=one.actor)
    fields.delete_field(gone.pk, actor=one.actor)
    _before, after = two_keys(settings)
    versions = [again(one, row).version for row in rows]
    assert secrets.rotate_secrets() == secrets.Rotation(rotated=4)
    assert secrets.rotate_secrets() == secrets.Rotation(current=4)
    settings.SVOD_SECRET_KEYS = after.split(",")[0]
    assert [told(one, row) for row in rows[:2]] == [f"{CANARY}-0", f"{CANARY}-1"]
    assert [again(one, row).version for row in rows] == versions
    tokens = [sealed for store in stores() for _pk, sealed in store.tokens(0, 100)]
    assert len(tokens) == 4
    assert all(vault.ring().is_current(sealed) for sealed in tokens)


def test_secrets_kept_beside_a_changed_field_are_sealed_anew(one: OneField, settings: Any) -> None:
    """No service makes such a change today; what an older portal kept must not be lost."""
    row = one.add(CANARY)
    field = one.field.field
    TypeChange.objects.create(
        field=field, type="secret", column=field.column, multiple=False, unique=False
    )
    Field.objects.filter(pk=field.pk).update(type="string", column="name")
    two_keys(settings)
    assert secrets.rotate_secrets().rotated == 1
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {field.column} FROM list_{one.list.pk}")
        sealed = cursor.fetchone()[0]
    assert vault.ring().is_current(sealed)
    assert vault.ring().open(sealed, context=context_of(field)) == CANARY
    assert row.pk


def test_what_does_not_open_is_left_alone_and_counted(
    one: OneField, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    row = one.add(CANARY)
    before, sealed = settings.SVOD_SECRET_KEYS, token(one, row)
    settings.SVOD_SECRET_KEYS = vault.new_key()
    with pytest.raises(CommandError, match="1 secrets"):
        call_command("rotate_secrets")
    assert token(one, row) == sealed
    settings.SVOD_SECRET_KEYS = before
    call_command("rotate_secrets")
    printed = capsys.readouterr().out
    assert "0 encrypted anew, 1 had the key, 0 failed" in printed
    assert told(one, row) == CANARY


def test_f34_a_lost_key_stops_the_start(one: OneField, settings: Any) -> None:
    row = one.add(CANARY)
    sealed, before = token(one, row), settings.SVOD_SECRET_KEYS
    call_command("check", "--database", "default")
    settings.SVOD_SECRET_KEYS = vault.new_key()
    with pytest.raises(SystemCheckError, match="E103"):
        call_command("prepare", no_demo=True, verbosity=0)
    key_id = vault.parse(before).current
    settings.SVOD_SECRET_KEYS = f"{key_id}:{vault.new_key().split(':')[1]}"
    with pytest.raises(SystemCheckError, match="does not open"):
        call_command("check", "--database", "default")
    with pytest.raises(secrets.Unreadable):
        told(one, row)
    assert token(one, row) == sealed


@pytest.mark.parametrize(("keys", "code"), [("", "E102"), ("nonsense", "E101")])
def test_f34_production_does_not_start_without_keys(settings: Any, keys: str, code: str) -> None:
    settings.PRODUCTION, settings.SVOD_SECRET_KEYS = True, keys
    with pytest.raises(SystemCheckError, match=code):
        call_command("check")


def test_without_keys_a_form_tells_so(one: OneField, settings: Any) -> None:
    settings.SVOD_SECRET_KEYS = ""
    with pytest.raises(Invalid):
        one.add(CANARY)


def test_only_secrets_are_concealed_and_the_seal_says_nothing() -> None:
    assert [kind.slug for kind in field_types if kind.concealed] == ["secret"]
    sealed = Sealed("v1.k.secret")
    assert {str(sealed), repr(sealed), f"{sealed}", f"{[sealed]}"} == {MASK, f"[{MASK}]"}
    with pytest.raises(ValidationError):
        field_types.get("secret").clean(Field(pk=1), sealed)
