"""What templates ask of quick replies."""

from __future__ import annotations

from django import template

from openlines.models import Line
from openlines.selectors.reply_lists import Facts, facts_of
from staff.models import Employee

register = template.Library()


@register.simple_tag
def replies_facts(line: Line, actor: Employee) -> Facts:
    """`{% replies_facts line user as facts %}`: for the page of a line."""
    return facts_of(line, actor)
