"""What is kept beside the elements of a list of quick replies: their words for the search, and
how often they were used. The replies themselves are the elements."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Func, Value
from django.utils.translation import gettext_lazy as _

from lists_core.models import Element, List
from openlines.models.conversations import Message
from openlines.models.lines import Line


def words_of(column: str) -> Func:
    """As an array."""
    words = ArrayField(models.TextField())
    return Func(F(column), Value(" "), function="string_to_array", output_field=words)


class ReplyText(models.Model):
    """The words of a reply outside the bin, folded (`openlines/reply_words.py`).

    Derived from the element in the transaction of each write (`listeners/replies.py`). Whoever
    may not read the element or its text never gets here: the search asks both first.
    """

    element = models.OneToOneField(
        Element, primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    list = models.ForeignKey(List, on_delete=models.CASCADE, related_name="+")
    code = models.TextField()
    #: Each letter of the code, and each two that stand together.
    code_parts = ArrayField(models.TextField())
    title = models.TextField()
    #: The name and the text.
    words = models.TextField()
    #: Ids of options of the field of languages; None for a reply of no language.
    languages = ArrayField(models.BigIntegerField(), null=True)

    class Meta:
        verbose_name = _("Words of a quick reply")
        verbose_name_plural = _("Words of quick replies")
        indexes = [
            # Searched as an operator types: nothing may wait to be put in its place.
            GinIndex(
                OpClass("code", name="gin_trgm_ops"),
                "code_parts",
                words_of("title"),
                words_of("words"),
                name="reply_parts",
                fastupdate=False,
            ),
        ]

    def __str__(self) -> str:
        return self.title


class ReplyWord(models.Model):
    """A word that stands in replies of a list, folded: parts of words and slips of the finger
    are looked up here, and the replies by whole words.

    It says no more than that the word was there once; a word that left the last reply stays
    until the list's words are made anew, and finds nothing.
    """

    list = models.ForeignKey(List, on_delete=models.CASCADE, related_name="+", db_index=False)
    word = models.TextField()

    class Meta:
        verbose_name = _("Word of quick replies")
        verbose_name_plural = _("Dictionary of quick replies")
        constraints = [models.UniqueConstraint(fields=["list", "word"], name="reply_word_once")]
        indexes = [
            GinIndex(
                OpClass("word", name="gin_trgm_ops"), name="reply_word_part", fastupdate=False
            ),
            models.Index("list", OpClass("word", name="text_pattern_ops"), name="reply_word_begin"),
        ]

    def __str__(self) -> str:
        return self.word


class ReplyUse(models.Model):
    """A quick reply went into an answer. Several may go into one."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="reply_uses")
    element = models.ForeignKey(Element, on_delete=models.CASCADE, related_name="+")
    line = models.ForeignKey(Line, on_delete=models.CASCADE, related_name="+")
    employee = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField()
    #: What the customer had said before, folded: like questions suggest the same reply.
    asked = models.TextField(blank=True)

    class Meta:
        verbose_name = _("Use of a quick reply")
        verbose_name_plural = _("Uses of quick replies")
        constraints = [
            models.UniqueConstraint(fields=["message", "element"], name="reply_use_once")
        ]
        indexes = [
            models.Index(fields=["line", "at"], name="reply_use_of_line"),
            models.Index(fields=["element", "at"], name="reply_use_of_reply"),
            GinIndex(OpClass("asked", name="gin_trgm_ops"), name="reply_use_asked"),
        ]


class ReplyRank(models.Model):
    """How recently and often an employee (None: anybody) has used a reply.

    `rank` is the logarithm of a sum in which each use weighs half of what one a fortnight later
    does, so rows written at different times compare as they stand.
    """

    element = models.ForeignKey(Element, on_delete=models.CASCADE, related_name="+")
    list = models.ForeignKey(List, on_delete=models.CASCADE, related_name="+", db_index=False)
    employee = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+"
    )
    uses = models.PositiveIntegerField()
    last_at = models.DateTimeField()
    rank = models.FloatField()

    class Meta:
        verbose_name = _("Rank of a quick reply")
        verbose_name_plural = _("Ranks of quick replies")
        constraints = [
            models.UniqueConstraint(
                fields=["element", "employee"], nulls_distinct=False, name="reply_rank_unique"
            )
        ]
        indexes = [models.Index(fields=["list", "employee", "-rank"], name="reply_rank_in_list")]
