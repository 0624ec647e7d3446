"""The looks a person may choose from: tones (CSS classes `tone-*`) and icons.

`build.mjs` puts every icon named in ICONS, and every icon that a template names, into the
sprite, so a new icon is one word here.
"""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TONES: dict[str, Promise] = {
    "grey": _("Grey"),
    "red": _("Red"),
    "orange": _("Orange"),
    "amber": _("Amber"),
    "lime": _("Lime"),
    "green": _("Green"),
    "teal": _("Teal"),
    "cyan": _("Cyan"),
    "blue": _("Blue"),
    "indigo": _("Indigo"),
    "purple": _("Purple"),
    "pink": _("Pink"),
}

ICONS: tuple[str, ...] = (
    "list-details", "table", "folder", "archive", "box", "briefcase", "building",
    "building-factory-2", "building-store", "building-warehouse", "home", "map-pin", "map-2",
    "world", "plane", "truck", "car", "train", "ship", "bike", "route", "users", "user",
    "user-star", "id-badge-2", "school", "book", "notebook", "file-text", "file-invoice",
    "contract", "certificate", "license", "clipboard-list", "clipboard-check", "checklist",
    "calendar", "calendar-event", "clock", "bell", "mail", "phone", "message-circle",
    "headset", "device-laptop", "device-mobile", "printer", "server", "database", "key",
    "lock", "shield-check", "tool", "settings", "hammer", "bulb", "bolt", "flame", "droplet",
    "leaf", "plant-2", "paw", "heart", "first-aid-kit", "stethoscope", "pill", "flask",
    "microscope", "chart-bar", "chart-pie", "coin", "cash", "credit-card", "wallet",
    "shopping-cart", "package", "gift", "tag", "star", "flag", "trophy", "target", "rocket",
    "camera", "photo", "music", "palette", "coffee", "tools-kitchen-2", "bed", "ticket",
    "scale", "gavel", "puzzle", "bug", "code", "globe", "sun", "umbrella", "anchor",
)  # fmt: skip
