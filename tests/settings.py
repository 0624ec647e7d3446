"""The settings of the tests: Svod's own, told that this is a test.

Without DATABASE_URL the tests bring a PostgreSQL of their own, in a temporary folder: a portal
that runs meanwhile is not touched.
"""

import logging
import os

from tests import database

os.environ["SVOD_ENV"] = "test"
if not os.environ.get("DATABASE_URL"):
    os.environ["DATABASE_URL"] = database.temporary_server()
    os.environ["TEST_DATABASE_TEMPLATE"] = database.TEMPLATE

from svod.settings import *

# The workers of a run find both in the environment.
DATABASES["default"]["TEST"]["TEMPLATE"] = os.environ.get("TEST_DATABASE_TEMPLATE")  # noqa: F405

# Hashing is meant to be slow; tests sign in hundreds of times.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *PASSWORD_HASHERS]  # noqa: F405
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

# pytest collects the log itself; the JSON lines would go to a stream that it has closed.
logging.getLogger().handlers.clear()
# Every test client brings a chain of middleware of its own, for which WhiteNoise would read all
# that `make setup` has collected: 23 ms each time. So it looks a file up when it is asked for one.
WHITENOISE_AUTOREFRESH = True
