"""Distribution: one available form of a dataset, with its data dictionary."""

from django.db import models

from workflow.models.dataset import Dataset


class Distribution(models.Model):
    """One form in which a dataset is available (DCAT): here, a table on a portal."""

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="distributions")
    title = models.CharField(max_length=200)
    portal = models.CharField(max_length=30, default="socrata")
    public_url = models.URLField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dataset", "portal"], name="one_distribution_per_portal"),
        ]

    def __str__(self) -> str:
        return self.title


class ColumnDescription(models.Model):
    """One line of the data dictionary: what a column means. Kept from release to release by its name.

    `position` is that in the present file; a column which it lacks has none, and keeps its words for the day
    it comes back.
    """

    distribution = models.ForeignKey(Distribution, on_delete=models.CASCADE, related_name="columns")
    position = models.PositiveIntegerField(null=True, blank=True)
    name = models.CharField("column in the file", max_length=255)
    label = models.CharField("name for readers", max_length=120, blank=True)
    description = models.TextField(blank=True)
    unit = models.CharField(max_length=60, blank=True)
    data_type = models.CharField(max_length=20, blank=True)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["distribution", "name"], name="one_description_per_column"),
        ]

    def __str__(self) -> str:
        return self.name
