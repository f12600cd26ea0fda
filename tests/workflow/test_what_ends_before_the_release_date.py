"""An approved release waits for its date: what its approval rested on must still hold when it goes public."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.models import Department, ProgramProfile
from accounts.profiles import digest_of
from accounts.roles import Role
from accounts.services import role_assign
from accounts.services_delegation import delegation_begin
from dossier.services import fact_forget, fact_record
from tests.cast import Cast
from tests.factories.reviews import colleague, rate_risk
from tests.factories.workflow import FILE, TREATED, WEIGHED, dataset_make, portal_facts, release_at
from workflow import gates
from workflow.context import context_of
from workflow.gates.exceptions import risk_excepted
from workflow.gates.privacy import benefit_weighed
from workflow.models import Dataset, PublicationException, Release
from workflow.review_needs import risk_of
from workflow.services.exceptions import exception_decide, exception_request, exception_revoke
from workflow.services.joint import contributor_add, contributor_remove
from workflow.services.outputs import output_classify
from workflow.services.settle import release_settle
from workflow.services.threads import thread_write
from workflow.stages import Stage

pytestmark = pytest.mark.django_db
LEVELS = [
    {"code": "one", "label": "Level One"},
    {"code": "two", "label": "Level Two"},
    {"code": "three", "label": "Level Three", "never_on_portal": True},
]


def adopt(cast: Cast, **parts: Any) -> None:
    """The program's next profile version, with these parts instead of its own."""
    last = cast.program.profiles.order_by("-version")[0]
    content = json.loads(json.dumps(last.content)) | parts
    ProgramProfile.objects.create(
        program=cast.program, version=last.version + 1, content=content, digest=digest_of(content)
    )


def excepting(cast: Cast, kind: str) -> None:
    adopt(cast, exceptions=[{"kind": kind, "label": "The rule is left", "advise": "cdo", "decide": "cdo"}])


def granted(release: Release, cast: Cast, kind: str, days: int = 60) -> PublicationException:
    row = exception_request(
        release_id=release.pk, kind=kind, reason="Names.", public_good="Trust.", actor=cast.coordinator
    )
    return exception_decide(
        release_id=release.pk,
        exception_id=row.pk,
        decision="granted",
        reason="A clear public good.",
        until=timezone.localdate() + timedelta(days=days),
        actor=cast.cdo,
    )


def names_kept(release: Release) -> None:
    fact = release.facts.get(kind="dispositions")
    fact.data = {"kept": ["full_name"]}
    fact.save()


def in_the_way(release: Release, **now: Any) -> str:
    return " ".join(item.text for item in gates.unmet("publish", context_of(release.pk, **now)))


def test_an_exception_that_is_taken_back_or_ends_keeps_the_approved_release_from_the_public(
    cast: Cast,
) -> None:
    excepting(cast, "identifiers")
    release = release_at(Stage.STAGED, cast)
    portal_facts(release)
    names_kept(release)
    assert "has not been granted" in in_the_way(release)
    row = granted(release, cast, "identifiers")
    assert "full_name" not in in_the_way(release)
    assert "full_name" in in_the_way(release, now=timezone.now() + timedelta(days=61))
    exception_revoke(release_id=release.pk, exception_id=row.pk, reason="Misused.", actor=cast.second_cdo)
    assert "full_name" in in_the_way(release)
    assert "going public" not in release_settle(release_id=release.pk)


def test_a_level_that_is_never_on_the_portal_is_asked_for_again_at_the_end(cast: Cast) -> None:
    adopt(cast, security_levels=LEVELS)
    release = release_at(Stage.INVENTORY, cast)
    Dataset.objects.filter(pk=release.dataset_id).update(
        security_level="three", security_level_reason="Codes."
    )
    assert "never goes on the portal" in in_the_way(release)


def test_a_level_is_raised_or_lowered_with_a_reason_and_it_counts_as_deciding_privacy(cast: Cast) -> None:
    adopt(cast, security_levels=LEVELS)
    release = release_at(Stage.QUALITY, cast, security_level="two", security_level_reason="Shared.")
    words: dict[str, Any] = {"release_id": release.pk, "classification": "public", "ground": ""}
    for level in ("one", "two", "three"):
        with pytest.raises(ValidationError, match="what makes it this level"):
            output_classify(security_level=level, actor=cast.privacy_officer, **words)
    output_classify(
        security_level="one",
        security_level_reason="It is shared no more.",
        actor=cast.privacy_officer,
        **words,
    )
    assert release.contributions.filter(user=cast.privacy_officer, what="privacy output").exists()


def test_an_accepted_risk_needs_the_exception_where_the_program_has_one(cast: Cast) -> None:
    release = release_at(Stage.CDO_REVIEW, cast)
    rate_risk(release, "high")
    assert risk_excepted(context_of(release.pk)).ok
    excepting(cast, "risk")
    release = release_at(Stage.CDO_REVIEW, cast, title="Injuries at work")
    assert risk_excepted(context_of(release.pk)).ok
    rate_risk(release, "high")
    [item] = risk_excepted(context_of(release.pk)).unmet
    assert "above the program's threshold" in item.text
    granted(release, cast, "risk")
    assert risk_excepted(context_of(release.pk)).ok


def test_the_risk_that_is_left_is_what_was_rated_and_until_then_what_was_measured(cast: Cast) -> None:
    release = release_at(Stage.CDO_REVIEW, cast)
    rate_risk(release, "high")
    assert risk_of(context_of(release.pk)) == "high"
    fact_forget(release_id=release.pk, kind="assessment")
    for k, risk in ((1, "very_high"), (3, "high"), (7, "moderate"), (14, "low"), (None, "")):
        about = {"treated": TREATED, "quasi": "z"}
        fact_record(release_id=release.pk, kind="risk", ok=True, about=about, data={"k": k, "k_min": 5})
        assert risk_of(context_of(release.pk)) == risk


def test_more_risk_than_the_matrix_takes_is_decided_by_who_decides_the_exception(cast: Cast) -> None:
    # Connecticut handbook, aggregation chart: contact the CDO to discuss options, no refusal by itself.
    excepting(cast, "risk")
    release = release_at(Stage.CDO_REVIEW, cast)
    about = {"file": FILE, "treated": TREATED, "judged": "o"}
    until = (timezone.localdate() + timedelta(days=30)).isoformat()
    data = WEIGHED | {"proposed": "limited", "overrides": True, "until": until}
    fact_record(release_id=release.pk, kind="assessment", ok=True, about=about, data=data)
    assert benefit_weighed(context_of(release.pk)).ok
    [item] = risk_excepted(context_of(release.pk)).unmet
    assert "to discuss options and ask for it" in item.text
    granted(release, cast, "risk")
    assert risk_excepted(context_of(release.pk)).ok


def test_an_exception_is_not_decided_in_the_place_of_who_asked_for_it(cast: Cast) -> None:
    excepting(cast, "identifiers")
    release = release_at(Stage.CDO_REVIEW, cast)
    role_assign(user=cast.coordinator, role=Role.CDO, program=cast.program, actor=None)
    deputy = colleague(cast, "Dora Deputy", Role.IT)
    delegation_begin(
        assignment=cast.coordinator.role_assignments.get(role=Role.CDO),
        to_user=deputy,
        starts=timezone.localdate(),
        ends=timezone.localdate() + timedelta(days=7),
        reason="On leave.",
        actor=cast.coordinator,
    )
    row = exception_request(
        release_id=release.pk,
        kind="identifiers",
        reason="Names.",
        public_good="Trust.",
        actor=cast.coordinator,
    )
    with pytest.raises(
        PermissionDenied, match="Dana Reed asked for this exception, and you act in their place"
    ):
        exception_decide(
            release_id=release.pk,
            exception_id=row.pk,
            decision="granted",
            reason="Fine.",
            until=timezone.localdate() + timedelta(days=9),
            actor=deputy,
        )


def test_a_signature_of_joint_data_is_not_given_up_while_a_release_is_decided(cast: Cast) -> None:
    release = release_at(Stage.CDO_REVIEW, cast)
    words: dict[str, Any] = {"dataset": release.dataset, "department": cast.health, "actor": cast.coordinator}
    contributor_add(must_sign=True, **words)
    with pytest.raises(ValidationError, match="is being decided"):
        contributor_add(must_sign=False, **words)


def test_the_final_key_of_a_side_is_not_taken_out_while_a_release_is_decided(cast: Cast) -> None:
    """Durham: both CIOs approve joint data, also where the other department does not sign itself."""
    sides = [{"code": "city", "label": "City"}, {"code": "county", "label": "County"}]
    adopt(cast, sides=sides, final_key={"each_side": True})
    Department.objects.filter(pk=cast.health.pk).update(side="county")
    release = release_at(Stage.PRIVACY, cast)
    row = contributor_add(
        dataset=release.dataset,
        department=Department.objects.get(pk=cast.health.pk),
        must_sign=False,
        actor=cast.coordinator,
    )
    release.dossier.open_parts = ["plan"]
    release.dossier.save()
    with pytest.raises(ValidationError, match="is being decided"):
        contributor_remove(row=row, actor=cast.coordinator)


def test_people_of_a_contributing_department_talk_about_joint_data(cast: Cast) -> None:
    dataset = dataset_make(cast)
    contributor_add(dataset=dataset, department=cast.health, must_sign=True, actor=cast.coordinator)
    release = dataset.current_release
    assert release is not None
    post = thread_write(
        release_id=release.pk,
        topic="dataset",
        key="about",
        body="Our half comes in May.",
        actor=cast.other_coordinator,
    )
    assert post.author == cast.other_coordinator
