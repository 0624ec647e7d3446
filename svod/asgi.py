"""The ASGI entry point that granian serves."""

from __future__ import annotations

import os
from typing import cast

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "svod.settings")
django_application = get_asgi_application()

from django.conf import settings  # noqa: E402

from svod.limits import Application, limit_body  # noqa: E402

application = limit_body(cast(Application, django_application), settings.REQUEST_MAX_BYTES)
