"""Logs: one JSON object a line, with the id of the request or task that caused it.

Never in a log: query strings, bodies, tokens in addresses, passwords.
"""

from __future__ import annotations

import logging.config
import re
from typing import Any

import structlog

SECRET_WORDS = re.compile(
    r"password|passwd|secret|token|authorization|cookie|api_?key|credential|session_?key", re.I
)
HIDDEN = "***"


def configure(*, level: str) -> None:
    """Send everything, Django's and Celery's own lines too, to standard output as JSON."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared_processors(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    logging.config.dictConfig(standard_library(level))


def shared_processors() -> list[Any]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        structlog.processors.UnicodeDecoder(),
        hide_secrets,
    ]


def json_formatter() -> logging.Formatter:
    """One JSON object a line, for our lines and for those of any library."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared_processors(),
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
        ],
    )


def standard_library(level: str) -> dict[str, Any]:
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": json_formatter}},
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "stream": "ext://sys.stdout",
                "formatter": "json",
            }
        },
        "root": {"handlers": ["console"], "level": level},
        # The request middleware already tells of every request, with its id.
        "loggers": {"django.request": {"level": "CRITICAL"}, "django.server": {"level": "ERROR"}},
    }


def hide_secrets(logger: object, method: str, event: dict[str, Any]) -> dict[str, Any]:
    """Blank every value whose name sounds like a secret, at any depth of dicts."""
    return {name: hidden(name, value) for name, value in event.items()}


def hidden(name: str, value: Any) -> Any:
    if isinstance(name, str) and SECRET_WORDS.search(name):
        return HIDDEN
    if isinstance(value, dict):
        return {key: hidden(key, inner) for key, inner in value.items()}
    return value
