"""What somebody said of the rows of a release (people, or cells of a table), and what its copy tells beside that."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from privacy.aggregates.cube import Shape
from privacy.aggregates.rules import RULES, Rule, stricter
from work.models import WorkItem

_RULES = [(rule.code, rule.label) for rule in RULES.values()]


class AggregateShape(models.Model):
    """Whether the rows are cells of a table of counts, and what its columns are. Rows are only added; the newest
    counts.

    The columns are those of the copy that will be published. `breakdown` says by what it is broken down, for the
    publication score (privacy.aggregates.calhhs): variable -> codes of its options.
    """

    release = models.ForeignKey("workflow.Release", on_delete=models.PROTECT, related_name="aggregate_shapes")
    is_table = models.BooleanField()
    dimensions = models.JSONField(default=list)
    counts = models.JSONField(default=list)
    denominator = models.TextField(blank=True)
    statistics = models.JSONField(default=list)
    rule = models.CharField(max_length=20, choices=_RULES, blank=True)
    # People at high risk are counted: no count under 11 is shown, whatever rule and score say.
    is_high_risk = models.BooleanField(default=False)
    # Sums that the table does not show are known from elsewhere.
    totals_known = models.BooleanField(default=True)
    breakdown = models.JSONField(default=dict)
    reason = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["release", "id"])]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_table=False) | ~models.Q(rule=""), name="a_table_of_counts_has_a_rule"
            ),
            models.CheckConstraint(
                condition=models.Q(is_table=False) | ~models.Q(dimensions=[]) & ~models.Q(counts=[]),
                name="a_table_of_counts_has_dimensions_and_counts",
            ),
        ]

    def __str__(self) -> str:
        return "Cells of a table of counts" if self.is_table else "A row for each person or event"

    @property
    def shape(self) -> Shape:
        """The columns as the plain code takes them."""
        return Shape(tuple(self.dimensions), tuple(self.counts), self.denominator, tuple(self.statistics))

    @property
    def rule_in_force(self) -> Rule:
        """The chosen rule, stricter where people at high risk are counted."""
        return stricter(RULES[self.rule], is_high_risk=self.is_high_risk)


class CopyCheck(WorkItem):
    """One look at a treated copy: its small cells and score, the last release, the catalogue. Finished when
    `checked_at` is set.

    Keyed by all that the answer depends on. Results hold counts, positions of rows and names of columns; no value.
    """

    release = models.ForeignKey("workflow.Release", on_delete=models.PROTECT, related_name="copy_checks")
    treated_sha256 = models.CharField(max_length=64)
    # The columns, thresholds, shape and earlier release that were compared, and a digest that names them.
    about = models.JSONField(default=dict)
    about_digest = models.CharField(max_length=64)
    # Names the published tables that were compared.
    catalogue_digest = models.CharField(max_length=64)
    checked_at = models.DateTimeField(null=True, blank=True)
    cells = models.JSONField(default=dict)
    score = models.JSONField(default=dict)
    differences = models.JSONField(default=dict)
    mosaic = models.JSONField(default=dict)
    # Why the table could not be measured as it was described, in a sentence.
    fault = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["release", "treated_sha256", "about_digest", "catalogue_digest"],
                name="one_check_per_copy_and_comparison",
            ),
        ]

    def __str__(self) -> str:
        return f"Comparison of copy {self.treated_sha256[:8]}"
