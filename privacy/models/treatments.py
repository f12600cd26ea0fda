"""The making of one treated copy: recipe applied, copy scanned again, risk measured on it."""

from __future__ import annotations

from django.db import models

from privacy.risk.profile import RiskProfile
from work.models import WorkItem


class Treatment(WorkItem):
    """Finished when `treated_at` is set. Keyed by all it depends on, so nothing is made twice."""

    release = models.ForeignKey("workflow.Release", on_delete=models.PROTECT, related_name="treatments")
    file_sha256 = models.CharField(max_length=64)
    registry_version = models.CharField(max_length=40)
    recipe = models.JSONField(default=list)
    recipe_digest = models.CharField(max_length=64)
    quasi = models.JSONField(default=list)
    quasi_digest = models.CharField(max_length=64)
    treated_at = models.DateTimeField(null=True, blank=True)
    treated = models.ForeignKey(
        "dossier.StoredFile", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    rows = models.BigIntegerField(default=0)
    columns = models.JSONField(default=list)
    # The risk profile (privacy.risk) over the quasi-identifiers that are left; empty when none is.
    measures = models.JSONField(default=dict)
    # The same of the file as it came, over all confirmed ones.
    measures_before = models.JSONField(default=dict)
    # What each step of the recipe did (privacy.remedies.recipe.Outcome): counts of rows and cells.
    outcomes = models.JSONField(default=list)
    # Per column and kind of decision what is left after treatment, in a sentence (see privacy.leftovers).
    leftovers = models.JSONField(default=list)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["release", "file_sha256", "registry_version", "recipe_digest", "quasi_digest"],
                name="one_treatment_per_recipe",
            ),
        ]

    @property
    def measured(self) -> RiskProfile | None:
        """The measures over the quasi-identifiers that are left; None when none is, or not measured yet."""
        return RiskProfile.of_dict(self.measures) if self.measures else None

    @property
    def measured_before(self) -> RiskProfile | None:
        """The measures of the file before treatment; None when nothing was confirmed, or not measured yet."""
        return RiskProfile.of_dict(self.measures_before) if self.measures_before else None

    def __str__(self) -> str:
        return f"Treated copy of file {self.file_sha256[:8]}"
