"""Dataset (what a department holds), Release (one journey of it to the public) and what belongs to them.

Import from here. Direction inside: dataset <- distribution, release <- review, plan.
"""

from workflow.models.dataset import Dataset
from workflow.models.distribution import ColumnDescription, Distribution
from workflow.models.plan import PublicationPlan
from workflow.models.release import ApprovalRequest, Release, ReturnForChanges, StageVisit
from workflow.models.review import Review

__all__ = [
    "ApprovalRequest",
    "ColumnDescription",
    "Dataset",
    "Distribution",
    "PublicationPlan",
    "Release",
    "ReturnForChanges",
    "Review",
    "StageVisit",
]
