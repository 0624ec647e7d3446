"""The one error of the embedded servers; its text is for the person at the terminal."""

from __future__ import annotations


class EmbeddedError(Exception):
    """A server could not be prepared, started or stopped; the message says what to do."""
