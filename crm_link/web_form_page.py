"""What a web form asks strangers for, and how what they send is read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

from django import forms
from django.core.signing import BadSignature, SignatureExpired, TimestampSigner
from django.utils.translation import gettext as _

from crm_link.kinds import LEAD
from crm_link.models import WebForm
from crm_link.selectors.kinds import list_of
from lists_core.access import schema_for
from lists_core.schema.fields import SchemaField

#: Types whose values a stranger may give: nothing that names people, elements or files.
SAFE = frozenset({"string", "phone", "email", "url", "number", "money", "date", "boolean", "list"})
MARKS = ("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term")
LONGEST_MARK, LONGEST_URL = 255, 500
#: A person leaves it empty, for it is not shown; machines fill everything.
TRAP = "website"
OLDEST = timedelta(days=1)
SIGNER = TimestampSigner(salt="crm.web-form")


def askable(form: WebForm | None, owner: Any) -> list[SchemaField]:
    """The lead's fields that a form may ask for: those its owner may fill, of safe types."""
    schema = schema_for(owner, list_of(LEAD), new=True)
    fixed = {"STAGE", "NAME", "CONVERTED_AT", *(mark.upper() for mark in MARKS)}
    return [one for one in schema.changeable if one.type.slug in SAFE and one.code not in fixed]


def offered(form: WebForm, actor: Any) -> list[SchemaField]:
    """What the actor is offered to ask for. The fields of an owner who has left are those that the
    form had and the actor may fill: nobody else is left to be asked."""
    known = askable(form, form.owner)
    if form.owner.is_active:
        return known
    asked = {row["code"] for row in form.fields} - {one.code for one in known}
    return known + [one for one in askable(form, actor) if one.code in asked]


class PublicForm(forms.Form):
    """The controls of a web form; `values` are natural values by the code of the lead's field."""

    def __init__(self, web_form: WebForm, data: Any = None) -> None:
        super().__init__(data, prefix="f")
        self.web_form = web_form
        known = {one.code: one for one in askable(web_form, web_form.owner)}
        self.asked = [(known[row["code"]], row) for row in web_form.fields if row["code"] in known]
        for own, row in self.asked:
            control = own.type.form_field(own.field, required=bool(row.get("required")))
            control.label = row.get("label") or own.name
            control.help_text = ""
            control.widget.attrs["class"] = "wf-control"
            self.fields[own.code] = control
        if web_form.consent:
            self.fields["consent"] = forms.BooleanField(label=web_form.consent, required=True)

    @property
    def values(self) -> dict[str, Any]:
        given = {own: self.cleaned_data.get(own.code) for own, _row in self.asked}
        return {
            own.code: [value] if own.multiple else value
            for own, value in given.items()
            if value not in (None, "", [])
        }


@dataclass(frozen=True)
class Origin:
    """Where a message came from, cut to what is kept."""

    page: str = ""
    referrer: str = ""
    marks: Mapping[str, str] = field(default_factory=dict)
    visitor: UUID | None = None


def origin_of(given: Mapping[str, Any]) -> Origin:
    """From the hidden values of a form or a JSON body, all of them a stranger's."""
    page, referrer = web_address(given.get("page")), web_address(given.get("referrer"))
    marks = {name: mark for name in MARKS if (mark := _text(given.get(name), LONGEST_MARK))}
    return Origin(page, referrer, {**marks_of(page), **marks}, visitor_of(given.get("visitor")))


def marks_of(url: str) -> dict[str, str]:
    """The UTM marks in an address."""
    pairs = parse_qsl(urlsplit(url).query, max_num_fields=None)[:50]
    return {name: _text(value, LONGEST_MARK) for name, value in pairs if name in MARKS and value}


def web_address(raw: Any) -> str:
    """An address of the web, or "" for anything else: it becomes a link for employees."""
    text = _text(raw, LONGEST_URL)
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    return text if parts.scheme in {"http", "https"} and parts.hostname else ""


def visitor_of(raw: Any) -> UUID | None:
    try:
        return UUID(str(raw)[:36])
    except ValueError:
        return None


def _text(raw: Any, longest: int) -> str:
    """One line without control signs and halves of characters, which JSON may hold."""
    text = raw if isinstance(raw, str) else ""
    return re.sub(r"[\x00-\x1f\x7f\ud800-\udfff]+", " ", text).strip()[:longest]


def stamp() -> str:
    """When the form was shown, signed."""
    return SIGNER.sign("shown")


def too_quick(web_form: WebForm, stamped: str) -> bool:
    """Whether the form came back sooner than a person types, or with no stamp of ours."""
    try:
        SIGNER.unsign(stamped, max_age=OLDEST)
    except (BadSignature, SignatureExpired):
        return True
    try:
        SIGNER.unsign(stamped, max_age=web_form.min_seconds)
    except SignatureExpired:
        return False
    return web_form.min_seconds > 0


def clean_origin(text: str) -> str:
    """`https://Site.example/` → `https://site.example`. Raises ValueError for what is none."""
    parts = urlsplit(text.strip())
    plain = parts.path in {"", "/"} and not (parts.query or parts.fragment or parts.username)
    host = re.fullmatch(r"[a-z0-9.-]+(:\d{1,5})?", parts.netloc.lower(), re.ASCII)
    if parts.scheme not in {"http", "https"} or not plain or host is None:
        raise ValueError(_("Write the site as https://site.example."))
    return f"{parts.scheme}://{parts.netloc.lower()}"
