"""What a browser would send of a rendered form."""

from __future__ import annotations

from html.parser import HTMLParser

from django.http import QueryDict

Attrs = dict[str, str | None]


class Form(HTMLParser):
    """Collects the successful controls, as HTML's own rules have it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.sent: list[tuple[str, str]] = []
        self.template = 0
        self.area: tuple[str, list[str]] | None = None
        self.select: Attrs | None = None
        self.options: list[tuple[str, bool]] = []
        self.tags: list[tuple[str, Attrs]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = dict(attrs)
        self.template += tag == "template"
        self.tags.append((tag, own))
        if self.template or "disabled" in own:
            return
        if tag == "input":
            self._input(own)
        elif tag == "textarea":
            self.area = (own["name"] or "", [])
        elif tag == "select":
            self.select, self.options = own, []
        elif tag == "option" and self.select is not None:
            self.options.append((own.get("value") or "", "selected" in own))

    def _input(self, own: Attrs) -> None:
        kind = own.get("type") or "text"
        if kind in {"checkbox", "radio"} and "checked" not in own:
            return
        if kind not in {"submit", "button", "file"} and own.get("name"):
            silent = "on" if kind in {"checkbox", "radio"} else ""
            self.sent.append((own["name"] or "", own.get("value", silent) or ""))

    def handle_data(self, data: str) -> None:
        if self.area:
            self.area[1].append(data)

    def handle_endtag(self, tag: str) -> None:
        self.template -= tag == "template"
        if tag == "textarea" and self.area:
            name, pieces = self.area
            text = "".join(pieces).removeprefix("\n")
            self.sent.append((name, text.replace("\n", "\r\n")))
            self.area = None
        elif tag == "select" and self.select is not None:
            self._chosen(self.select)
            self.select = None

    def _chosen(self, own: Attrs) -> None:
        chosen = [value for value, selected in self.options if selected]
        if "multiple" not in own and not chosen:
            chosen = [value for value, _selected in self.options[:1]]
        self.sent += [(own["name"] or "", value) for value in chosen]


def parsed(html: str) -> Form:
    form = Form()
    form.feed(html)
    form.close()
    return form


def posted(html: str) -> QueryDict:
    data = QueryDict(mutable=True)
    for name, value in parsed(html).sent:
        data.appendlist(name, value)
    return data
