"""Telegram's Bot API: calls of it, and what its updates say."""
