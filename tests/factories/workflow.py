"""Datasets and releases for tests, at any stage, by driving the door over recorded facts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from dossier.services import contribution_record, fact_record
from privacy.detectors import REGISTRY_VERSION
from tests.cast import Cast
from tests.factories.endings import retirement_ready
from workflow.models import Dataset, Release, Review
from workflow.policies import SYSTEM
from workflow.services.datasets import dataset_register
from workflow.services.reviews import review_give
from workflow.services.transitions import release_transition
from workflow.stages import ONWARD, WAY, Stage

FILE = "f" * 64
TREATED = "7" * 64

# What the privacy station says once benefit and risk are weighed.
WEIGHED: dict[str, Any] = {
    "value": "high",
    "value_likelihood": "high",
    "expectation": "low",
    "harm_person": "low",
    "harm_organisation": "low",
    "attempt": "low",
    "success_before": "very_high",
    "success": "low",
    "benefit": "high",
    "risk_before": "low",
    "risk": "low",
    "decision": "open",
    "decided": "Publish",
    "proposed": "open",
    "overrides": False,
    "until": None,
    "rationale": "The press and builders need it, and what is left tells of no person.",
    "public_summary": "Personal details were removed.",
}

RECORD: dict[str, Any] = {
    "title": "Building permits 2019-2026",
    "description": "Permits issued for construction, with dates and costs.",
    "source_system": "Permit system",
    "accrual_periodicity": Dataset.Frequency.MONTHLY,
    "classification": "public",
    "category": "Housing",
    "keywords": ["permits", "housing"],
    "contact_email": "permits@example.gov",
    "row_label": "Permit",
}


def dataset_make(cast: Cast, **fields: Any) -> Dataset:
    """A registered dataset of Public Works with a complete inventory record."""
    department = fields.pop("department", cast.public_works)
    people = {"steward": cast.steward, "coordinator": cast.coordinator}
    return dataset_register(department=department, actor=cast.coordinator, fields=RECORD | people | fields)


def facts_green(release: Release) -> None:
    """Record every fact that a release with finished stations would have, all of them good."""
    common = {"file": FILE}
    rows: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
        ("inventory_record", {"record": "r"}, {}),
        ("file", common, {"rows": 10_000, "columns": 12, "name": "permits.csv", "size": 1}),
        ("metadata", {"metadata": "m", **common}, {}),
        ("checklist.inventory", {"answers": "i", "version": 1}, {}),
        ("checklist.eligibility", {"answers": "e", "version": 1}, {}),
        ("checklist.readiness", {"answers": "r", "version": 1}, {}),
        ("checklist.submission", {"answers": "s", "version": 1}, {}),
        ("checklist.quality", {"answers": "q", "version": 1}, {}),
        ("attestation", {"answers": "s", **common}, {}),
        ("quality_checks", {"checks": "1", **common}, {"errors": 0, "warnings": 0, "waived": 0}),
        ("scan", {"registry": REGISTRY_VERSION, **common}, {"findings": 1, "open": 0}),
        ("dispositions", {"registry": REGISTRY_VERSION, "dispositions": "d", **common}, {}),
        (
            "treated",
            {"recipe": "p", **common},
            {"sha256": TREATED, "rows": 10_000, "columns": [{"name": "permit", "type": "text"}]},
        ),
        ("risk", {"treated": TREATED, "quasi": "z"}, {"k": 14}),
        ("assessment", {"treated": TREATED, "judged": "j", **common}, WEIGHED),
        ("plan", {"plan": "l"}, {}),
    ]
    for kind, about, data in rows:
        fact_record(release_id=release.pk, kind=kind, ok=True, about=about, data=data)


def portal_facts(release: Release) -> None:
    """What publishing records once the copy on the portal is public and checked."""
    permit = release.permits.filter(revoked_at=None).first()
    for kind in ("private_copy", "public_copy"):
        fact_record(
            release_id=release.pk,
            kind=kind,
            ok=True,
            about={"treated": TREATED, "record": permit.record_digest if permit else "none"},
            data={"remote_id": "abcd-1234", "url": "http://portal/d/abcd-1234", "rows": 10_000, "columns": 1},
        )


def review_all(release: Release, move: str, cast: Cast) -> None:
    """Give every review that `move` needs, by the person who holds its role."""
    from accounts.profiles import profile_of

    for rule in profile_of(release.profile).reviews_for(move):
        if Review.objects.filter(release=release, kind=rule.kind, verdict="").exists():
            review_give(release_id=release.pk, kind=rule.kind, verdict="approved", actor=cast[rule.role])


ACTORS = {
    "begin_readiness": "coordinator",
    "submit_for_quality": "steward",
    "pass_quality": "coordinator",
    "clear_privacy": "privacy_officer",
    "approve": "cdo",
}


def release_at(stage: Stage | str, cast: Cast, **fields: Any) -> Release:
    """A release in `stage` that came there through the door, step by step, as people would."""
    release = dataset_make(cast, **fields).current_release
    contribution_record(release_id=release.pk, user=cast.steward, what="upload")
    contribution_record(release_id=release.pk, user=cast.coordinator, what="answers")
    facts_green(release)
    ends = {
        Stage.REJECTED: ("CDO_REVIEW", "reject", cast.cdo),
        Stage.WITHDRAWN: ("QUALITY", "withdraw", cast.coordinator),
        Stage.RETRACTED: ("PUBLISHED", "retract", cast.cdo),
        Stage.SUPERSEDED: ("PUBLISHED", "supersede", SYSTEM),
        Stage.RETIRED: ("PUBLISHED", "retire", cast.cdo),
    }
    last, move, actor = ends.get(Stage(stage), (str(stage), "", None))
    for step in WAY[: WAY.index(Stage(last))]:
        release = _onward(release, ONWARD[step], cast)
    if move == "retire":
        retirement_ready(release, cast)
    if move:
        release = release_transition(
            release_id=release.pk, name=move, actor=actor, reason="It has to end here."
        )
    return release


def _onward(release: Release, name: str, cast: Cast) -> Release:
    if name == "publish":
        portal_facts(release)
        _preview_asked(release)
    review_all(release, name, cast)
    actor = SYSTEM if name == "publish" else cast[ACTORS[name]]
    return release_transition(release_id=release.pk, name=name, actor=actor)


def _preview_asked(release: Release) -> None:
    """What the conductor does once the private copy is there."""
    Review.objects.create(
        release=release,
        kind=Review.Kind.STEWARD_PREVIEW,
        requested_at=timezone.now(),
        due=timezone.now() + timedelta(days=5),
    )
