from workflows.models.calendars import CalendarFeed
from workflows.models.commands import Command
from workflows.models.constants import PortalConstant
from workflows.models.dates import StartedDate
from workflows.models.documents import DocumentTemplate, DocumentTemplateVersion, MadeDocument
from workflows.models.heartbeats import Heartbeat
from workflows.models.hooks import Hook, WebhookSecret
from workflows.models.instances import Instance, StepLog, Wake, Watch
from workflows.models.numerators import IssuedNumber, NumeratorList
from workflows.models.outgoing import Outgoing
from workflows.models.tasks import Task, TaskPerson
from workflows.models.templates import Template, Trigger, Version

__all__ = [
    "CalendarFeed",
    "Command",
    "DocumentTemplate",
    "DocumentTemplateVersion",
    "Heartbeat",
    "Hook",
    "Instance",
    "IssuedNumber",
    "MadeDocument",
    "NumeratorList",
    "Outgoing",
    "PortalConstant",
    "StartedDate",
    "StepLog",
    "Task",
    "TaskPerson",
    "Template",
    "Trigger",
    "Version",
    "Wake",
    "Watch",
    "WebhookSecret",
]
