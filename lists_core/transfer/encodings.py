"""Which encoding a text file is in. UTF-8 is proved, the old ones are judged by their letters."""

from __future__ import annotations

import codecs
import re

from charset_normalizer import from_bytes

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
CYRILLIC = ("cp1251", "koi8-r", "cp866", "mac-cyrillic")
#: The letters that make up half of any Russian text; a wrong decoding hits them by chance only.
COMMON = frozenset("оеаинтсрвлкм")
CONVINCING = 0.45
LATIN = ["cp1252", "cp1250", "cp1254", "cp1257"]
FIRST_ODD = 0x80
ENOUGH = 200  # letters outside ASCII without which a guess is idle
WORD = re.compile(r"[^\x00-\x7f]{2,}")
ENCODINGS = ("utf-8-sig", "cp1251", "utf-16", "koi8-r", "cp866", "mac-cyrillic", "cp1252")


def detect_encoding(head: bytes) -> str:
    """The codec's name for a file that begins with `head`; one of ENCODINGS or a sure guess."""
    for mark, encoding in MARKS:
        if head.startswith(mark):
            return encoding
    if (wide := _utf16(head)) is not None:
        return wide
    return "utf-8-sig" if _is_utf8(head) else _eight_bits(head)


def _utf16(head: bytes) -> str | None:
    """UTF-16 without its mark: nearly every other byte is zero (or 4, the Cyrillic page)."""
    pairs = len(head) // 2
    if not pairs:
        return None
    for start, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        high = head[start : 2 * pairs : 2]
        low = head[1 - start : 2 * pairs : 2]
        if sum(high.count(page) for page in (0, 4)) > 0.9 * pairs and low.count(0) < 0.1 * pairs:
            return encoding
    return None


def _is_utf8(head: bytes) -> bool:
    """`head` may end in the middle of a letter."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head, final=False)
    except UnicodeDecodeError:
        return False
    return True


def _eight_bits(head: bytes) -> str:
    """The likeliest of the old encodings; a mostly UTF-8 file with a few wrong bytes stays so."""
    odd = sum(1 for byte in head if byte >= FIRST_ODD)
    if head.decode("utf-8", errors="replace").count("\ufffd") * 20 < odd:
        return "utf-8-sig"
    best = max(CYRILLIC, key=lambda encoding: _likeness(head, encoding))
    if _likeness(head, best) >= CONVINCING:
        return best
    guess = from_bytes(head, cp_isolation=LATIN).best() if odd > ENOUGH else None
    return guess.encoding.replace("_", "-") if guess else "cp1252"


def _likeness(head: bytes, encoding: str) -> float:
    """The share of common Russian letters outside ASCII, in words whose capitals make sense."""
    words = WORD.findall(head.decode(encoding, errors="replace"))
    usual = sum(_common(word) for word in words if word[1:].islower() or word.isupper())
    return usual / max(sum(map(len, words)), 1)


def _common(word: str) -> int:
    return sum(1 for letter in word.lower() if letter in COMMON)
