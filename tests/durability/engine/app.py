"""Svod's own Celery application with the points of faults.py in it."""

from datetime import timedelta

from svod.celery import app

__all__ = ["app"]


@app.on_after_finalize.connect
def prepare(sender: object, **kwargs: object) -> None:
    """A crashed sender's messages are taken up after two seconds instead of a minute."""
    import django

    django.setup()
    from tests.durability.engine import faults, parts  # noqa: F401
    from workflows.services import outgoing

    outgoing.LEASE = timedelta(seconds=2)
    faults.install()
