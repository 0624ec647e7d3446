"""What CRM keeps beside its lists: stages and what happened to items."""

from crm_link.models.points import ContactPoint
from crm_link.models.stages import Stage, StageMove

__all__ = ["ContactPoint", "Stage", "StageMove"]
