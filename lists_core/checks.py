"""Checks at start: the keys of secret fields are there and are the right ones, and the database
knows what a letter is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import DatabaseError, connection, transaction

from lists_core.field_types.secret import context_of
from lists_core.selectors.secrets import Store, stores
from svod.base import vault
from svod.base.vault import VaultError

HINT = "See docs/how-to/secrets.md. Nothing was changed: set the right SVOD_SECRET_KEYS."
LOOKED_AT = 20
NO_LETTERS = "Its LC_CTYPE is C: no index finds parts of Russian words in this database."


@register(Tags.security)
def check_keys(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """The ring can be read, and in production it is not empty."""
    try:
        if vault.ring().keys or not settings.PRODUCTION:
            return []
    except VaultError as error:
        return [Error(str(error), hint=HINT, id="svod.E101")]
    return [Error("There are no keys for secret fields.", hint=HINT, id="svod.E102")]


@register(Tags.database)
def check_secrets(app_configs: Any, databases: Sequence[str] | None, **kwargs: Any) -> list[Error]:
    """Some secrets of every field open: lost or exchanged keys are told before anybody works."""
    if not databases:
        return []
    try:
        with transaction.atomic():
            wrong = sorted({reason for store in stores() for reason in _wrong(store)})
    except DatabaseError:  # the tables are still to be made
        return []
    return [Error(reason, hint=HINT, id="svod.E103") for reason in wrong]


@register(Tags.database)
def check_letters(
    app_configs: Any, databases: Sequence[str] | None, **kwargs: Any
) -> list[CheckMessage]:
    """Trigrams are made of what LC_CTYPE calls letters (svod/embedded/letters.py)."""
    if not databases:
        return []
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT cardinality(show_trgm('ё')) > 0")
            known = cursor.fetchone()
    except DatabaseError:  # the extension is still to be made
        return []
    hint = "See docs/how-to/upgrade.md."
    return [] if known and known[0] else [Warning(NO_LETTERS, hint=hint, id="svod.W104")]


def _wrong(store: Store) -> Iterator[str]:
    """Why the oldest and the newest secrets of a column do not open."""
    context = context_of(store.field.field)
    for order in ("pk", "-pk"):
        for token in store.filled.order_by(order).values_list(store.column, flat=True)[:LOOKED_AT]:
            try:
                vault.ring().open(token, context=context)
            except VaultError as error:
                yield str(error)
