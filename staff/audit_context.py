"""Where an event comes from: the request being answered, as the audit log wants to know it.

Services know no request. The middleware puts it into a context variable; a task or a command
has none, and then everything here is empty. Whoever answers for another person (see
staff.impersonation) sets `request.impersonator`.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass

from axes.helpers import get_client_ip_address
from django.http import HttpRequest, HttpResponseBase

from staff.models import Employee
from svod.request_log import request_id

_request: ContextVar[HttpRequest | None] = ContextVar("audited_request", default=None)


@dataclass(frozen=True)
class Origin:
    """`ip` is None outside requests; `request_id` is kept by tasks that a request started."""

    ip: str | None = None
    request_id: str = ""
    impersonator: Employee | None = None


class AuditContextMiddleware:
    """Remembers the request while it is answered."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        token = _request.set(request)
        try:
            return self.get_response(request)
        finally:
            _request.reset(token)


def origin() -> Origin:
    """Of what happens now. The impersonator is read late: a view may start or end that state."""
    request = _request.get()
    if request is None:
        return Origin(request_id=request_id())
    return Origin(
        ip=get_client_ip_address(request) or None,
        request_id=request_id(),
        impersonator=getattr(request, "impersonator", None),
    )
