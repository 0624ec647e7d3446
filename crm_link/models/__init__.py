"""What CRM keeps beside its lists: stages, what happened to items, roles."""

from crm_link.models.booking import Booking, BookingRule
from crm_link.models.merging import MergedItem
from crm_link.models.points import ContactPoint
from crm_link.models.questionnaires import Asking, Question, QuestionGroup, Questionnaire
from crm_link.models.roles import OPERATIONS, Role, RoleMember, RolePermission, Scope
from crm_link.models.stages import Stage, StageMove

__all__ = [
    "OPERATIONS",
    "Asking",
    "Booking",
    "BookingRule",
    "ContactPoint",
    "MergedItem",
    "Question",
    "QuestionGroup",
    "Questionnaire",
    "Role",
    "RoleMember",
    "RolePermission",
    "Scope",
    "Stage",
    "StageMove",
]
