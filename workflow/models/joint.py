"""ContributingDepartment: a department that makes a dataset together with the one that owns it."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from workflow.models.dataset import Dataset


class ContributingDepartment(models.Model):
    """Joint data (Durham ITP-5 III; LA level two "shared or complex ownership"): the others who contribute.

    Their people see the dataset; where `must_sign`, the department approval is needed from them too.
    """

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="contributing")
    department = models.ForeignKey(
        "accounts.Department", on_delete=models.PROTECT, related_name="contributes_to"
    )
    must_sign = models.BooleanField(default=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["department__name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["dataset", "department"], name="department_contributes_once_to_a_dataset"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.department} contributes to {self.dataset}"
