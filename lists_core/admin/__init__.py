"""The Django admin: structure is changed by the services, data is looked at."""

from lists_core.admin import files, lists, registry, reports

__all__ = ["files", "lists", "registry", "reports"]
