from workflows.models.instances import Instance, StepLog, Wake
from workflows.models.outgoing import Outgoing
from workflows.models.tasks import Task, TaskPerson
from workflows.models.templates import Template, Trigger, Version

__all__ = [
    "Instance",
    "Outgoing",
    "StepLog",
    "Task",
    "TaskPerson",
    "Template",
    "Trigger",
    "Version",
    "Wake",
]
