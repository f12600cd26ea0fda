"""RoleRequest: somebody with an account asks a program for a role, or for publishing rights."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models.programs import Department, Program
from accounts.roles import DEPARTMENT_ROLES, Role


class RoleRequest(models.Model):
    """It waits with the portal admins of the program and is answered with a reason.

    `publishing`: they also need an account with publishing rights on the portal itself, which the portal admin
    arranges there (Connecticut, step 4).
    """

    class Decision(models.TextChoices):
        GRANTED = "granted", "Granted"
        DECLINED = "declined", "Not granted"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="role_requests")
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="role_requests")
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, null=True, blank=True, related_name="role_requests"
    )
    role = models.CharField(max_length=30, choices=Role.choices)
    publishing = models.BooleanField("publishing rights on the portal", default=False)
    why = models.TextField()
    asked_at = models.DateTimeField(default=timezone.now)
    decision = models.CharField(max_length=8, choices=Decision.choices, blank=True)
    reason = models.TextField(blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "program", "role", "department"],
                condition=Q(decision=""),
                name="one_open_request_per_role_and_place",
            ),
            # Two empty departments are not equal for a unique constraint, so this case has its own.
            models.UniqueConstraint(
                fields=["user", "program", "role"],
                condition=Q(decision="", department=None),
                name="one_open_program_wide_request_per_role",
            ),
            models.CheckConstraint(
                condition=Q(role__in=sorted(DEPARTMENT_ROLES)) | Q(department=None),
                name="requests_for_program_roles_have_no_department",
            ),
            models.CheckConstraint(
                condition=Q(decision="", decided_by=None, decided_at=None)
                | (~Q(decision="") & Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="a_role_request_is_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("user")),
                name="nobody_answers_their_own_role_request",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}"

    @property
    def is_open(self) -> bool:
        return not self.decision
