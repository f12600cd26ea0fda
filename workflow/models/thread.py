"""Threads: what people say about a dataset, a checklist item, a finding or a review; and questions in them.

A thread is talk, not evidence: it is no part of the dossier, binds nothing and is never public.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.roles import Role
from workflow.models.dataset import Dataset
from workflow.models.release import Release


class Thread(models.Model):
    """One place of talk. About the dataset itself it lasts over all releases; else it is of one release.

    `key` names what it is about: "quality/QUA-02a", the digest of a column's name, the id of a review.
    """

    class Topic(models.TextChoices):
        DATASET = "dataset", "Dataset"
        ITEM = "item", "Checklist item"
        FINDING = "finding", "Column"
        REVIEW = "review", "Review"

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="threads")
    release = models.ForeignKey(
        Release, on_delete=models.CASCADE, null=True, blank=True, related_name="threads"
    )
    topic = models.CharField(max_length=10, choices=Topic.choices)
    key = models.CharField(max_length=80)
    # What it was called when somebody wrote first: a column may be gone from the next file.
    label = models.CharField(max_length=300)
    last_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-last_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["release", "topic", "key"],
                condition=Q(release__isnull=False),
                name="one_thread_per_topic_of_a_release",
            ),
            models.UniqueConstraint(
                fields=["dataset", "topic", "key"],
                condition=Q(release=None),
                name="one_thread_per_topic_of_a_dataset",
            ),
            models.CheckConstraint(
                condition=Q(topic="dataset", release=None) | (~Q(topic="dataset") & Q(release__isnull=False)),
                name="only_threads_of_a_dataset_outlast_its_releases",
            ),
        ]

    def __str__(self) -> str:
        return self.label


class ThreadPost(models.Model):
    """What one person wrote. Erased, the row stays and says so; the words are gone."""

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="posts")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    body = models.TextField(blank=True)
    at = models.DateTimeField(default=timezone.now)
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(erased_at=None) & ~Q(body="")) | Q(erased_at__isnull=False, body=""),
                name="a_post_has_words_or_was_erased",
            ),
        ]

    def __str__(self) -> str:
        return f"Post in thread {self.thread_id}"


class ThreadSeen(models.Model):
    """When a person last looked into a thread, and when a letter last told them of it."""

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="seen")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    seen_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["thread", "user"], name="one_visit_mark_per_person_and_thread"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in thread {self.thread_id}"


class HelpRequest(models.Model):
    """A question in a thread that waits for the answer of a role. Closed by the answer, or by hand."""

    class Helper(models.TextChoices):
        OPEN_DATA_TEAM = Role.OPEN_DATA_TEAM.value, Role.OPEN_DATA_TEAM.label
        PORTAL_ADMIN = Role.PORTAL_ADMIN.value, Role.PORTAL_ADMIN.label
        CDO = Role.CDO.value, Role.CDO.label

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="help_requests")
    # The release from whose page it was asked; a question about the dataset has it too.
    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="help_requests")
    question = models.OneToOneField(ThreadPost, on_delete=models.CASCADE, related_name="help_request")
    of_role = models.CharField(max_length=30, choices=Helper.choices)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    answer = models.ForeignKey(
        ThreadPost, on_delete=models.SET_NULL, null=True, blank=True, related_name="answers"
    )
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["asked_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None)
                | Q(closed_at__isnull=False, closed_by__isnull=False),
                name="a_closed_question_was_closed_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"Question {self.pk} in thread {self.thread_id}"

    @property
    def is_open(self) -> bool:
        return self.closed_at is None
