"""Programs (one per government), the versions of their profiles, and their departments."""

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q


class Program(models.Model):
    """One government's open data program: the wall between what people see."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=200)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ProgramProfile(models.Model):
    """One version of how a program works. Never edited: a change is the next version; a release pins one."""

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="profiles")
    version = models.PositiveIntegerField()
    content = models.JSONField()
    digest = models.CharField(max_length=64)
    adopted_at = models.DateTimeField(auto_now_add=True)
    # Empty where the product's own file was loaded; a version that a person adopted is never overwritten by one.
    adopted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ["program", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["program", "version"], name="one_profile_per_version"),
            models.CheckConstraint(
                condition=Q(adopted_by=None) | ~Q(reason=""), name="an_adopted_profile_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.program} profile, version {self.version}"


class Department(models.Model):
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="departments")
    name = models.CharField(max_length=200)
    code = models.CharField(
        max_length=3,
        validators=[
            RegexValidator(r"^[A-Z]{3}$", "The department code is three capital letters, as in PUB.")
        ],
        help_text="Three capital letters. Inventory numbers of this department begin with them.",
    )
    # Where two governments share a program (Durham: city and county), the one this department belongs to.
    side = models.CharField(max_length=20, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["program", "code"], name="one_department_per_code"),
            models.UniqueConstraint(fields=["program", "name"], name="one_department_per_name"),
            models.CheckConstraint(condition=~Q(name=""), name="department_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name
