"""Incoming webhooks: strangers' messages that start processes, and secrets for outgoing ones."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from staff.models import Employee
from staff.services.audit import record
from svod.base.errors import Forbidden, Invalid, NotFound
from svod.base.limits import limit
from svod.base.vault import VaultError, ring
from workflows.models import Hook, Instance, Template, Trigger, WebhookSecret
from workflows.parameters import declared_fields
from workflows.services.instances import start
from workflows.services.templates import open_template
from workflows.webhook_secrets import context_of

TOKEN_BYTES = 32
A_MINUTE = 60
TOLERANCE = timedelta(minutes=5)
MAX_KEY, MAX_NAME = 200, 64
ELEMENT = "ELEMENT_ID"


@dataclass(frozen=True)
class Message:
    """What came in: values by name, the body as it was, headers with names in lower case."""

    values: Mapping[str, Any]
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


def create_hook(template_id: int, *, actor: Employee, signed: bool = False) -> tuple[str, str]:
    """Give the template an address, or a new one: the old token is dead at once.

    Returns the token and, with `signed`, the secret of its signatures; neither is ever shown
    again. Raises NotFound, Forbidden, Invalid (there is no trigger "webhook").
    """
    with transaction.atomic():
        template = open_template(template_id, actor=actor, lock=True)
        if not template.triggers.filter(event=Trigger.Event.WEBHOOK).exists():
            told = _("Publish the process with “By an incoming webhook” among what starts it.")
            raise Invalid({"hook": [told]})
        token, secret = secrets.token_urlsafe(TOKEN_BYTES), secrets.token_urlsafe(TOKEN_BYTES)
        sealed = ring().seal(secret, context=context_of(template.pk)) if signed else ""
        Hook.objects.update_or_create(
            template=template,
            defaults={"token_hash": hash_of(token), "secret": sealed, "created_by": actor},
        )
        _record("hook.created", template, actor)
    return token, secret if signed else ""


def delete_hook(template_id: int, *, actor: Employee) -> None:
    """Take the address away. Raises NotFound, Forbidden."""
    with transaction.atomic():
        template = open_template(template_id, actor=actor, lock=True)
        if Hook.objects.filter(template=template).delete()[0]:
            _record("hook.deleted", template, actor)


def set_webhook_secret(template_id: int, name: str, value: str, *, actor: Employee) -> None:
    """Keep a secret that steps use by its name; an empty value takes it away. Never shown again.

    Raises NotFound, Forbidden, Invalid.
    """
    if not name.strip() or len(name) > MAX_NAME:
        raise Invalid({"name": [_("Enter a name.")]})
    with transaction.atomic():
        template = open_template(template_id, actor=actor, lock=True)
        rows = WebhookSecret.objects.filter(template=template, name=name)
        if not value:
            rows.delete()
        else:
            sealed = ring().seal(value, context=context_of(template.pk))
            WebhookSecret.objects.update_or_create(
                template=template, name=name, defaults={"sealed": sealed}
            )
        _record("hook.secret_set", template, actor)


def secret_names(template_id: int, *, actor: Employee) -> list[str]:
    """Names of the template's secrets. Raises NotFound, Forbidden."""
    template = open_template(template_id, actor=actor)
    rows = WebhookSecret.objects.filter(template=template).order_by("name")
    return list(rows.values_list("name", flat=True))


def receive(token: str, message: Message, *, now: datetime | None = None) -> Instance:
    """Start the hook's template with what came in, in the name of its service employee or maker.

    Under one `idempotency-key` it starts once. Raises NotFound, Forbidden (signature, deactivated
    employee), TooOften, Invalid (parameters), DomainError (paused, not published).
    """
    now = now or timezone.now()
    hook = _hook(token)
    limit(f"hook:{hook.pk}", A_MINUTE)
    _check_signature(hook, message, now)
    starter = hook.template.service_employee or hook.template.created_by
    if starter is None or not starter.is_active:
        raise Forbidden(_("The employee in whose name the process works was deactivated."))
    subject_id, parameters = _given(hook.template, message.values)
    instance = start(
        hook.template,
        actor=starter,
        subject_id=subject_id,
        parameters=parameters,
        start_key=_start_key(hook, message),
        now=now,
    )
    Hook.objects.filter(pk=hook.pk).update(used_at=now)
    return instance


def hash_of(token: str) -> str:
    """A token has 256 random bits, so a plain hash is as good as a slow one."""
    return hashlib.sha256(token.encode()).hexdigest()


def _hook(token: str) -> Hook:
    """A template that does not listen to webhooks (any more) has none."""
    rows = Hook.objects.select_related("template__service_employee", "template__created_by")
    rows = rows.select_related("template__list", "template__active_version")
    hook = rows.filter(token_hash=hash_of(token), template__deleted_at=None).first()
    event = Trigger.Event.WEBHOOK
    if hook is None or not hook.template.triggers.filter(event=event).exists():
        raise NotFound
    return hook


def _check_signature(hook: Hook, message: Message, now: datetime) -> None:
    """As standardwebhooks.com describes it: `v1,` and HMAC-SHA256 over id, time and body."""
    if not hook.secret:
        return
    try:
        secret = ring().open(hook.secret, context=context_of(hook.template_id))
    except VaultError as error:
        raise Forbidden(_("The signature does not fit.")) from error
    number, at = message.headers.get("webhook-id", ""), message.headers.get("webhook-timestamp", "")
    fresh = at.isdecimal() and abs(now.timestamp() - int(at[:12])) <= TOLERANCE.total_seconds()
    words = f"{number}.{at}.".encode() + message.body
    right = base64.b64encode(hmac.digest(secret.encode(), words, "sha256")).decode()
    given = message.headers.get("webhook-signature", "").split()
    fits = any(hmac.compare_digest(one.encode(), f"v1,{right}".encode()) for one in given)
    if not (fresh and fits):
        raise Forbidden(_("The signature does not fit."))


def _given(template: Template, values: Mapping[str, Any]) -> tuple[int | None, dict[str, Any]]:
    """The element's number and the declared parameters; what else came is nobody's."""
    element = values.get(ELEMENT)
    if element is not None and not str(element).isdecimal():
        raise Invalid({ELEMENT: [_("Enter a whole number.")]})
    version = template.active_version
    declared = declared_fields(version.tree.get("parameters", ()) if version else ())
    known = {name: value for name, value in values.items() if name in declared}
    return (int(element) if element is not None else None), known


def _start_key(hook: Hook, message: Message) -> str | None:
    key = message.headers.get("idempotency-key") or message.headers.get("webhook-id")
    return f"hook:{hook.template_id}:{hash_of(key[:MAX_KEY])}" if key else None


def _record(event: str, template: Template, actor: Employee) -> None:
    record(event, actor=actor, subject=f"template:{template.pk}", subject_name=template.name)
