"""Rights: who may do what, and the one predicate of every read. docs/access.md is the model."""

from lists_core.access.fields import readable_fields, schema_for, schemas_for
from lists_core.access.granted import forget, remembering
from lists_core.access.lists import may_create_lists, require, visible_lists
from lists_core.access.predicate import (
    allowed,
    changeable,
    columns_for_rights,
    rights_on,
    visible,
)
from lists_core.access.profile import list_rights, may, may_arrange, may_somewhere, rights_in
from lists_core.access.rights import ALL, ROLES, Right, Rights, role_of, with_implied

__all__ = [
    "ALL",
    "ROLES",
    "Right",
    "Rights",
    "allowed",
    "changeable",
    "columns_for_rights",
    "forget",
    "list_rights",
    "may",
    "may_arrange",
    "may_create_lists",
    "may_somewhere",
    "readable_fields",
    "remembering",
    "require",
    "rights_in",
    "rights_on",
    "role_of",
    "schema_for",
    "schemas_for",
    "visible",
    "visible_lists",
    "with_implied",
]
