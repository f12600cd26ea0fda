"""How far a permit reaches beyond the copy it was written for: the refreshes that need no new decision."""

from __future__ import annotations

from django.db import models

from publishing.models.publication import Permit


class PermitBounds(models.Model):
    """The bounds of one permit. `basis` is the permit under which a refresh was let through by the system.

    A permit without bounds covers its own copy and no refresh; one whose basis was revoked covers nothing.
    """

    permit = models.OneToOneField(Permit, on_delete=models.CASCADE, related_name="bounds")
    basis = models.ForeignKey(
        Permit, on_delete=models.PROTECT, null=True, blank=True, related_name="refreshes"
    )
    # The recipe whose replay was approved.
    recipe_digest = models.CharField(max_length=64, blank=True)
    # Of the file: [{"name", "type", "nullable"}]; of the copy: [{"name", "type", "words"}] (label, description, unit).
    columns = models.JSONField(default=list)
    treated_columns = models.JSONField(default=list)
    rows = models.PositiveBigIntegerField(default=0)
    # What the detectors found, by column: names of entities.
    entities = models.JSONField(default=dict)
    # The description that was approved, without its columns.
    description_digest = models.CharField(max_length=64, blank=True)
    # How far rows and values may move (accounts.profiles.parts.Updates).
    limits = models.JSONField(default=dict)

    class Meta:
        verbose_name_plural = "bounds of permits"

    def __str__(self) -> str:
        return f"Bounds of permit {self.permit_id}"
