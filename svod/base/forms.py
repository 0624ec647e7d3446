"""What forms of every app share."""

from __future__ import annotations

from django import forms

from svod.base.errors import Invalid


class DomainFormMixin:
    """Shows the messages of an `Invalid` at the fields they belong to."""

    fields: dict[str, forms.Field]

    def add_domain_errors(self, error: Invalid) -> None:
        for name, messages in error.errors.items():
            for message in messages:
                self.add_error(name if name in self.fields else None, message)  # type: ignore[attr-defined]


def form_error(form: forms.BaseForm) -> Invalid:
    """What is wrong with a form that no page draws: raise it."""
    return Invalid({name: [str(text) for text in texts] for name, texts in form.errors.items()})
