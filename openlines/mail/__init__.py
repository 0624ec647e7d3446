"""Mailboxes: reading them, what letters say, sending answers."""
