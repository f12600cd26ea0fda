"""Priority scales of real programs: plain Python. A scale asks questions, weighs the answers and explains."""

from workflow.priority.base import Band, Factor, Question, Scale, Score
from workflow.priority.demand import DEMAND
from workflow.priority.grid import GRID
from workflow.priority.scoring import SCORING
from workflow.priority.tiers import TIERS

__all__ = ["SCALES", "Band", "Factor", "Question", "Scale", "Score"]

# code, as the program's profile names it -> the scale
SCALES: dict[str, Scale] = {scale.code: scale for scale in (GRID, TIERS, SCORING, DEMAND)}
