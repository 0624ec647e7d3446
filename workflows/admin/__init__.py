"""The Django admin of processes: what the engine writes is read here, templates are settled."""

from workflows.admin import constants, instances, templates
from workflows.admin.others import register_rest

register_rest()
__all__ = ["constants", "instances", "templates"]
