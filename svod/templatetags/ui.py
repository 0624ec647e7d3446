"""`{% load ui %}`: icons, avatars, form fields and pages, drawn one way everywhere."""

from __future__ import annotations

from functools import lru_cache
from typing import Any
from zlib import crc32

from django import forms, template
from django.core.paginator import Page
from django.forms import BaseForm, BoundField
from django.http import HttpRequest, QueryDict
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from svod.base.looks import TONES
from svod.shell import address

register = template.Library()

CLASSES: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.CheckboxSelectMultiple, ""),
    (forms.RadioSelect, ""),
    (forms.CheckboxInput, "form-check-input"),
    (forms.Select, "form-select"),
    (forms.Textarea, "form-control"),
    (forms.widgets.Input, "form-control"),
)


@register.simple_tag
def icon(name: str, *, size: str = "", label: str = "", css: str = "") -> SafeString:
    """An icon from the sprite; decoration unless `label` says what it means.

    `size` is "sm", "lg" or "xl"; names are those of tabler.io/icons.
    """
    return _drawn(str(name), str(size), str(label), str(css), static("icons.svg"))


@lru_cache(maxsize=2000)
def _drawn(name: str, size: str, label: str, css: str, sprite: str) -> SafeString:
    """A page has dozens of the same few."""
    classes = " ".join(part for part in ("icon", size and f"icon-{size}", css) if part)
    says = (
        format_html('role="img" aria-label="{}"', label)
        if label
        else SafeString('aria-hidden="true"')
    )
    return format_html(
        '<svg class="{}" {} focusable="false"><use href="{}#{}"></use></svg>',
        classes, says, sprite, name,
    )  # fmt: skip


@register.simple_tag
def url_if(name: str) -> str:
    """The address of a page, or an empty string when no app serves that name."""
    return address(name)


@register.inclusion_tag("components/avatar.html")
def avatar(person: Any, size: str = "") -> dict[str, Any]:
    """A photo, or initials on a tone that stays with the person; `size` is sm, lg or xl."""
    return {"person": person, "size": size, "initials": initials(str(person)), "tone": tone(person)}


def initials(name: str) -> str:
    """ "Иванова Анна Петровна" -> "ИА"."""
    return "".join(word[0] for word in name.split()[:2]).upper()


def tone(person: Any) -> str:
    """One tone for one person on every page and in every process."""
    names = list(TONES)
    return names[crc32(str(getattr(person, "pk", person)).encode()) % len(names)]


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, **extra: Any) -> dict[str, Any]:
    """A whole form field: label, control, hint, errors."""
    return {"field": bound, **extra}


@register.inclusion_tag("components/fields.html")
def fields(form: BaseForm) -> dict[str, Any]:
    """Errors of the whole form, then every field of it in order."""
    return {"form": form}


@register.filter
def control(bound: BoundField) -> SafeString:
    """The control of a field with the classes and ARIA states of the portal."""
    classes = " ".join(control_classes(bound))
    attrs: dict[str, str | bool] = {"class": classes} if classes else {}
    return bound.as_widget(attrs=attrs)


def control_classes(bound: BoundField) -> list[str]:
    """The control's own classes, the portal's, and the mark of an error."""
    widget = bound.field.widget
    own = str(widget.attrs.get("class", "")).split()
    base = next((name for kind, name in CLASSES if isinstance(widget, kind)), "")
    return [*own, *([base] if base else []), *(["is-invalid"] if bound.errors else [])]


@register.filter
def is_check(bound: BoundField) -> bool:
    """One check box, drawn with its label to the right of it."""
    return isinstance(bound.field.widget, forms.CheckboxInput)


@register.simple_tag(takes_context=True)
def with_query(context: template.Context, **changes: Any) -> str:
    """This page's query string with some parameters changed; None removes one.

    `<a href="{% with_query page=2 %}">`
    """
    request: HttpRequest | None = context.get("request")
    query = request.GET.copy() if request else QueryDict(mutable=True)
    for name, value in changes.items():
        query.pop(name, None)
        if value is not None:
            query[name] = str(value)
    return f"?{query.urlencode()}"


@register.simple_tag(takes_context=True)
def pagination(context: template.Context, page: Page, *, target: str = "") -> SafeString:
    """Links to the pages around this one; with `target` htmx swaps that element instead."""
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    known = {"page": page, "numbers": numbers, "target": target, "request": context.get("request")}
    return render_to_string("components/pagination.html", known)
