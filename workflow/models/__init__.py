"""Dataset (what a department holds), Release (one journey of it to the public) and what belongs to them.

Import from here. Direction inside: dataset <- distribution, release <- review, plan.
"""

from workflow.models.additions import DepartmentReview
from workflow.models.bundle import Bundle, BundlePlace
from workflow.models.dataset import Dataset
from workflow.models.deadline import DeadlineNotice, DeadlinePause
from workflow.models.distribution import ColumnDescription, Distribution
from workflow.models.exception import PublicationException
from workflow.models.feed import CalendarFeed
from workflow.models.freeze import Freeze, FreezeException, PlanHold
from workflow.models.guest import GuestInvitation
from workflow.models.high_value import HighValueInventory
from workflow.models.imports import InventoryImport, InventoryTakeover
from workflow.models.joint import ContributingDepartment
from workflow.models.order import ReviewOrder
from workflow.models.plan import PlanItem, PlanSignOff, PublicationPlan
from workflow.models.priority import PriorityScore, PriorityWeights
from workflow.models.proposal import DatasetProposal
from workflow.models.reconciliation import Reconciliation
from workflow.models.refresh import FreshnessNotice, Refresh
from workflow.models.release import ApprovalRequest, Release, ReturnForChanges, StageVisit
from workflow.models.request import DatasetRequest, RequestVote
from workflow.models.retirement import ArchiveCopy, Retirement, RetirementApproval, RetirementObjection
from workflow.models.retraction import (
    PostMortem,
    PostMortemDuty,
    PostMortemMeasure,
    PostMortemSignature,
    Retraction,
    RetractionFollowUp,
)
from workflow.models.return_point import ReturnPoint
from workflow.models.review import Recusal, Review
from workflow.models.schedule import AccessPlanFile, ScheduleEntry
from workflow.models.talk import ReadinessTalk
from workflow.models.thread import HelpRequest, Thread, ThreadPost, ThreadSeen
from workflow.models.withholding import Withholding

__all__ = [
    "AccessPlanFile",
    "ApprovalRequest",
    "ArchiveCopy",
    "Bundle",
    "BundlePlace",
    "CalendarFeed",
    "ColumnDescription",
    "ContributingDepartment",
    "Dataset",
    "DatasetProposal",
    "DatasetRequest",
    "DeadlineNotice",
    "DeadlinePause",
    "DepartmentReview",
    "Distribution",
    "Freeze",
    "FreezeException",
    "FreshnessNotice",
    "GuestInvitation",
    "HelpRequest",
    "HighValueInventory",
    "InventoryImport",
    "InventoryTakeover",
    "PlanHold",
    "PlanItem",
    "PlanSignOff",
    "PostMortem",
    "PostMortemDuty",
    "PostMortemMeasure",
    "PostMortemSignature",
    "PriorityScore",
    "PriorityWeights",
    "PublicationException",
    "PublicationPlan",
    "ReadinessTalk",
    "Reconciliation",
    "Recusal",
    "Refresh",
    "Release",
    "RequestVote",
    "Retirement",
    "RetirementApproval",
    "RetirementObjection",
    "Retraction",
    "RetractionFollowUp",
    "ReturnForChanges",
    "ReturnPoint",
    "Review",
    "ReviewOrder",
    "ScheduleEntry",
    "StageVisit",
    "Thread",
    "ThreadPost",
    "ThreadSeen",
    "Withholding",
]
