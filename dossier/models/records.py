"""Dossier, StoredFile, Fact and Contribution: the rows that stations and conductor share."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class Dossier(models.Model):
    """The lock of one release: the door and every station write take this row first.

    `open_parts` are the parts that the present stage lets people edit; the door sets it at each move.
    """

    release = models.OneToOneField("workflow.Release", on_delete=models.CASCADE, related_name="dossier")
    open_parts = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"Dossier of {self.release_id}"


class StoredFile(models.Model):
    """One file in private storage, kept under its own sha256."""

    class Kind(models.TextChoices):
        RAW = "raw", "As uploaded"
        COLUMNAR = "columnar", "Columnar copy"
        CLASSES = "classes", "Class table"
        TREATED = "treated", "Treated copy"
        EVIDENCE = "evidence", "Evidence"
        ARCHIVE = "archive", "Archive copy"

    release = models.ForeignKey("workflow.Release", on_delete=models.PROTECT, related_name="files")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    sha256 = models.CharField(max_length=64, db_index=True)
    size = models.BigIntegerField()
    name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=100, blank=True)
    storage_key = models.CharField(max_length=200)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    # What is known of the file without its values: columns, types, notes, profile, row fingerprint.
    meta = models.JSONField(default=dict)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["release", "kind"])]

    def __str__(self) -> str:
        return self.name


class Fact(models.Model):
    """What a station has established about a release. `about` names exactly what it speaks of."""

    release = models.ForeignKey("workflow.Release", on_delete=models.CASCADE, related_name="facts")
    kind = models.CharField(max_length=40)
    ok = models.BooleanField()
    sentences = models.JSONField(default=list)
    about = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)
    data = models.JSONField(default=dict)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["release", "kind"], name="one_fact_per_kind")]

    def __str__(self) -> str:
        return f"{self.kind} of release {self.release_id}: {'holds' if self.ok else 'does not hold'}"


class Contribution(models.Model):
    """Somebody changed what will be released. Four eyes are judged from these rows."""

    release = models.ForeignKey("workflow.Release", on_delete=models.CASCADE, related_name="contributions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    what = models.CharField(max_length=60)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["release", "user", "what"], name="one_contribution_per_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.what}"
