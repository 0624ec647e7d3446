"""`{% load directories %}`: where values are used, and what a replacement did."""

from __future__ import annotations

import json
from urllib.parse import urlencode

from django import template
from django.utils.functional import Promise

from lists_core.addresses import element_url
from lists_core.field_types.on_delete import RULES
from lists_core.models import Job, List
from lists_core.selectors.link_report import LinkReport, link_report
from lists_core.selectors.linking import Pointing

register = template.Library()


@register.filter
def links_replaced(job: Job) -> LinkReport:
    return link_report(job)


@register.filter
def rule_label(one: Pointing) -> str | Promise:
    return RULES[one.rule]


@register.simple_tag
def page_of_element(list_: List, element_id: int) -> str:
    return element_url(list_, element_id)


@register.simple_tag
def grid_of(one: Pointing, target: int | None = None) -> str:
    """The list narrowed to what links to the target, or to anything."""
    asked = {"op": "not_empty", "value": []} if target is None else {
        "op": "any_of", "value": [str(target)]
    }  # fmt: skip
    tree = {"and": [{"field": one.field.code, **asked}]}
    query = urlencode({"filter": json.dumps(tree, ensure_ascii=False, separators=(",", ":"))})
    return f"{one.list.get_absolute_url()}?{query}"
