"""Controls for choosing a look: a tone as a swatch, an icon from the sprite."""

from __future__ import annotations

from typing import Any

from django import forms

from svod.base.looks import ICONS, TONES


class ToneSelect(forms.RadioSelect):
    """One of the twelve tones, drawn as swatches."""

    template_name = "components/widgets/tones.html"
    option_template_name = "django/forms/widgets/input.html"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, choices=list(TONES.items()))


class IconSelect(forms.RadioSelect):
    """One of the icons a person may give to a list."""

    template_name = "components/widgets/icons.html"
    option_template_name = "django/forms/widgets/input.html"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, choices=[(name, name) for name in ICONS])
