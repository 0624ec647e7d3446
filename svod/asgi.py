"""The ASGI entry point that granian serves."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "svod.settings")

application = get_asgi_application()
