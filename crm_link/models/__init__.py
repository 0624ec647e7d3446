"""What CRM keeps beside its lists: stages, cards, what happened to items, roles."""

from crm_link.models.activities import Activity
from crm_link.models.booking import Booking, BookingRule
from crm_link.models.card import CardSection
from crm_link.models.duplicates import DuplicateRule
from crm_link.models.feeds import FeedDue, FeedGroup, FeedLink, FeedRule
from crm_link.models.merging import MergedItem
from crm_link.models.points import ContactPoint
from crm_link.models.products import Catalogue, ProductRow
from crm_link.models.questionnaires import Asking, Question, QuestionGroup, Questionnaire
from crm_link.models.requisites import BankAccount, DealParties, OwnCompany, Requisite
from crm_link.models.robots import Robot, StageRobots
from crm_link.models.roles import OPERATIONS, Role, RoleMember, RolePermission, Scope
from crm_link.models.stages import Stage, StageMove
from crm_link.models.tabs import CardTabSetting, TabFigure
from crm_link.models.telephony import PhoneCall, Telephony
from crm_link.models.timeline import TimelineNote
from crm_link.models.turns import Turn
from crm_link.models.web_forms import Submission, Visit, WebForm

__all__ = [
    "OPERATIONS",
    "Activity",
    "Asking",
    "BankAccount",
    "Booking",
    "BookingRule",
    "CardSection",
    "CardTabSetting",
    "Catalogue",
    "ContactPoint",
    "DealParties",
    "DuplicateRule",
    "FeedDue",
    "FeedGroup",
    "FeedLink",
    "FeedRule",
    "MergedItem",
    "OwnCompany",
    "PhoneCall",
    "ProductRow",
    "Question",
    "QuestionGroup",
    "Questionnaire",
    "Requisite",
    "Robot",
    "Role",
    "RoleMember",
    "RolePermission",
    "Scope",
    "Stage",
    "StageMove",
    "StageRobots",
    "Submission",
    "TabFigure",
    "Telephony",
    "TimelineNote",
    "Turn",
    "Visit",
    "WebForm",
]
