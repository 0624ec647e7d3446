"""The settings of the tests: Svod's own, told that this is a test."""

import os

os.environ["SVOD_ENV"] = "test"

from svod.settings import *  # noqa: F403
