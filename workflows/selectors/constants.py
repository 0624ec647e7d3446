"""Reading the constants of the portal."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError

from lists_core.schema.fields import SchemaField
from svod.base.errors import DomainError
from workflows.models import PortalConstant
from workflows.parameters import declared_field


def field_of(constant: PortalConstant) -> SchemaField:
    """The constant as a field without a list. Raises Invalid for a kind that is gone."""
    return declared_field(
        {
            "code": constant.code,
            "label": constant.name,
            "kind": constant.kind,
            "multiple": constant.multiple,
            "settings": constant.settings,
        }
    )


def value_of(constant: PortalConstant) -> Any:
    """Its natural value; None for one that does not fit its kind any more."""
    try:
        return field_of(constant).from_json(constant.value)
    except (DomainError, ValidationError):
        return None


def constant_values() -> dict[str, Any]:
    """All of them, code → natural value. One query."""
    return {one.code: value_of(one) for one in PortalConstant.objects.all()}


def constant_codes() -> set[str]:
    return set(PortalConstant.objects.values_list("code", flat=True))
