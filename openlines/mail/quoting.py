"""What a person wrote in a letter, without the letters that theirs answers.

Quotes are cut from the end alone: where somebody answers between the lines, all of it stays.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser

import nh3

LONGEST = 120_000
BLOCKS = {"p", "div", "br", "hr", "tr", "li", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote",
          "table", "ul", "ol", "pre"}  # fmt: skip
#: Marks of mail programs around what they quote, on any element.
QUOTES = re.compile(r"(gmail_quote|yahoo_quoted|moz-cite-prefix|protonmail_quote|tutanota_quote)")
CLEANER = nh3.Cleaner(
    tags=BLOCKS | {"a", "td", "th", "span", "b", "i"},
    attributes={"*": {"class"}, "a": {"href"}},
    url_schemes={"http", "https", "mailto"},
    link_rel=None,
)

#: "On 28.11.2026, Anna wrote:" in the languages in which programs say it, in one line or two.
SAID = re.compile(
    r"^(?:>\s?)*(?=.{0,300}(?:\d|@|<)).{0,300}?"
    r"(?:\b(?:wrote|writes|пишет|писала?|написала?|пишут|schrieb|écrit|escribió)\b[^\n]{0,80}"
    r"|\d.{0,200}<[^<>\s]{1,200}@[^<>\s]{1,200}>):\s*$"
)
#: How its first line begins, where it is of several.
BEGINS = re.compile(
    r"^(?:>\s?)*(?:on|am|le|el|\d{1,2}[./]|\d{4}-|(?:пн|вт|ср|чт|пт|сб|вс|"
    r"понедельник|вторник|среда|четверг|пятница|суббота|воскресенье))\b",
    re.IGNORECASE,
)
LINES = re.compile(
    r"^\s*(?:-{2,}\s*(?:original message|исходное сообщение|пересылаемое сообщение|"
    r"forwarded message|конец пересылаемого сообщения).*|_{20,})\s*$",
    re.IGNORECASE,
)
#: Outlook's head of a quoted letter begins so, and goes on within four lines so.
HEAD = re.compile(r"^\s*\*?(?:from|от|от кого)\*?:\*?\s", re.IGNORECASE)
HEAD_MORE = re.compile(
    r"^\s*\*?(?:sent|date|to|subject|отправлено|дата|кому|тема)\*?:", re.IGNORECASE
)


def text_of_html(html: str) -> str:
    """The letter's text; quoted letters of HTML programs become lines that begin with `>`."""
    # Cleaned first: what comes out is well formed, whatever came in.
    reader = _Reader()
    reader.feed(CLEANER.clean(html[:LONGEST]))
    reader.close()
    return reader.text()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = []
        self.line = ""
        self.open: list[str] = []  # with ">" behind those that quote
        self.depth = 0  # how many of them do
        self.link = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in BLOCKS:
            self._end_line()
        if tag in {"br", "hr"}:
            return
        quotes = tag == "blockquote" or QUOTES.search(given.get("class") or "")
        self.open.append(f"{tag}>" if quotes else tag)
        self.depth += bool(quotes)
        if tag == "a":
            self.link = given.get("href") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._end_link()
        if tag in BLOCKS:
            self._end_line()
        while self.open:
            last = self.open.pop()
            self.depth -= last.endswith(">")
            if last.rstrip(">") == tag:
                break

    def handle_data(self, data: str) -> None:
        self.line += re.sub(r"\s+", " ", data)

    def text(self) -> str:
        self._end_line()
        return re.sub(r"\n{3,}", "\n\n", "\n".join(self.lines)).strip()

    def _end_link(self) -> None:
        """An address that the text does not show stands behind it."""
        shown = self.link.removeprefix("mailto:")
        if shown and shown.rstrip("/") not in self.line and len(shown) < len("https://") + 200:
            self.line += f" ({shown})"
        self.link = ""

    def _end_line(self) -> None:
        line = self.line.replace("\xa0", " ").strip()
        depth = min(self.depth, 10)
        if line or (self.lines and self.lines[-1].strip("> ")):
            self.lines.append(f"{'>' * depth} {line}".rstrip() if depth else line)
        self.line = ""


def without_quotes(text: str) -> str:
    """The text up to what it quotes; all of it, where nothing would be left."""
    lines = [line.rstrip() for line in text.replace("\r\n", "\n").split("\n")]
    kept = lines
    for cut in CUTS:
        kept = cut(kept)
    shown = "\n".join(kept).strip()
    return shown or text.strip()


def _head_of_a_letter(lines: list[str]) -> list[str]:
    """Cut from Outlook's "From: … Sent: … To: …", or a line of its dashes, to the end."""
    for place, line in enumerate(lines):
        heads = sum(bool(HEAD_MORE.match(one)) for one in lines[place + 1 : place + 5])
        if LINES.match(line) or (HEAD.match(line) and heads > 1):
            return lines[:place]
    return lines


def _quoted_end(lines: list[str]) -> list[str]:
    """Cut the quoted lines at the end, and the line that says whose they are."""
    end = len(lines)
    while end and (lines[end - 1].startswith(">") or not lines[end - 1].strip()):
        end -= 1
    quoted = any(line.startswith(">") for line in lines[end:])
    place = _said(lines, end)
    # A letter that ends with "… wrote:" has its quote cut off by somebody, or in another way.
    return lines[:place] if place < end else lines[:end] if quoted else lines


def _quoted_start(lines: list[str]) -> list[str]:
    """Cut a quote before the answer, where no other one follows."""
    start = next((place for place, line in enumerate(lines) if line.startswith(">")), 0)
    end = start
    while end < len(lines) and (lines[end].startswith(">") or not lines[end].strip()):
        end += 1
    begins = start and _said(lines, start) == 0
    again = any(line.startswith(">") for line in lines[end:])
    return lines[end:] if (begins or (end and not start)) and not again else lines


def _said(lines: list[str], end: int) -> int:
    """Where "… wrote:" begins, if the lines before `end` end with it."""
    said = [height for height in (1, 2, 3)
            if end >= height and SAID.match(" ".join(lines[end - height : end]))]  # fmt: skip
    begun = [height for height in said if BEGINS.match(lines[end - height])]
    return end - (begun or said or [0])[0]


def _signature(lines: list[str]) -> list[str]:
    """Cut after the line "-- " (RFC 3676, 4.3)."""
    for place, line in enumerate(lines):
        if line == "--" and place:
            return lines[:place]
    return lines


CUTS: tuple[Callable[[list[str]], list[str]], ...] = (
    _head_of_a_letter,
    _quoted_end,
    _quoted_start,
    _signature,
)
