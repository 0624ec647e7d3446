"""What a list of quick replies starts with. Texts become data in the language of its maker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Text = str | Promise
HIDDEN = {"show_in_list": False}

#: Code → the language in itself: whoever answers in it knows the word.
LANGUAGES: Mapping[str, str] = {
    "ru": "Русский", "en": "English", "kk": "Қазақша", "be": "Беларуская", "uz": "Oʻzbekcha",
    "ky": "Кыргызча", "hy": "Հայերեն", "de": "Deutsch", "zh": "中文",
}  # fmt: skip


@dataclass(frozen=True)
class Preset:
    """A field; `given` are `create_field`'s keys."""

    role: str
    code: str
    type: str
    name: Text
    hint: Text = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    given: Mapping[str, Any] = field(default_factory=dict)


def language_options() -> list[dict[str, Any]]:
    return [{"id": None, "name": name, "color": "grey"} for name in LANGUAGES.values()]


FIELDS: Sequence[Preset] = (
    Preset(
        "text", "TEXT", "string", _("Text"),
        _("Places like {{client.name|dear customer}} are filled when the reply is inserted."),
        {"rows": 6}, {"required": True},
    ),
    Preset(
        "code", "CODE", "string", _("Short code"),
        _("Typed after a slash in the chat: /price"), {"rows": 1}, {"unique": True},
    ),
    Preset("files", "FILES", "file", _("Files"), given={"multiple": True}),
    Preset(
        "languages", "LANGUAGES", "list", _("Languages"),
        _("Replies in the customer’s language come first."),
        {"look": "select"}, {"multiple": True, **HIDDEN},
    ),
    Preset(
        "lines", "LINES", "chat_line", _("For the lines"), _("None means all."),
        given={"multiple": True},
    ),
)  # fmt: skip

CAPTIONS: Mapping[str, Text] = {
    "element_name": _("Quick reply"),
    "elements_name": _("Quick replies"),
    "element_add": _("Add a reply"),
    "section_name": pgettext_lazy("of replies", "Category"),
    "sections_name": pgettext_lazy("of replies", "Categories"),
    "section_add": _("Add a category"),
}


@dataclass(frozen=True)
class Example:
    code: str
    name: Text
    text: Text


#: Category → its replies.
CATEGORIES: Mapping[Text, Sequence[Example]] = {
    _("Greeting"): (
        Example("hi", _("Greeting by name"), _(
            "{{greeting}}, {{client.name|dear customer}}! My name is {{operator.first_name}}, "
            "how can I help you?")),
        Example("wait", _("One minute, please"), _(
            "Thank you for waiting! I am checking this and will be back in a few minutes.")),
        Example("contacts", _("Asking for contacts"), _(
            "Please leave your telephone and name: we will call you back at a time that suits "
            "you.")),
    ),
    pgettext_lazy("of replies", "Delivery"): (
        Example("delivery", _("Delivery: terms and cost"), _(
            "We deliver all over the country, usually within 1–3 working days. The exact cost "
            "depends on the address: tell me the city, and I will count it.")),
        Example("track", _("Where the order is"), _(
            "Your order {{deal.number}} is on its way. I will send its tracking number in this "
            "chat.")),
        Example("pickup", _("Collecting the order yourself"), _(
            "You can collect the order yourself, free of charge, on working days from 9 to 18. "
            "Take a document and the number of the order with you.")),
    ),
    pgettext_lazy("of replies", "Payment"): (
        Example("pay", _("Ways to pay"), _(
            "You can pay by card on the site, by bank transfer on an invoice, or when you receive "
            "the order.")),
        Example("invoice", _("Invoice for a company"), _(
            "For an invoice please send the company’s INN and an e-mail address: the invoice "
            "will come within an hour.")),
        Example("refund", _("Return and refund"), _(
            "A product can be returned within 14 days. The money comes back the way it was paid, "
            "within 10 days.")),
    ),
    pgettext_lazy("of a conversation", "Closing"): (
        Example("thanks", _("Thanks for writing"), _(
            "Thank you for writing to us! Have I answered all your questions?")),
        Example("bye", _("Goodbye"), _(
            "Have a good day, {{client.name|dear customer}}! We are always glad to help.")),
    ),
}  # fmt: skip
