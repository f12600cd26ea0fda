"""The making of one treated copy: recipe applied, copy scanned again, risk measured on it."""

from __future__ import annotations

from django.db import models

from privacy.risk.k_anonymity import RiskMeasures
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
    # privacy.risk measures over the quasi-identifiers that are left; empty when none is.
    measures = models.JSONField(default=dict)
    # Per column with something left after treatment: entities and counts, masked (see services.treatments).
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
    def measured(self) -> RiskMeasures | None:
        """The measures over the quasi-identifiers that are left; None when none is, or not measured yet."""
        return RiskMeasures(**self.measures) if self.measures else None

    def __str__(self) -> str:
        return f"Treated copy of file {self.file_sha256[:8]}"
