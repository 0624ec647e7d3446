"""Whose turn it was last, for rules that go round among people."""

from __future__ import annotations

from django.db import models


class Turn(models.Model):
    """`key` names the rule; its row is also what two at the same moment wait for."""

    key = models.CharField(max_length=120, unique=True)
    last = models.BigIntegerField(default=0)
