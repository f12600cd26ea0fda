"""Release: one journey of a dataset to the public, and the only thing with a stage.

Transitions hold source and target only; whoever wants a move calls
workflow.services.transitions.release_transition, the one door.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django_fsm import GET_STATE, FSMField, transition

from accounts.profiles import profile_of
from workflow.models.dataset import Dataset
from workflow.stage_words import stage_label
from workflow.stages import MOVES, OPEN_STAGES, Stage


class StageIsProtected(TypeError):
    """Somebody tried to set a stage without the door."""


class ReleaseQuerySet(models.QuerySet["Release"]):
    """Closes the ways past a protected FSM field: update, create and the bulk methods."""

    def update(self, **changes: Any) -> int:
        _refuse_stage(changes)
        return super().update(**changes)

    def create(self, **fields: Any) -> Any:
        _refuse_stage(fields)
        return super().create(**fields)

    def bulk_create(self, objs: Any, *args: Any, **kwargs: Any) -> Any:
        raise StageIsProtected("Releases are opened one by one (workflow.services.datasets.release_open).")

    def bulk_update(self, objs: Any, fields: Any, *args: Any, **kwargs: Any) -> int:
        _refuse_stage(fields)
        return super().bulk_update(objs, fields, *args, **kwargs)


def _refuse_stage(fields: Any) -> None:
    if "stage" in fields:
        raise StageIsProtected("A stage changes through release_transition only.")


class Release(models.Model):
    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="releases")
    number = models.PositiveIntegerField()
    profile = models.ForeignKey("accounts.ProgramProfile", on_delete=models.PROTECT, related_name="+")
    stage = FSMField(default=Stage.INVENTORY, choices=Stage.choices, protected=True, db_index=True)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    opened_at = models.DateTimeField(default=timezone.now)
    stage_entered_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(null=True, blank=True)
    held_at = models.DateTimeField(null=True, blank=True)
    hold_reason = models.TextField(blank=True)
    # Of which class the published form is, as whoever holds the privacy stage decided: class of the data, class
    # of the form, security level.
    output_decision = models.JSONField(default=list, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["dataset", "number"], name="one_release_per_number"),
            models.UniqueConstraint(
                fields=["dataset"],
                condition=Q(stage__in=[str(stage) for stage in OPEN_STAGES]),
                name="one_open_release_per_dataset",
            ),
            models.UniqueConstraint(
                fields=["dataset"],
                condition=Q(stage=str(Stage.PUBLISHED)),
                name="one_public_release_per_dataset",
            ),
            models.CheckConstraint(condition=Q(stage__in=Stage.values), name="release_stage_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.dataset.title}, release {self.number}"

    def get_stage_display(self) -> str:  # type: ignore[no-redef]
        """The stage in the words of the program."""
        final = self.stage == Stage.CDO_REVIEW
        return stage_label(self.stage, profile_of(self.profile)) if final else str(Stage(self.stage).label)

    @property
    def is_open(self) -> bool:
        return self.stage in OPEN_STAGES

    # The moves. Bodies stay empty: what a move needs and does is written in the tables and the door.

    @transition(field=stage, source=Stage.INVENTORY, target=Stage.READINESS)
    def begin_readiness(self) -> None:
        pass

    @transition(field=stage, source=Stage.READINESS, target=Stage.QUALITY)
    def submit_for_quality(self) -> None:
        pass

    @transition(field=stage, source=Stage.QUALITY, target=Stage.PRIVACY)
    def pass_quality(self) -> None:
        pass

    @transition(field=stage, source=Stage.PRIVACY, target=Stage.CDO_REVIEW)
    def clear_privacy(self) -> None:
        pass

    @transition(field=stage, source=Stage.CDO_REVIEW, target=Stage.STAGED)
    def approve(self) -> None:
        pass

    @transition(field=stage, source=Stage.STAGED, target=Stage.PUBLISHED)
    def publish(self) -> None:
        pass

    @transition(field=stage, source=list(MOVES["pass_refresh"].sources), target=Stage.STAGED)
    def pass_refresh(self) -> None:
        pass

    @transition(field=stage, source=Stage.INVENTORY, target=Stage.PRIVACY)
    def refresh_to_privacy(self) -> None:
        pass

    @transition(field=stage, source=Stage.INVENTORY, target=Stage.READINESS)
    def refresh_to_review(self) -> None:
        pass

    @transition(
        field=stage,
        source=list(MOVES["return_for_changes"].sources),
        target=GET_STATE(lambda self, to: to, states=list(MOVES["return_for_changes"].targets)),
    )
    def return_for_changes(self, to: str) -> None:
        pass

    @transition(field=stage, source=list(MOVES["reject"].sources), target=Stage.REJECTED)
    def reject(self) -> None:
        pass

    @transition(field=stage, source=list(OPEN_STAGES), target=Stage.WITHDRAWN)
    def withdraw(self) -> None:
        pass

    @transition(field=stage, source=list(OPEN_STAGES), target=None)
    def hold(self) -> None:
        pass

    @transition(field=stage, source=list(OPEN_STAGES), target=None)
    def resume(self) -> None:
        pass

    @transition(field=stage, source=Stage.PUBLISHED, target=Stage.SUPERSEDED)
    def supersede(self) -> None:
        pass

    @transition(field=stage, source=Stage.PUBLISHED, target=Stage.RETRACTED)
    def retract(self) -> None:
        pass

    @transition(field=stage, source=Stage.RETRACTED, target=Stage.PRIVACY)
    def reinstate(self) -> None:
        pass

    @transition(field=stage, source=[Stage.PUBLISHED, Stage.RETRACTED], target=Stage.RETIRED)
    def retire(self) -> None:
        pass


class StageVisit(models.Model):
    """One stay of a release in a stage: entered and left, when and by whom (null is the system)."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="visits")
    stage = models.CharField(max_length=20, choices=Stage.choices)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    left_at = models.DateTimeField(null=True, blank=True)
    left_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    move = models.CharField("left by move", max_length=30, blank=True)

    class Meta:
        ordering = ["entered_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["release"], condition=Q(left_at=None), name="a_release_is_in_one_stage"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.release_id} in {self.stage}"


class ReturnForChanges(models.Model):
    """A return: from where to where, why, the points to answer, and which role answers.

    `points` and `letter` are kept as they were sent; what becomes of each point is a ReturnPoint.
    """

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="returns")
    from_stage = models.CharField(max_length=20, choices=Stage.choices)
    to_stage = models.CharField(max_length=20, choices=Stage.choices)
    reason = models.TextField()
    points = models.JSONField(default=list)
    letter = models.TextField(blank=True)
    answered_by_role = models.CharField(max_length=30)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"Return of {self.release_id} to {self.to_stage}"


class ApprovalRequest(Release):
    """A release as the CDO's queue in the admin sees it (proxy: no table of its own)."""

    class Meta:
        proxy = True
        verbose_name = "approval request"
        verbose_name_plural = "approval queue"
