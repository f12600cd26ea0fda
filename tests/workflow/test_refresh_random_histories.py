"""No sequence of refreshes, decisions and endings leads to a public copy without a permit that covers it."""

from __future__ import annotations

import random
from datetime import timedelta
from itertools import pairwise

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from dossier.errors import DossierFrozen
from publishing.models import Permit, PermitBounds
from tests.cast import Cast
from tests.workflow.refreshes import (
    HEADER,
    csv_of,
    decided,
    public_dataset,
    read_here,
    refreshed,
    rows,
    run,
    went_public,
)
from workflow.context import context_of
from workflow.errors import MoveRefused
from workflow.models import Dataset, Release, Review
from workflow.services.transitions import release_transition
from workflow.stages import Stage

STEPS = 10


class History:
    """One dataset and whatever happens to it. Every step may be refused; none may break the rule."""

    def __init__(self, cast: Cast, dataset: Dataset, seed: int) -> None:
        self.cast, self.dataset, self.rng = cast, dataset, random.Random(seed)
        self.count = 120

    def step(self) -> None:
        happening = self.rng.choice(
            (
                self.refresh_within,
                self.refresh_within,
                self.rename,
                self.add_column,
                self.number_of_a_person,
                self.change_method,
                self.expire,
                self.clear_privacy,
                self.withdraw,
                self.return_it,
                self.describe_otherwise,
                self.retract,
            )
        )
        try:
            happening()
        except (MoveRefused, PermissionDenied, DossierFrozen):
            return

    @property
    def open(self) -> Release | None:
        current = Dataset.objects.get(pk=self.dataset.pk).current_release
        return current if current and current.is_open else None

    def _refresh(self, table: bytes, **words: object) -> None:
        refreshed(self.dataset, table, actor=self.cast.steward, **words)  # type: ignore[arg-type]

    def refresh_within(self) -> None:
        self.count += self.rng.randrange(1, 5)
        self._refresh(csv_of(rows(1, self.count)))

    def rename(self) -> None:
        self._refresh(csv_of(rows(1, self.count), HEADER.replace("cost", "price")))

    def add_column(self) -> None:
        table = [[*row, "" if n % 2 else "yes"] for n, row in enumerate(rows(1, self.count))]
        self._refresh(csv_of(table, f"{HEADER},plot"))

    def number_of_a_person(self) -> None:
        self._refresh(csv_of([*rows(1, self.count), ["P-9", "2026-05-01", "219-09-9999", "North", "1"]]))

    def change_method(self) -> None:
        self._refresh(csv_of(rows(1, self.count)), method_changed=True)

    def expire(self) -> None:
        past = timezone.now() - timedelta(minutes=1)
        Permit.objects.filter(release__dataset=self.dataset).update(expires_at=past)

    def clear_privacy(self) -> None:
        release = self.open
        if release is not None and release.stage == Stage.PRIVACY:
            decided(release.pk, self.cast)
            release_transition(release_id=release.pk, name="clear_privacy", actor=self.cast.privacy_officer)
            run(release.pk)
            went_public(release.pk)

    def withdraw(self) -> None:
        if self.open is not None:
            release_transition(
                release_id=self.open.pk, name="withdraw", actor=self.cast.coordinator, reason="Not this one."
            )

    def return_it(self) -> None:
        if self.open is not None:
            release_transition(
                release_id=self.open.pk, name="return_for_changes", actor=self.cast.cdo, reason="Look again."
            )

    def describe_otherwise(self) -> None:
        words = self.rng.choice(("Permits as they are issued.", "Permits, and what they cost."))
        Dataset.objects.filter(pk=self.dataset.pk).update(description=words)

    def retract(self) -> None:
        public = Release.objects.filter(dataset=self.dataset, stage=Stage.PUBLISHED).first()
        if public is not None and self.rng.random() < 0.3:
            release_transition(
                release_id=public.pk, name="retract", actor=self.cast.cdo, reason="It must go."
            )


def broken(dataset: Dataset) -> list[str]:
    """What a release that was public lacks: a permit for its bytes, and behind it people who approved."""
    found = []
    for release in dataset.releases.filter(published_at__isnull=False):
        copy = context_of(release.pk).about("public_copy", "treated")
        permit = Permit.objects.filter(release=release, treated_sha256=copy).first()
        if permit is None:
            found.append(f"{release}: no permit for its copy")
            continue
        if not permit.approvers:
            found.append(f"{release}: a permit in nobody's name")
        found += _chain_faults(release, permit)
    return found


def _chain_faults(release: Release, permit: Permit) -> list[str]:
    chain = [permit]
    while (bounds := PermitBounds.objects.filter(permit=chain[-1]).first()) and bounds.basis:
        chain.append(bounds.basis)
    root = chain[-1]
    found = [
        f"{release}: its permit outlasts what it rests on"
        for later, earlier in pairwise(chain)
        if later.expires_at > earlier.expires_at
    ]
    if not Review.objects.filter(release=root.release_id, kind="cdo", verdict="approved").exists():
        found.append(f"{release}: nobody approved what it rests on")
    return found


@pytest.mark.django_db
@pytest.mark.parametrize("seed", [3, 11])
def test_whatever_happens_nothing_is_public_without_a_permit_that_covers_it(
    seed: int, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dossier.services_files.read_in_child", read_here)
    history = History(cast, public_dataset(cast), seed)
    for _ in range(STEPS):
        history.step()
        assert broken(history.dataset) == []
    assert history.dataset.releases.count() > 1
