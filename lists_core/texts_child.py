"""The beginning of a text file for its preview. Runs in a limited child process only
(`svod.base.sandbox`): here stands nothing that needs Django."""

from __future__ import annotations

from typing import IO, Any

from lists_core.transfer.encodings import detect_encoding

UNSEEN = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 127))


def read_text(source: IO[bytes], target: IO[bytes], *, most: int) -> dict[str, Any]:
    """{text, cut}: at most `most` bytes, decoded, without control signs; `cut` when there are
    more."""
    head = source.read(most + 1)
    text = head[:most].decode(detect_encoding(head[:most]), "replace")
    plain = text.translate(UNSEEN).replace("\r\n", "\n").replace("\r", "\n")
    return {"text": plain, "cut": len(head) > most}
