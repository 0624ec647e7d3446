"""The ASGI entry point that granian serves."""

from __future__ import annotations

import os
from typing import cast

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "svod.settings")
django_application = get_asgi_application()

from django.conf import settings  # noqa: E402

from lists_core.import_uploads import room_for  # noqa: E402
from svod.base.asgi import Application  # noqa: E402
from svod.base.live.asgi import live_streams  # noqa: E402
from svod.limits import limit_body, limit_requests  # noqa: E402

application = limit_requests(cast(Application, django_application), settings.REQUESTS_AT_ONCE)
application = live_streams(
    limit_body(application, settings.REQUEST_MAX_BYTES, room_for), "/live/", "/chat/w/live/"
)
