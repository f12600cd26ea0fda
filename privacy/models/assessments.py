"""Benefit against risk, as people judged it: ratings before and after the remedies, and what was decided.

Rows are only added; the newest of each run, and the newest decision, count.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from privacy.assessment import LEVELS, Evidence, Factors, Rating
from privacy.words_assessment import LEVEL_WORDS, OUTCOME_WORDS

_LEVELS = [(level, LEVEL_WORDS[level]) for level in LEVELS]
_OUTCOMES = list(OUTCOME_WORDS.items())


def _level() -> models.CharField[str, str]:
    return models.CharField(max_length=10, choices=_LEVELS)


class Assessment(models.Model):
    """One run: the seven factors with why, what follows from them, and what was measured when they were judged.

    `evidence_digest` names the measures: when they change, the rating has to be made anew.
    """

    class Run(models.TextChoices):
        INHERENT = "inherent", "Before the remedies"
        RESIDUAL = "residual", "After the remedies"

    release = models.ForeignKey("workflow.Release", on_delete=models.PROTECT, related_name="assessments")
    run = models.CharField(max_length=10, choices=Run.choices)
    value = _level()
    value_likelihood = _level()
    expectation = _level()
    harm_person = _level()
    harm_organisation = _level()
    attempt = _level()
    success = _level()
    # factor -> why this step, in somebody's words.
    reasons = models.JSONField(default=dict)
    benefit = _level()
    impact = _level()
    likelihood = _level()
    risk = _level()
    # What was measured: k, columns that identify people, digests of the file, the copy and the columns.
    evidence = models.JSONField(default=dict)
    evidence_digest = models.CharField(max_length=64)
    proposed = models.CharField(max_length=15, choices=_OUTCOMES)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["release", "run", "id"])]

    def __str__(self) -> str:
        return f"{self.get_run_display()}: risk {LEVEL_WORDS[self.risk].lower()}"

    @property
    def factors(self) -> Factors:
        return Factors(**{name: getattr(self, name) for name in Factors.__dataclass_fields__})

    @property
    def rating(self) -> Rating:
        return Rating(self.benefit, self.impact, self.likelihood, self.risk)

    @property
    def measured(self) -> Evidence:
        """The evidence as it was then."""
        return Evidence.of_dict(self.evidence)


class AssessmentDecision(models.Model):
    """What somebody decided on a residual rating, and why.

    A decision more open than the program's matrix proposes is an override: it holds until a day (M25).
    """

    release = models.ForeignKey(
        "workflow.Release", on_delete=models.PROTECT, related_name="assessment_decisions"
    )
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="decisions")
    proposed = models.CharField(max_length=15, choices=_OUTCOMES)
    decision = models.CharField(max_length=15, choices=_OUTCOMES)
    is_override = models.BooleanField(default=False)
    until = models.DateField(null=True, blank=True)
    rationale = models.TextField()
    # Rules that must hold as long as the data is public.
    conditions = models.TextField(blank=True)
    public_summary = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    # When the sweep found that the override had ended and told the officer.
    lapsed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["release", "id"])]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_override=False) | models.Q(until__isnull=False),
                name="an_override_of_the_matrix_has_a_last_day",
            ),
            models.CheckConstraint(
                condition=~models.Q(decision="conditions") | ~models.Q(conditions=""),
                name="conditions_of_a_privacy_decision_are_named",
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_decision_display())
