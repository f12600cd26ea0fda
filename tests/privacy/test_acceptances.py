"""What somebody accepted is what they saw: this copy, this comparison, this day; public data keeps its decisions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEvent
from dossier.models import Fact, StoredFile
from dossier.selectors import facts
from dossier.services import fact_record
from privacy.catalogue import previous_copy
from privacy.copy_state import LOST
from privacy.errors import AssessmentRefused, DispositionRefused
from privacy.models import AssessmentDecision, CopyCheck, CopySketch, RiskDecision, Treatment
from privacy.selectors import state_of
from privacy.services import (
    aggregate_declare,
    assessment_decide,
    facts_rebuild,
    risk_accept,
)
from privacy.services.facts import facts_write
from privacy.tasks import treatment_run
from tests.cast import Cast
from tests.factories.workflow import release_at
from tests.privacy.samples import SOON
from tests.privacy.test_assessments import RATIONALE, RULES, decided, rated
from tests.privacy.test_mosaic_work import HEARINGS, WHY, copied, made_public, published, work_on
from workflow.context import context_of
from workflow.models import Release
from workflow.selectors.overrides import is_in_force, overrides_to_review
from workflow.services.datasets import release_open

__all__ = ["published", "work_on"]
Work = Callable[[], None]
YESTERDAY = timezone.localdate() - timedelta(days=1)
MORE = {"case_no": [*HEARINGS["case_no"], "C-9999"], "sex": [*HEARINGS["sex"], "F"]}


def accept(release: Release, cast: Cast, **given: Any) -> RiskDecision:
    words: dict[str, Any] = {"reason": WHY, "until": SOON} | given
    return risk_accept(release_id=release.pk, actor=cast.privacy_officer, **words)


@pytest.fixture
def following(published: Release, cast: Cast, tmp_path: Path) -> Release:
    """The next release of the hearings, with one person more; its copy is not made yet."""
    release = release_open(dataset=published.dataset, actor=cast.steward)
    copied(release, MORE, cast, tmp_path, ["sex"])
    return release


def work_without_comparing() -> None:
    for treatment in Treatment.objects.filter(status="queued"):
        treatment_run(treatment.pk)


def test_nobody_accepts_a_comparison_that_nobody_has_seen(
    following: Release, cast: Cast, work_on: Work
) -> None:
    work_without_comparing()
    with pytest.raises(DispositionRefused, match="still being compared"):
        accept(following, cast)
    work_on()
    row = accept(following, cast)
    assert row.tables == [str(following), f"{following.dataset.title}, release 1"]
    assert facts(following.pk)["risk"].ok
    told = AuditEvent.objects.get(action="privacy.comparison_accepted")
    assert "release 1" in told.data["tables"] and str(told.note) == WHY
    assert not AuditEvent.objects.filter(action="privacy.risk_accepted").exists(), "k is large enough"


def test_an_acceptance_ends_when_the_comparison_finds_something_else(
    following: Release, cast: Cast, work_on: Work
) -> None:
    work_on()
    accept(following, cast)
    check = CopyCheck.objects.get(release=following)
    check.differences |= {"alone_added": 3}
    check.save()
    facts_write(release_id=following.pk)
    assert not facts(following.pk)["risk"].ok
    assert state_of(following.pk).acceptance is None


def test_an_acceptance_ends_when_another_release_went_before(
    following: Release, published: Release, cast: Cast, work_on: Work
) -> None:
    work_on()
    accept(following, cast)
    sketch = CopySketch.objects.get()
    stored = StoredFile.objects.get(release=published, kind="treated", sha256=sketch.treated_sha256)
    other = StoredFile.objects.create(
        release=published, kind="treated", sha256="8" * 64, size=1, name="t", storage_key=stored.storage_key
    )
    fact_record(release_id=published.pk, kind="public_copy", ok=True, about={"treated": other.sha256})
    facts_write(release_id=following.pk)
    assert not facts(following.pk)["risk"].ok
    work_on()
    assert not facts(following.pk)["risk"].ok, "the same rows, but nobody looked at them beside this one"


VISITS = {
    "clinic": ["North", "North", "South", "South"],
    "sex": ["F", "M"] * 2,
    "visit_count": ["", "40", "50", "60"],
}


def declared(release: Release, cast: Cast) -> None:
    aggregate_declare(
        release_id=release.pk,
        is_table=True,
        dimensions=["clinic", "sex"],
        counts=["visit_count"],
        rule="calhhs",
        totals_known=False,
        reason="Counts of visits.",
        actor=cast.privacy_officer,
    )


def test_cells_that_two_releases_lay_open_together_stop_the_copy_until_they_are_accepted(
    client: Client, cast: Cast, tmp_path: Path, work_on: Work
) -> None:
    before = release_at("PUBLISHED", cast, title="Visits")
    copied(before, VISITS, cast, tmp_path, ["sex"])
    work_on()
    made_public(before)
    following = release_open(dataset=before.dataset, actor=cast.steward)
    copied(following, VISITS | {"visit_count": ["30", "", "50", "60"]}, cast, tmp_path, ["sex"])
    work_on()
    declared(following, cast)
    work_on()
    risk = facts(following.pk)["risk"]
    assert not risk.ok
    told = [
        text for text in risk.sentences if "hidden in one of the two releases and shown in the other" in text
    ]
    assert told and "2 of 4 cells" in told[0] and "record why" in told[0]
    client.force_login(cast.privacy_officer)
    page = client.get(reverse("privacy_mosaic", args=[following.pk])).content.decode()
    assert '<div class="notice notice--bad"><p>2 of 4 cells' in page
    row = accept(following, cast)
    assert (row.k, row.tables) == (None, ["Visits, release 2", "Visits, release 1"])
    assert str(row) == "Accepted: what “Visits, release 2” and “Visits, release 1” give away together"
    assert facts(following.pk)["risk"].ok


def test_the_copy_that_was_public_is_what_was_published_whatever_the_station_says_today(
    following: Release, published: Release, cast: Cast, work_on: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the detectors changed, the station has no treated copy of the old release any more."""
    sha256 = CopySketch.objects.get().treated_sha256
    with monkeypatch.context() as newer:
        newer.setattr("privacy.selectors.REGISTRY_VERSION", "newer")
        facts_rebuild(release_id=published.pk)
    assert "sha256" not in facts(published.pk)["treated"].data
    earlier = previous_copy(following.pk, "0" * 64)
    assert earlier.copy is not None and earlier.copy.sha256 == sha256
    work_on()
    assert not facts(following.pk)["risk"].ok, "who came alone is seen all the same"


def test_a_public_copy_that_is_not_found_stops_the_next_one_until_somebody_says_why(
    client: Client, following: Release, published: Release, cast: Cast, work_on: Work
) -> None:
    CopySketch.objects.all().delete()
    Fact.objects.filter(release=published, kind="public_copy").delete()
    work_on()
    risk = facts(following.pk)["risk"]
    assert not risk.ok and risk.sentences[0] == LOST
    client.force_login(cast.privacy_officer)
    page = client.get(reverse("privacy_mosaic", args=[following.pk])).content.decode()
    assert "its copy is not found here" in page and "without the comparison" in page
    row = accept(following, cast)
    assert row.tables == [str(following), f"an earlier release of {following.dataset}"]
    assert facts(following.pk)["risk"].ok


def test_a_release_that_was_taken_back_is_compared_with_what_was_public_of_it(published: Release) -> None:
    sha256 = CopySketch.objects.get().treated_sha256
    other = previous_copy(published.pk, "0" * 64)
    assert other.copy is not None and other.copy.sha256 == sha256
    same = previous_copy(published.pk, sha256)
    assert (same.copy, same.is_lost) == (None, False), "with itself there is nothing to compare"


def ended(release: Release, cast: Cast) -> RiskDecision:
    row = accept(release, cast)
    RiskDecision.objects.filter(pk=row.pk).update(until=YESTERDAY)
    return row


def test_what_was_accepted_of_public_data_is_not_rewritten_while_it_holds(
    published: Release, cast: Cast, work_on: Work, tmp_path: Path
) -> None:
    copied(published, HEARINGS, cast, tmp_path, ["case_no"])
    work_on()
    row = accept(published, cast)
    with pytest.raises(
        DispositionRefused, match="nothing that was accepted or decided of its privacy has ended"
    ):
        accept(published, cast, is_public=True)
    RiskDecision.objects.filter(pk=row.pk).update(until=YESTERDAY)
    assert accept(published, cast, is_public=True).until == SOON


def test_an_acceptance_of_public_data_is_renewed_although_the_detectors_are_newer(
    client: Client,
    published: Release,
    cast: Cast,
    work_on: Work,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    copied(published, HEARINGS, cast, tmp_path, ["case_no"])
    work_on()
    row = ended(published, cast)
    for module in ("privacy.selectors", "privacy.services.scans"):
        monkeypatch.setattr(f"{module}.REGISTRY_VERSION", "newer")
    assert state_of(published.pk).treatment is None
    client.force_login(cast.privacy_officer)
    page = client.get(reverse("release_privacy", args=[published.pk])).content.decode()
    assert "Accept this risk" in page
    client.post(reverse("risk_accept", args=[published.pk]), {"reason": WHY, "until": SOON.isoformat()})
    renewed = RiskDecision.objects.last()
    assert renewed is not None and renewed.pk != row.pk
    assert (renewed.treated_sha256, renewed.k, renewed.until) == (row.treated_sha256, row.k, SOON)
    risk = facts(published.pk)["risk"]
    assert (risk.data["accepted_until"], risk.data["k"]) == (SOON.isoformat(), 1), (
        "the rest of the fact stays"
    )


def decide_public(release: Release, cast: Cast, until: date | None = SOON) -> AssessmentDecision:
    return assessment_decide(
        release_id=release.pk,
        decision="open",
        rationale=RATIONALE,
        public_summary="Personal details were removed.",
        rules=RULES,
        actor=cast.privacy_officer,
        until=until,
        is_public=True,
    )


def test_a_decision_on_public_data_is_renewed_once_it_has_ended_and_not_before(
    published: Release, cast: Cast, work_on: Work, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied(published, HEARINGS, cast, tmp_path, ["case_no"])
    work_on()
    rated(published, cast, "inherent", "very_high", value="very_low", value_likelihood="very_low")
    rated(published, cast, "residual", "very_high", value="very_low", value_likelihood="very_low")
    row = decided(published, cast, until=SOON)
    assert row.is_override
    with pytest.raises(AssessmentRefused) as refused:
        decide_public(published, cast)
    assert "nothing that was accepted or decided" in refused.value.faults["decision"]
    AssessmentDecision.objects.filter(pk=row.pk).update(until=YESTERDAY)
    monkeypatch.setattr("privacy.selectors.REGISTRY_VERSION", "newer")
    renewed = decide_public(published, cast)
    assert (renewed.assessment_id, renewed.until) == (row.assessment_id, SOON)
    assert facts(published.pk)["assessment"].data["decision_id"] == renewed.pk


def test_a_fact_of_another_station_is_only_read(published: Release) -> None:
    """The portal's confirmation comes first: it names what the public sees."""
    stored = StoredFile.objects.create(
        release=published, kind="treated", sha256="9" * 64, size=1, name="t", storage_key="t"
    )
    fact_record(release_id=published.pk, kind="public_copy", ok=True, about={"treated": stored.sha256})
    assert previous_copy(published.pk, "0" * 64).copy == stored
    fact_record(release_id=published.pk, kind="public_copy", ok=False, about={"treated": stored.sha256})
    assert previous_copy(published.pk, "0" * 64).copy != stored


def older(release: Release, cast: Cast, **given: Any) -> RiskDecision:
    """An acceptance as it was written before it named what was seen."""
    row = accept(release, cast)
    RiskDecision.objects.filter(pk=row.pk).update(**({"accepted_digest": "", "tables": []} | given))
    return row


def test_an_older_acceptance_of_a_public_copy_holds_until_its_day_and_is_renewed_then(
    published: Release, cast: Cast, work_on: Work, tmp_path: Path
) -> None:
    copied(published, HEARINGS, cast, tmp_path, ["case_no"])
    work_on()
    row = older(published, cast)
    facts_rebuild(release_id=published.pk)
    risk = facts(published.pk)["risk"]
    assert risk.ok and risk.data["accepted_until"] == SOON.isoformat()
    with pytest.raises(DispositionRefused, match="nothing that was accepted"):
        accept(published, cast, is_public=True)
    RiskDecision.objects.filter(pk=row.pk).update(until=YESTERDAY)
    renewed = accept(published, cast, is_public=True)
    assert renewed.accepted_digest, "the new one names what was seen"
    assert state_of(published.pk).acceptance == renewed
    # Once a lower threshold is measured, the same holds.
    RiskDecision.objects.filter(pk=renewed.pk).update(until=YESTERDAY, accepted_digest="")
    quasi = state_of(published.pk).quasi
    assert quasi is not None
    quasi.k_min = 1
    quasi.save()
    again = accept(published, cast, is_public=True)
    assert again.accepted_digest and state_of(published.pk).acceptance == again
    assert facts(published.pk)["risk"].data["accepted_until"] == SOON.isoformat()


def test_an_older_acceptance_of_a_copy_that_is_not_public_is_asked_for_anew(
    following: Release, cast: Cast, work_on: Work
) -> None:
    work_on()
    older(following, cast)
    assert state_of(following.pk).acceptance is None


def test_what_no_longer_covers_public_data_is_renewed_before_its_day(
    client: Client, published: Release, cast: Cast, work_on: Work, tmp_path: Path
) -> None:
    copied(published, HEARINGS, cast, tmp_path, ["case_no"])
    work_on()
    older(published, cast, accepted_digest="0" * 64)
    facts_rebuild(release_id=published.pk)
    assert not facts(published.pk)["risk"].ok
    client.force_login(cast.privacy_officer)
    page = client.get(reverse("release_privacy", args=[published.pk])).content.decode()
    assert "does not cover what is measured now. Accept it anew" in page
    accept(published, cast, is_public=True)
    assert facts(published.pk)["risk"].ok


def test_a_renewal_is_always_told_and_says_what_it_is_about(published: Release, cast: Cast) -> None:
    """An older row of a comparison has a large k and names no table."""
    state = state_of(published.pk)
    assert state.treatment is not None and state.treatment.treated is not None
    row = RiskDecision.objects.create(
        release=published,
        treated_sha256=state.treatment.treated.sha256,
        quasi_digest=state.treatment.quasi_digest,
        k=20,
        k_min=5,
        reason=WHY,
        until=YESTERDAY,
        by=cast.privacy_officer,
    )
    assert str(row) == "Accepted: what the copy and the release before it give away together"
    renewed = accept(published, cast, is_public=True)
    told = AuditEvent.objects.get(action="privacy.comparison_accepted")
    assert told.data["tables"] == "the copy and the release before it" and renewed.pk != row.pk


def test_what_was_accepted_of_another_copy_does_not_speak_of_the_public_one(
    client: Client, published: Release, cast: Cast
) -> None:
    RiskDecision.objects.create(
        release=published,
        treated_sha256="7" * 64,
        quasi_digest="x" * 64,
        accepted_digest="y" * 64,
        k=1,
        k_min=5,
        reason=WHY,
        until=YESTERDAY,
        by=cast.privacy_officer,
    )
    with pytest.raises(DispositionRefused, match="nothing that was accepted"):
        accept(published, cast, is_public=True)
    assert not facts(published.pk)["risk"].data["accepted"]
    client.force_login(cast.privacy_officer)
    page = client.get(reverse("release_privacy", args=[published.pk])).content.decode()
    assert "Accept this risk" not in page


def test_who_accepted_the_public_copy_hears_of_its_end_whatever_the_station_says_today(
    published: Release, cast: Cast, work_on: Work, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied(published, HEARINGS, cast, tmp_path, ["case_no"])
    work_on()
    row = ended(published, cast)
    RiskDecision.objects.create(
        release=published,
        treated_sha256="7" * 64,
        quasi_digest="x" * 64,
        k=1,
        k_min=5,
        reason=WHY,
        until=SOON,
        by=cast.privacy_officer,
    )
    monkeypatch.setattr("privacy.selectors.REGISTRY_VERSION", "newer")
    facts_rebuild(release_id=published.pk)
    row.refresh_from_db()
    assert is_in_force(row, context_of(published.pk))
    RiskDecision.objects.filter(pk=row.pk).update(lapsed_at=timezone.now())
    assert overrides_to_review(cast.privacy_officer) == [row]
