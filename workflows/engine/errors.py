"""How a step fails."""

from __future__ import annotations

from svod.base.errors import DomainError


class Fatal(DomainError):
    """Trying again would not help: the instance stands failed until a person looks at it."""

    code = "process_failed"


class Retry(Exception):
    """Something is away for the moment: the step is tried again, later and later."""


class StepFailed(Exception):
    """Carries the step's own error out of the transaction that it spoiled."""

    def __init__(self, instance_id: int, key: str, error: Exception) -> None:
        super().__init__(f"instance {instance_id}, step {key}: {error}")
        self.instance_id = instance_id
        self.key = key
        self.error = error
