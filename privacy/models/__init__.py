"""Scans and their verdicts, people's decisions on them, and the treated copies made from those decisions."""

from privacy.models.assessments import Assessment, AssessmentDecision
from privacy.models.decisions import Disposition, QuasiIdentifiers, RiskDecision
from privacy.models.recipes import ClassTabulation, PseudonymMap, RecipeVersion, UploadedHierarchy
from privacy.models.scans import ColumnVerdict, Scan
from privacy.models.treatments import Treatment

__all__ = [
    "Assessment",
    "AssessmentDecision",
    "ClassTabulation",
    "ColumnVerdict",
    "Disposition",
    "PseudonymMap",
    "QuasiIdentifiers",
    "RecipeVersion",
    "RiskDecision",
    "Scan",
    "Treatment",
    "UploadedHierarchy",
]
