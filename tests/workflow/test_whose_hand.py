"""Whose hand a piece of work is: told by what was done, never by how its name begins."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.profiles.words import CHECKLISTS
from accounts.roles import Role
from accounts.services import role_assign
from audit.catalogue import ACTIONS
from audit.models import AuditEvent
from dossier.models import Contribution
from dossier.services import contribution_record
from tests.cast import Cast
from tests.factories.workflow import release_at
from tests.scenarios.test_san_francisco import SanFrancisco
from workflow import hands, policies
from workflow.context import ReleaseContext, context_of
from workflow.hands import DECIDES, DECIDES_PRIVACY, PREPARES, REVIEWS
from workflow.stages import Stage

# action of the audit trail -> the contribution that is remembered with it (two: what was changed decides)
SHAPES: dict[str, tuple[str, ...]] = {
    "file.received": ("file",),
    "workflow.record_changed": ("description", "classification"),
    "workflow.metadata_changed": ("description",),
    "workflow.columns_described": ("description",),
    "workflow.output_classified": ("privacy output",),
    "workflow.exception_requested": ("exception",),
    "checklists.answered": tuple(f"{name} checklist" for name in CHECKLISTS),
    "checklists.attested": ("attestation",),
    "checklists.waiver_granted": ("waiver",),
    "privacy.finding_disposed": ("privacy decision",),
    "privacy.decision_taken_back": ("privacy decision",),
    "privacy.quasi_confirmed": ("privacy quasi-identifiers",),
    "privacy.risk_accepted": ("privacy risk accepted",),
    "privacy.comparison_accepted": ("privacy risk accepted",),
    "privacy.risk_rated": ("privacy rating",),
    "privacy.benefit_weighed": ("privacy assessment",),
    "privacy.recipe_saved": ("privacy recipe",),
    "privacy.table_declared": ("privacy kind of rows",),
}
# What is done to a file, its checklists or its privacy and changes nothing of what will be released.
SHAPES_NOTHING = {
    *("file.read", "file.unreadable", "file.viewed", "file.downloaded"),
    *("privacy.scan_requested", "privacy.scan_cancelled", "privacy.scanned", "privacy.treated"),
    *("privacy.override_lapsed", "privacy.values_seen", "privacy.hierarchy_uploaded"),
    *("privacy.copy_compared", "privacy.copy_compared_again"),
    *("checklists.item_added", "checklists.item_hardened", "checklists.item_retired"),
    *("checklists.attestation_outdated", "checklists.evidence_opened", "checklists.checks_asked"),
    *("checklists.checks_finished", "checklists.waiver_withdrawn"),
    # The system's own: the hands of who sent the file and of who decided before are remembered of the refresh.
    *("file.merged", "privacy.decisions_carried"),
}
HAND_OF_KIND = {
    PREPARES: {
        "file",
        "description",
        "classification",
        "exception",
        "attestation",
        "waiver",
        "privacy checklist",
        *(f"{name} checklist" for name in CHECKLISTS[:5]),
        "metadata checklist",
    },
    DECIDES_PRIVACY: {
        "privacy output",
        "privacy decision",
        "privacy quasi-identifiers",
        "privacy risk accepted",
        "privacy rating",
        "privacy assessment",
        "privacy recipe",
        "privacy kind of rows",
    },
    REVIEWS: {"legal checklist", "security checklist", "equity checklist"},
    DECIDES: {"cdo checklist", "post checklist", "retirement checklist"},
}


@pytest.mark.parametrize("action", ACTIONS)
def test_every_action_that_shapes_a_release_is_in_somebodys_hand(action: str) -> None:
    if action.startswith(("file.", "checklists.", "privacy.")):
        assert (action in SHAPES) != (action in SHAPES_NOTHING), "say in SHAPES or SHAPES_NOTHING what it is"
    for kind in SHAPES.get(action, ()):
        assert kind in hands.HANDS


def test_every_kind_of_work_is_the_hand_it_should_be(cast: Cast) -> None:
    """In a program where whoever decides privacy also rates."""
    context = context_of(release_at(Stage.PRIVACY, cast).pk)
    found: dict[str, set[str]] = {}
    for kind in hands.HANDS:
        found.setdefault(hands.hand_of(kind, context), set()).add(kind)
    assert found == HAND_OF_KIND
    assert {kind for kinds in SHAPES.values() for kind in kinds} == set(hands.HANDS)


def test_work_that_nobody_placed_counts_as_preparing(cast: Cast) -> None:
    context = context_of(release_at(Stage.PRIVACY, cast).pk)
    assert hands.hand_of("privacy something new", context) == PREPARES


def test_who_rates_and_decides_by_their_office_may_clear(cast: Cast) -> None:
    release = release_at(Stage.PRIVACY, cast)
    for kind in HAND_OF_KIND[DECIDES_PRIVACY]:
        contribution_record(release_id=release.pk, user=cast.privacy_officer, what=kind)
    context = context_of(release.pk)
    assert policies.may_move(cast.privacy_officer, "clear_privacy", context)
    assert cast.privacy_officer.pk in hands.workers(context)


@pytest.mark.django_db
class TestTheToolkitOfSanFrancisco:
    """The coordinator drafts the form with its ratings, the office decides on it, management signs it."""

    def test_who_drafted_the_rating_prepared_and_who_decided_did_not(self) -> None:
        sf = SanFrancisco()
        sf.at_the_toolkit()
        sf.treated()
        Contribution.objects.filter(user=sf.coordinator).delete()
        sf.story.weigh(by=sf.coordinator, decider=sf.staff)
        context = context_of(sf.story.release_id)
        assert sf.coordinator.pk in hands.preparers(context)
        assert sf.staff.pk not in hands.preparers(context)
        _check_contributions(context)

        # The same person with a second title has one pair of eyes.
        _give(sf, sf.coordinator, Role.DEPARTMENT_APPROVER)
        _give(sf, sf.coordinator, Role.OPEN_DATA_TEAM)
        context = context_of(sf.story.release_id)
        with pytest.raises(PermissionDenied, match="You prepared this release"):
            policies.check_review(sf.coordinator, "department", context)
        with pytest.raises(PermissionDenied, match="You prepared this release"):
            policies.check_move(sf.coordinator, "clear_privacy", context)

    def test_the_office_that_rates_by_itself_has_drafted_too_and_is_told_before(self, client: Client) -> None:
        sf = SanFrancisco()
        sf.at_the_toolkit()
        sf.treated()
        client.force_login(sf.staff)
        page = client.get(reverse("privacy_assessment", args=[sf.story.release_id])).content.decode()
        assert "the Data Coordinator drafts the ratings" in page
        assert "If you rate, you have prepared this release" in page
        sf.story.weigh(by=sf.staff)
        with pytest.raises(PermissionDenied, match="You prepared this release"):
            policies.check_move(sf.staff, "clear_privacy", context_of(sf.story.release_id))

    def test_data_without_the_toolkit_is_rated_by_who_decides(self) -> None:
        sf = SanFrancisco()
        sf.designated("public")
        contribution_record(release_id=sf.story.release_id, user=sf.staff, what="privacy rating")
        assert sf.staff.pk not in hands.preparers(context_of(sf.story.release_id))


def _give(sf: SanFrancisco, person: User, role: Role) -> None:
    department = sf.planning if role == Role.DEPARTMENT_APPROVER else None
    role_assign(user=person, role=role, program=sf.story.program, department=department, actor=None)


def _check_contributions(context: ReleaseContext) -> None:
    """Every contribution to privacy is in the audit trail too, and nobody who is there is missing."""
    events = AuditEvent.objects.filter(release_id=context.release.pk, action__in=SHAPES).exclude(actor=None)
    told = {
        (event.actor_id, SHAPES[event.action][0])
        for event in events
        if event.action.startswith("privacy.") or event.action == "workflow.output_classified"
    }
    remembered = {(row.user_id, row.what) for row in context.contributions if row.what.startswith("privacy")}
    assert remembered <= told
    assert {actor for actor, _ in remembered} == {actor for actor, _ in told}
