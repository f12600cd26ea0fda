"""What is computed of a recipe and is too long for a page: a search, or a measurement. Made by a worker."""

from __future__ import annotations

from django.db import models

from work.models import WorkItem


class RecipeSearch(WorkItem):
    """One search for the least harmful recipe, or one measurement of what a recipe does. Finished when `found` or
    `refused` is set; keyed by all it depends on, so never made twice.

    `asked` holds the steps of the recipe; for a search also k, the share of rows that may be left out and a
    hierarchy for each column. `found` holds levels, counts and measures, no value of the file.
    """

    release = models.ForeignKey("workflow.Release", on_delete=models.PROTECT, related_name="recipe_searches")
    file_sha256 = models.CharField(max_length=64)
    quasi_digest = models.CharField(max_length=64)
    asked = models.JSONField(default=dict)
    asked_digest = models.CharField(max_length=64)
    found = models.JSONField(default=dict)
    refused = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "recipe searches"
        constraints = [
            models.UniqueConstraint(
                fields=["release", "file_sha256", "quasi_digest", "asked_digest"], name="one_recipe_search"
            ),
        ]

    def __str__(self) -> str:
        return f"Search for k = {self.asked['k']}" if "k" in self.asked else "Measurement of a recipe"
