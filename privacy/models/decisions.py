"""What people decided. Rows are only added; the newest one counts."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.utils import timezone


class Disposition(models.Model):
    """What becomes of one column, by whom, when and why.

    It speaks of the evidence it was made on (`evidence_digest`): when a later scan finds something else in
    the column, the question is open again.
    """

    class Decision(models.TextChoices):
        NOT_PERSONAL = "not_personal", "Not personal data"
        ACCEPT = "accept", "Stays as it is"
        REMEDY = "remedy", "Changed by a remedy"
        # The decision `takes_back` does not count any more: what stood before it does.
        TAKEN_BACK = "taken_back", "Taken back"

    class Remedy(models.TextChoices):
        """The remedies by the names of the recipe (privacy.remedies.registry); a test compares the two."""

        DROP_COLUMN = "drop_column", "Drop the column"
        REDACT_MATCHES = "redact_matches", "Redact the cells that were found"
        REDACT_TEXT = "redact_text", "Redact inside the text"
        MASK = "mask", "Mask with stars"
        PSEUDONYM = "pseudonym", "Replace by surrogates"
        GENERALISE_DATE = "generalise_date", "Make dates coarser"
        DATE_SHIFT = "date_shift", "Shift dates"
        GENERALISE_ZIP = "generalise_zip", "Cut the ZIP code to three digits"
        AGE_BANDS = "age_bands", "Ages in bands"
        BANDS = "bands", "Numbers in bands"
        GENERALISE = "generalise", "Make coarser by a hierarchy"
        POINT_GRID = "point_grid", "Make points coarser"
        HUNDRED_BLOCK = "hundred_block", "Keep the hundred-block of an address"
        TOP_BOTTOM = "top_bottom", "Cap the extremes"
        ROUND_NUMBERS = "round_numbers", "Round numbers"
        TRUNCATE_TEXT = "truncate_text", "Keep the first characters"
        SUPPRESS_CELLS = "suppress_cells", "Suppress rare or listed values"
        DROP_ROWS = "drop_rows", "Drop rows by a condition"
        DROP_SMALL_CLASSES = "drop_small_classes", "Drop rows that too few share"
        K_ANONYMISE = "k_anonymise", "Make groups of at least k"
        AGGREGATE = "aggregate", "Aggregate to a table"
        SUPPRESS_TABLE = "suppress_table", "Hide the small cells of a table of counts"

    release = models.ForeignKey("workflow.Release", on_delete=models.PROTECT, related_name="dispositions")
    column = models.TextField()
    evidence_digest = models.CharField(max_length=64)
    decision = models.CharField(max_length=15, choices=Decision.choices)
    remedy = models.CharField(max_length=20, choices=Remedy.choices, blank=True)
    reason = models.TextField()
    takes_back = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    # What was recorded at once has one time, by which it is taken back at once.
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["release", "id"])]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(takes_back=None) | models.Q(decision="taken_back"),
                name="only_taking_back_names_a_decision",
            ),
            models.CheckConstraint(
                condition=(models.Q(decision="remedy") & ~models.Q(remedy=""))
                | (~models.Q(decision="remedy") & models.Q(remedy="")),
                name="a_remedy_is_named_when_chosen",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.column}: {self.words}"

    @property
    def words(self) -> str:
        """What was decided, in words: the remedy where there is one."""
        return str(self.get_remedy_display() or self.get_decision_display())


class QuasiIdentifiers(models.Model):
    """The columns that together could single somebody out, as a person confirmed them; may be none.

    With them the columns that are sensitive, and the column of sampling weights. `offered_digest` names the
    columns they chose from and what the scan said these are: a file in which that is otherwise asks again.
    """

    release = models.ForeignKey(
        "workflow.Release", on_delete=models.PROTECT, related_name="quasi_identifiers"
    )
    columns = models.JSONField(default=list)
    # What nobody should learn of a person who is known to be in a group, and the sampling weights, if any.
    sensitive = models.JSONField(default=list, blank=True)
    weights = models.TextField(blank=True)
    # Why nothing of what the scan suggested is among the columns.
    reason = models.TextField(blank=True)
    offered_digest = models.CharField(max_length=64)
    k_min = models.PositiveIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "quasi-identifiers"

    def __str__(self) -> str:
        return ", ".join(self.columns) or "none"


class RiskDecision(models.Model):
    """Somebody accepted a risk above the program's threshold, for exactly this copy and these columns.

    An override has a named officer, a reason and a last day: after it the review is open again (M25).
    `accepted_digest` names all that they saw (privacy.copy_inputs), `tables` are those of which they accepted what
    these give away together. `k` is missing where no groups of rows were measured.
    """

    # What was accepted where no group is too small and, in older rows, no table is named.
    UNNAMED = "the copy and the release before it"

    release = models.ForeignKey("workflow.Release", on_delete=models.PROTECT, related_name="risk_decisions")
    treated_sha256 = models.CharField(max_length=64)
    quasi_digest = models.CharField(max_length=64)
    accepted_digest = models.CharField(max_length=64, blank=True)
    tables = models.JSONField(default=list)
    k = models.PositiveBigIntegerField(null=True)
    k_min = models.PositiveIntegerField()
    reason = models.TextField()
    # One that names no day has ended with the day on which it was taken.
    until = models.DateField(default=timezone.localdate)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    # When the sweep found that it had ended and told the officer.
    lapsed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        parts = [f"k = {self.k}"] if self.is_of_k else []
        if self.tables:
            parts.append(f"what “{'” and “'.join(self.tables)}” give away together")
        return f"Accepted: {'; '.join(parts) or f'what {self.UNNAMED} give away together'}"

    @property
    def is_of_k(self) -> bool:
        """Whether a group that is too small was accepted."""
        return self.k is not None and self.k < self.k_min

    def holds_on(self, day: date) -> bool:
        """Whether it still holds on `day`: its last day counts."""
        return self.until >= day
