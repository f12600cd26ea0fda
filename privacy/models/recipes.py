"""The recipe in its versions, what links surrogates across refreshes, uploaded hierarchies, and class tables."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from work.models import WorkItem


class RecipeVersion(models.Model):
    """What a recipe was from then on. Rows are only added; the highest number is in force.

    `steps` hold remedies and parameters: names of columns, levels, numbers and public categories.
    """

    release = models.ForeignKey("workflow.Release", on_delete=models.PROTECT, related_name="recipes")
    number = models.PositiveIntegerField()
    steps = models.JSONField(default=list)
    digest = models.CharField(max_length=64)
    note = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["release", "number"]
        constraints = [
            models.UniqueConstraint(fields=["release", "number"], name="one_recipe_per_number"),
            models.CheckConstraint(condition=Q(number__gte=1), name="recipes_are_numbered_from_one"),
        ]

    def __str__(self) -> str:
        return f"Recipe version {self.number}"


class PseudonymMap(models.Model):
    """Which surrogates the values of a column were given, so that a refresh gives the same ones.

    `sealed` is encrypted and holds keyed fingerprints of the values, never the values.
    """

    dataset = models.ForeignKey("workflow.Dataset", on_delete=models.PROTECT, related_name="pseudonym_maps")
    column = models.TextField()
    sealed = models.BinaryField()
    size = models.PositiveBigIntegerField(default=0)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["dataset", "column"]
        constraints = [
            models.UniqueConstraint(fields=["dataset", "column"], name="one_pseudonym_map_per_column"),
        ]

    def __str__(self) -> str:
        return f"{self.size:,} surrogates of “{self.column}”"


class UploadedHierarchy(models.Model):
    """How the values of a column become coarser, as somebody uploaded it for a dataset.

    Its values are public categories (“plumber”, “Asian”), which the uploader confirms: they are shown and kept
    in clear. A recipe names it by `digest`, so it never changes.
    """

    dataset = models.ForeignKey("workflow.Dataset", on_delete=models.PROTECT, related_name="hierarchies")
    label = models.CharField(max_length=120)
    level_labels = models.JSONField(default=list)
    rows = models.JSONField(default=list)
    digest = models.CharField(max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["dataset", "label", "id"]
        verbose_name_plural = "uploaded hierarchies"
        constraints = [
            models.UniqueConstraint(fields=["dataset", "digest"], name="one_hierarchy_per_digest"),
        ]

    def __str__(self) -> str:
        return self.label


class ClassTabulation(WorkItem):
    """The making of one class table, on which the what-if measures. Finished when `table` is set.

    The table holds combinations of values of the raw file: it lies in private storage, no page serves it, and
    it counts as raw data.
    """

    release = models.ForeignKey("workflow.Release", on_delete=models.PROTECT, related_name="class_tables")
    file_sha256 = models.CharField(max_length=64)
    quasi = models.JSONField(default=list)
    quasi_digest = models.CharField(max_length=64)
    table = models.ForeignKey(
        "dossier.StoredFile", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    rows = models.BigIntegerField(default=0)
    classes = models.BigIntegerField(default=0)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["release", "file_sha256", "quasi_digest"], name="one_class_table_per_file_and_columns"
            ),
        ]

    def __str__(self) -> str:
        return f"Class table of file {self.file_sha256[:8]}"
