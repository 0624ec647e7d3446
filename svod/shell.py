"""The shell around every page: the side menu, the theme and the texts the scripts speak."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from svod.base.registry import Registry

THEMES = ("light", "dark", "auto")
TEXTS: dict[str, str | Promise] = {
    "close": _("Close"),
    "cancel": _("Cancel"),
    "confirm": _("Confirm"),
    "confirm_title": _("Are you sure?"),
    "discard_title": _("Close without saving?"),
    "discard_text": _("What you have typed here will be lost."),
    "discard": _("Close without saving"),
    "keep": _("Go on editing"),
    "loading": _("Loading…"),
    "retry": _("Try again"),
    "load_failed": _("This could not be loaded."),
    "error_server": _("The server made a mistake. Nothing you typed is lost; try again."),
    "error_network": _("No connection to the server. Nothing you typed is lost; try again."),
    "error_timeout": _("The server did not answer in time. Try again."),
    "error_forbidden": _("You have no right to do this."),
    "error_missing": _("This no longer exists, or you may not see it."),
    "error_large": _("This is too large to be sent."),
    "error_often": _("Too many requests. Wait a little and try again."),
    "error_refused": _("The server refused this request."),
    "upload_large": _("The file is larger than %(limit)s."),
    "upload_signed_out": _("You have been signed out. Sign in and try again."),
    "upload_going": _("Uploading"),
    "upload_done": _("Uploaded"),
    "remove": _("Remove"),
    "move_up": _("Move up"),
    "moved": _("Moved to place %(place)s of %(count)s"),
    "nothing_found": _("Nothing found"),
    "type_to_search": _("Type to search"),
    "add_value": _("Add “%(name)s”"),
    "bold": _("Bold"),
    "italic": _("Italic"),
    "strike": _("Strikethrough"),
    "heading": _("Heading"),
    "bullets": _("Bulleted list"),
    "numbers": _("Numbered list"),
    "quote": _("Quotation"),
    "code": _("Code"),
    "link": _("Link"),
    "link_address": _("Link address"),
    "link_set": _("Set the link"),
    "link_remove": _("Remove the link"),
    "undo": _("Undo"),
    "redo": _("Redo"),
    "formatting": _("Formatting"),
    "map": _("Map: click to set the point, or type the coordinates below"),
    "secret_show": _("Show"),
    "secret_hide": _("Hide"),
    "secret_copy": _("Copy without showing"),
    "secret_copied": _("The secret is copied."),
    "secret_no_clipboard": _("This browser does not let the page copy. Show the secret instead."),
    "zoom_in": _("Zoom in"),
    "zoom_out": _("Zoom out"),
}


@dataclass(frozen=True, kw_only=True)
class MenuItem:
    """An entry of the side menu; `permission` is a Django permission such as "app.view_x".

    Pages below the entry's own address belong to it, and those below `under` ("/lists/").
    `count` gives the number beside it, which `count_url` draws anew when something changed, also
    on the live news `count_live` ("chat"). `shown_to` says for whom the entry is there at all.
    """

    slug: str
    label: str | Promise
    icon: str
    url_name: str
    under: str = ""
    order: int = 100
    permission: str = ""
    administrators_only: bool = False
    count: Callable[[Any], int] | None = None
    count_url: str = ""
    count_live: str = ""
    shown_to: Callable[[Any], bool] | None = None


menu: Registry[MenuItem] = Registry("menu item")
menu.register(
    MenuItem(
        slug="admin",
        label=_("Administration"),
        icon="settings",
        url_name="admin:index",
        order=900,
        administrators_only=True,
    )
)


def shell(request: HttpRequest) -> dict[str, Any]:
    """The context processor: everything that base.html needs on every page."""
    return {
        # Asked where the whole page is drawn, not with its parts.
        "side_menu": SimpleLazyObject(partial(visible_items, request)),
        "theme": chosen(request, "theme", THEMES, "auto"),
        "menu_width": chosen(request, "menu", ("wide", "narrow"), "wide"),
        "script_texts": {name: str(text) for name, text in TEXTS.items()},
    }


def chosen(request: HttpRequest, cookie: str, allowed: tuple[str, ...], default: str) -> str:
    """The value of a cookie when it is one of the known ones."""
    value = request.COOKIES.get(cookie, default)
    return value if value in allowed else default


def visible_items(request: HttpRequest) -> list[dict[str, Any]]:
    """Entries this person may open, in order, the open one marked as `current`.

    The current entry is the one to which the page's address belongs most closely, or the one
    that the view named (`svod.base.http.PortalRequest.belongs_under`).
    """
    items = [entry for item in sorted(menu, key=order) if (entry := shown(request, item))]
    path = getattr(request, "belongs_under", request.path)
    near = max(items, key=lambda entry: closeness(path, entry), default=None)
    current = near if near and closeness(path, near) else None
    return [{**entry, "current": entry is current} for entry in items]


def closeness(path: str, entry: dict[str, Any]) -> int:
    """How many letters of the page's address the entry accounts for; the root has nothing below."""
    if path == entry["url"]:
        return len(path)
    places = [place for place in (entry["url"], entry["under"]) if place not in ("", "/")]
    return max((len(place) for place in places if path.startswith(place)), default=0)


def order(item: MenuItem) -> tuple[int, str]:
    return item.order, item.slug


def shown(request: HttpRequest, item: MenuItem) -> dict[str, Any] | None:
    """The entry with its address, or None for a person who may not open it."""
    user = getattr(request, "user", None)
    if (
        user is None
        or not user.is_authenticated
        or (item.administrators_only and not user.is_superuser)
    ):
        return None
    if item.permission and not user.has_perm(item.permission):
        return None
    if item.shown_to and not item.shown_to(user):
        return None
    return {
        "slug": item.slug,
        "label": item.label,
        "icon": item.icon,
        "url": reverse(item.url_name),
        "under": item.under,
        "count": partial(item.count, user) if item.count else None,
        "count_url": address(item.count_url) if item.count_url else "",
        "count_live": item.count_live,
    }


def address(name: str) -> str:
    """The address of a page that an installation may lack, or an empty string."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
