"""Finding the variants: every module of a named package in every installed app."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from django.apps import apps
from django.utils.module_loading import module_has_submodule


def import_submodules(package: str) -> None:
    """Import `<app>.<package>.*` of all apps, so that each module registers itself.

    An app without the package is passed over; a module that fails to import is a fault
    of the program and raises.
    """
    for config in apps.get_app_configs():
        if config.module is not None and module_has_submodule(config.module, package):
            found = import_module(f"{config.name}.{package}")
            for module in iter_modules(getattr(found, "__path__", ())):
                import_module(f"{found.__name__}.{module.name}")
