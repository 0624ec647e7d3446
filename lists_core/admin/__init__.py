"""The Django admin: structure is changed by the services, data is looked at."""

from lists_core.admin import files, indexes, links, lists, registry, reports, transfer, views

__all__ = ["files", "indexes", "links", "lists", "registry", "reports", "transfer", "views"]
