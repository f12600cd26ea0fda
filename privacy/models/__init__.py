"""Scans and their verdicts, people's decisions on them, and the treated copies made from those decisions."""

from privacy.models.aggregates import AggregateShape, CopyCheck
from privacy.models.assessments import Assessment, AssessmentDecision
from privacy.models.decisions import Disposition, QuasiIdentifiers, RiskDecision
from privacy.models.recipes import ClassTabulation, PseudonymMap, RecipeVersion, UploadedHierarchy
from privacy.models.scans import ColumnVerdict, Scan
from privacy.models.searches import RecipeSearch
from privacy.models.sketches import ColumnSketch, CopySketch
from privacy.models.treatments import Treatment

__all__ = [
    "AggregateShape",
    "Assessment",
    "AssessmentDecision",
    "ClassTabulation",
    "ColumnSketch",
    "ColumnVerdict",
    "CopyCheck",
    "CopySketch",
    "Disposition",
    "PseudonymMap",
    "QuasiIdentifiers",
    "RecipeSearch",
    "RecipeVersion",
    "RiskDecision",
    "Scan",
    "Treatment",
    "UploadedHierarchy",
]
