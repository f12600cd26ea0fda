"""The people who work in the product and the roles they hold."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone

from accounts.models.programs import Department, Program
from accounts.roles import DEPARTMENT_ROLES, Role


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A person who logs in with `email`; without a password they must be invited to choose one."""
        if not email:
            raise ValueError("A person needs an e-mail address.")
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person. Logs in with their e-mail address; what they may do follows from RoleAssignment."""

    email = models.EmailField(
        unique=True, error_messages={"unique": "Somebody with this address exists already."}
    )
    full_name = models.CharField(max_length=150)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False, help_text="May open the admin site. Kept by sync_roles.")
    date_joined = models.DateTimeField(default=timezone.now)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]

    class Meta:
        ordering = ["full_name", "email"]
        constraints = [
            models.UniqueConstraint(Lower("email"), name="one_person_per_address"),
        ]

    def __str__(self) -> str:
        return self.full_name or self.email

    def get_full_name(self) -> str:
        return self.full_name

    def get_short_name(self) -> str:
        return self.full_name.split(" ")[0] if self.full_name else self.email


class RoleAssignment(models.Model):
    """One role of one person in one program; `department` is null when it counts program-wide."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="role_assignments")
    role = models.CharField(max_length=30, choices=Role.choices)
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="role_assignments")
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, null=True, blank=True, related_name="role_assignments"
    )
    # Of a program that two governments share: the one for which the role counts; empty is every side.
    side = models.CharField(max_length=20, blank=True)
    assigned_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    assigned_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["program", "department", "role"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "program", "department"],
                name="one_assignment_per_role_and_place",
            ),
            # Two empty departments are not equal for a unique constraint, so this case has its own.
            models.UniqueConstraint(
                fields=["user", "role", "program"],
                condition=Q(department=None),
                name="one_program_wide_assignment_per_role",
            ),
            models.CheckConstraint(
                condition=Q(role__in=sorted(DEPARTMENT_ROLES)) | Q(department=None),
                name="program_roles_have_no_department",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}, {self.department or self.program}"


class Delegation(models.Model):
    """While it runs, `to_user` also holds the assignment. Separation of duties counts both people (M05)."""

    assignment = models.ForeignKey(RoleAssignment, on_delete=models.CASCADE, related_name="delegations")
    to_user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="delegations_received")
    starts = models.DateField()
    ends = models.DateField()
    reason = models.TextField(blank=True)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    # Ended before its last day: by the lender, by the delegate who hands it back, or by a portal admin.
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-starts", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends__gte=F("starts")), name="delegation_ends_after_it_starts"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assignment} to {self.to_user}, {self.starts} to {self.ends}"


class Invitation(models.Model):
    """A letter to somebody who has no password yet; accepted when they choose one."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="invitation")
    invited_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    invited_at = models.DateTimeField(default=timezone.now)
    accepted_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"Invitation of {self.user}"
