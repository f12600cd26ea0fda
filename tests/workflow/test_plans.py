"""The publication plan: what there is to do, signatures and what voids them, opening, embargo, copying (M34)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import ProgramProfile
from accounts.profiles import digest_of
from accounts.roles import Role
from accounts.services import role_assign
from audit.models import AuditEvent
from dossier.errors import DossierFrozen
from dossier.models import Fact
from notifications.models import OutgoingMessage
from tests.cast import Cast
from tests.factories.workflow import release_at
from workflow.context import context_of
from workflow.errors import MoveRefused
from workflow.gates.plan import plan_agreed, plan_ready
from workflow.models import PlanItem, PlanSignOff, PublicationPlan, Release
from workflow.services.facts import facts_rebuild
from workflow.services.plans import (
    plan_change,
    plan_copy,
    plan_item_done,
    plan_item_remove,
    plan_item_save,
    plan_open,
    plan_sign,
)
from workflow.stages import Stage

pytestmark = pytest.mark.django_db

# What the Los Angeles playbook asks of a plan.
LOS_ANGELES = {"sign_off": ["communications", "policy"], "opens_at": "approve"}


def planned_as(release: Release, **plan: Any) -> Release:
    """The release, in a program whose profile plans like this."""
    content = release.profile.content | {"plan": plan}
    digest = digest_of(content)
    row, _ = ProgramProfile.objects.get_or_create(
        program=release.profile.program,
        digest=digest,
        defaults={"version": release.profile.version + 1, "content": content},
    )
    Release.objects.filter(pk=release.pk).update(profile=row)
    return Release.objects.get(pk=release.pk)


@pytest.fixture
def release(cast: Cast) -> Release:
    """Approved in a program like Los Angeles, its plan open."""
    release = planned_as(release_at(Stage.STAGED, cast), **LOS_ANGELES)
    Fact.objects.filter(release=release, kind="plan").delete()
    plan_open(release_id=release.pk)
    return release


def in_days(days: int) -> datetime:
    return timezone.now() + timedelta(days=days)


def make(release: Release, by: Any, **words: Any) -> PublicationPlan:
    given = {"release_at": in_days(7), "tactics": ["blog", "press"]} | words
    return plan_change(release_id=release.pk, actor=by, **given)


def sign_all(release: Release, cast: Cast) -> None:
    for role in (Role.COMMUNICATIONS, Role.POLICY):
        plan_sign(release_id=release.pk, role=role, actor=cast[role])


def missing(release: Release, *, agreed: bool = False, now: datetime | None = None) -> list[str]:
    gate = plan_agreed if agreed else plan_ready
    return [unmet.text for unmet in gate(context_of(release.pk, now=now)).unmet]


def letters(message_id: str) -> list[str]:
    rows = OutgoingMessage.objects.filter(message_id=message_id).select_related("recipient")
    return sorted(row.recipient.full_name for row in rows if row.recipient)


# --- Opening ---
def test_the_approval_opens_the_plan_once_and_asks_communications_and_policy(cast: Cast) -> None:
    release = planned_as(release_at(Stage.STAGED, cast), **LOS_ANGELES)
    first = plan_open(release_id=release.pk)
    again = plan_open(release_id=release.pk)
    assert first is not None
    assert again == first
    asked = OutgoingMessage.objects.filter(message_id="plan_opened", asked=True)
    assert sorted(row.recipient.full_name for row in asked if row.recipient) == [
        "Cody Brooks",
        "Paul Adeyemi",
    ]
    assert AuditEvent.objects.filter(action="workflow.plan_opened").count() == 1
    assert "The plan has no release date." in " ".join(missing(release))


def test_before_the_approval_there_is_no_plan_to_make_and_the_tab_says_so(cast: Cast, client: Client) -> None:
    release = planned_as(release_at(Stage.CDO_REVIEW, cast), **LOS_ANGELES)
    with pytest.raises(MoveRefused, match="the approval opens the publication plan"):
        make(release, cast.coordinator)
    client.force_login(cast.coordinator)
    page = client.get(reverse("release_plan", args=[release.pk])).content.decode()
    assert "The plan opens with the approval" in page
    assert "Save the plan" not in page


def test_where_plans_are_made_from_the_beginning_nothing_is_opened(cast: Cast) -> None:
    release = release_at(Stage.STAGED, cast)
    assert plan_open(release_id=release.pk) is None
    assert not PublicationPlan.objects.exists()


# --- What there is to do ---
def test_each_tactic_brings_something_to_do_which_goes_with_it(cast: Cast, release: Release) -> None:
    plan = make(release, cast.coordinator)
    assert [item.tactic for item in plan.items.all()] == ["blog", "press"]
    press = plan.items.get(tactic="press")
    plan_item_save(
        release_id=release.pk,
        actor=cast.coordinator,
        item_id=press.pk,
        title="Press release",
        tactic="press",
        owner=cast[Role.COMMUNICATIONS],
    )
    make(release, cast.coordinator, tactics=["social"])
    assert sorted(item.tactic for item in plan.items.all()) == ["press", "social"]


def test_a_release_cannot_go_live_with_an_open_mandatory_item(cast: Cast, release: Release) -> None:
    make(release, cast.coordinator, release_at=in_days(-1))
    item = plan_item_save(
        release_id=release.pk,
        actor=cast.coordinator,
        title="Brief the council office",
        tactic="press",
        owner=cast[Role.POLICY],
        due=date(2026, 12, 1),
        mandatory=True,
    )
    sign_all(release, cast)
    assert missing(release, agreed=True) == []
    assert missing(release) == [
        "“Brief the council office” must be done before the data goes public, and is not marked as done."
    ]
    assert letters("plan_item_given") == ["Paul Adeyemi"]
    plan_item_done(release_id=release.pk, item_id=item.pk, actor=cast[Role.POLICY])
    assert missing(release) == []
    plan_item_done(release_id=release.pk, item_id=item.pk, actor=cast[Role.POLICY], done=False)
    assert len(missing(release)) == 1


def test_the_owner_marks_as_done_and_others_who_do_not_plan_may_not(cast: Cast, release: Release) -> None:
    item = plan_item_save(
        release_id=release.pk,
        actor=cast.coordinator,
        title="Write the blog post",
        tactic="blog",
        owner=cast.steward,
    )
    with pytest.raises(PermissionDenied):
        plan_item_done(release_id=release.pk, item_id=item.pk, actor=cast.approver)
    done = plan_item_done(release_id=release.pk, item_id=item.pk, actor=cast.steward)
    assert done.done_by == cast.steward
    with pytest.raises(IntegrityError), transaction.atomic():
        PlanItem.objects.filter(pk=item.pk).update(done_by=None)


def test_what_somebody_has_to_do_stands_in_their_work(cast: Cast, release: Release, client: Client) -> None:
    item = plan_item_save(
        release_id=release.pk,
        actor=cast.coordinator,
        title="Write the blog post",
        tactic="blog",
        owner=cast.steward,
        due=date(2027, 3, 1),
    )
    client.force_login(cast.steward)
    page = client.get(reverse("my_work")).content.decode()
    assert "do for the publication plan: Write the blog post" in page
    plan_item_done(release_id=release.pk, item_id=item.pk, actor=cast.steward)
    assert "Write the blog post" not in client.get(reverse("my_work")).content.decode()


def test_somebody_without_a_role_here_is_not_named_for_it(cast: Cast, release: Release) -> None:
    with pytest.raises(MoveRefused, match="has no role in this plan"):
        plan_item_save(
            release_id=release.pk,
            actor=cast.coordinator,
            title="Post",
            tactic="social",
            owner=cast.foreign_cdo,
        )


# --- Signatures ---
def test_a_change_voids_the_signatures_and_says_what_voided_them(
    cast: Cast, release: Release, client: Client
) -> None:
    plan = make(release, cast.coordinator, message="Every permit.")
    sign_all(release, cast)
    assert missing(release) == []
    OutgoingMessage.objects.all().delete()
    make(release, cast.coordinator, release_at=plan.release_at, message="Every permit since 2019.")
    assert missing(release) == [
        "The plan was signed by communications, but changed after it (what to say). It must be signed again.",
        "The plan was signed by policy, but changed after it (what to say). It must be signed again.",
    ]
    assert letters("plan_sign_again") == ["Cody Brooks", "Paul Adeyemi"]
    client.force_login(cast.coordinator)
    page = client.get(reverse("release_plan", args=[release.pk])).content.decode()
    assert "changed since: what to say" in page
    sign_all(release, cast)
    assert missing(release) == []


def test_doing_what_was_agreed_voids_nothing(cast: Cast, release: Release) -> None:
    plan = make(release, cast.coordinator)
    sign_all(release, cast)
    for item in plan.items.all():
        plan_item_done(release_id=release.pk, item_id=item.pk, actor=cast.coordinator)
    assert missing(release) == []


def test_a_change_taken_back_lets_the_signature_stand_again(cast: Cast, release: Release) -> None:
    plan = make(release, cast.coordinator)
    sign_all(release, cast)
    make(release, cast.coordinator, release_at=plan.release_at, audience="Builders")
    assert len(missing(release)) == 2
    make(release, cast.coordinator, release_at=plan.release_at)
    assert missing(release) == []


def test_one_person_does_not_sign_for_two_roles_and_nobody_for_a_role_not_theirs(
    cast: Cast, release: Release
) -> None:
    make(release, cast.coordinator)
    with pytest.raises(PermissionDenied):
        plan_sign(release_id=release.pk, role="policy", actor=cast.coordinator)
    cody = cast[Role.COMMUNICATIONS]
    role_assign(user=cody, role=Role.POLICY, program=cast.program, department=None, actor=None)
    plan_sign(release_id=release.pk, role="communications", actor=cody)
    with pytest.raises(PermissionDenied, match="somebody else must sign"):
        plan_sign(release_id=release.pk, role="policy", actor=cody)
    with pytest.raises(MoveRefused, match="signed by communications already"):
        plan_sign(release_id=release.pk, role="communications", actor=cody)
    with pytest.raises(MoveRefused, match="does not ask for that signature"):
        plan_sign(release_id=release.pk, role="legal", actor=cast[Role.LEGAL])


def test_there_is_nothing_to_sign_before_there_is_a_date(cast: Cast, release: Release) -> None:
    with pytest.raises(MoveRefused, match="nothing to sign yet"):
        plan_sign(release_id=release.pk, role="policy", actor=cast[Role.POLICY])
    assert not PlanSignOff.objects.exists()


def test_whoever_has_to_sign_is_named_by_the_gate(cast: Cast, release: Release) -> None:
    make(release, cast.coordinator)
    assert [unmet.who for unmet in plan_ready(context_of(release.pk)).unmet] == ["communications", "policy"]


# --- Embargo, dates, copies ---
def test_an_embargo_holds_until_its_minute_in_the_time_zone_of_the_program(
    cast: Cast, release: Release
) -> None:
    until = datetime(2026, 12, 4, 14, 0, tzinfo=UTC)
    make(release, cast.coordinator, release_at=until, embargo_until=until)
    sign_all(release, cast)
    assert missing(release, now=until - timedelta(minutes=1)) == [
        "The data is under embargo until Fri 4 Dec 2026, 09:00."
    ]
    assert missing(release, now=until) == []


def test_an_embargo_after_the_release_date_is_refused_in_words(
    cast: Cast, release: Release, client: Client
) -> None:
    client.force_login(cast.coordinator)
    answers = {
        "release_at": "2026-12-04T09:00",
        "embargo_until": "2026-12-05T09:00",
        "tactics": ["none"],
    }
    response = client.post(reverse("release_plan", args=[release.pk]), answers)
    assert response.status_code == 422
    assert "The embargo ends after the data goes public." in response.content.decode()


def test_a_plan_is_copied_without_dates_owners_and_signatures(cast: Cast, release: Release) -> None:
    make(release, cast.coordinator, message="Every permit.", champions="The builders' league")
    plan_item_save(
        release_id=release.pk,
        actor=cast.coordinator,
        title="Invite the newsroom",
        tactic="press",
        owner=cast[Role.COMMUNICATIONS],
        due=date(2026, 12, 1),
        mandatory=True,
    )
    sign_all(release, cast)
    other = planned_as(release_at(Stage.STAGED, cast, title="Street trees"), **LOS_ANGELES)
    copied = plan_copy(release_id=other.pk, source_release_id=release.pk, actor=cast.coordinator)
    assert (copied.message, copied.champions) == ("Every permit.", "The builders' league")
    assert copied.release_at is None
    assert not copied.sign_offs.exists()
    rows = {(item.title, item.mandatory, item.owner, item.due) for item in copied.items.all()}
    assert ("Invite the newsroom", True, None, None) in rows
    assert copied.items.count() == 3


def test_a_plan_of_another_department_is_not_there_to_copy(cast: Cast, release: Release) -> None:
    make(release, cast.coordinator)
    other = release_at(
        Stage.INVENTORY,
        cast,
        title="Flu",
        department=cast.health,
        steward=cast.other_steward,
        coordinator=cast.other_coordinator,
    )
    planned_as(other)
    with pytest.raises(MoveRefused, match="no such plan to copy"):
        plan_copy(release_id=other.pk, source_release_id=release.pk, actor=cast.other_coordinator)


def test_a_plan_of_what_is_public_takes_what_was_done_and_nothing_else(cast: Cast) -> None:
    release = release_at(Stage.READINESS, cast)
    plan = make(release, cast.coordinator)
    public = release_at(Stage.PUBLISHED, cast, title="Street trees")
    PublicationPlan.objects.filter(pk=plan.pk).update(release=public)
    item = plan.items.get(tactic="blog")
    assert plan_item_done(release_id=public.pk, item_id=item.pk, actor=cast.coordinator).done_at
    with pytest.raises(DossierFrozen):
        plan_item_done(release_id=public.pk, item_id=item.pk, actor=cast.coordinator, done=False)
    with pytest.raises(DossierFrozen):
        plan_item_remove(release_id=public.pk, item_id=item.pk, actor=cast.coordinator)


def test_rebuilding_the_fact_changes_nothing(cast: Cast, release: Release) -> None:
    make(release, cast.coordinator)
    before = Fact.objects.filter(release=release, kind="plan").values().get()
    facts_rebuild(release_id=release.pk)
    assert Fact.objects.filter(release=release, kind="plan").values().get() == before


# --- Pages ---
def test_the_plan_is_made_done_and_signed_on_its_page(cast: Cast, release: Release, client: Client) -> None:
    client.force_login(cast.coordinator)
    tab = reverse("release_plan", args=[release.pk])
    client.post(tab, {"release_at": "2026-12-04T09:00", "tactics": ["hosted_event"]})
    response = client.post(
        reverse("plan_item_add", args=[release.pk]),
        {"title": "Book the hall", "tactic": "hosted_event", "mandatory": "on", "due": "2026-12-01"},
        follow=True,
    )
    page = response.content.decode()
    assert "Book the hall" in page
    assert "Must be done first" in page
    item = PlanItem.objects.get(title="Book the hall")
    page = client.post(
        reverse("plan_item_done", args=[release.pk, item.pk]), {"done": "yes"}, follow=True
    ).content.decode()
    assert "“Book the hall” is marked as done." in page
    assert client.post(reverse("plan_sign", args=[release.pk, "policy"])).status_code == 403
    client.force_login(cast[Role.POLICY])
    page = client.get(tab).content.decode()
    assert "Sign as Policy" in page
    page = client.post(reverse("plan_sign", args=[release.pk, "policy"]), follow=True).content.decode()
    assert "by Paul Adeyemi" in page
    page = client.post(reverse("plan_item_remove", args=[release.pk, item.pk]), follow=True).content.decode()
    assert "is no longer in the plan" in page
    assert "No longer counts" in page


def test_people_of_elsewhere_find_no_plan_and_readers_change_none(
    cast: Cast, release: Release, client: Client
) -> None:
    make(release, cast.coordinator)
    item = PlanItem.objects.filter(plan__release=release).first()
    assert item is not None
    posts = [
        reverse("plan_item", args=[release.pk, item.pk]),
        reverse("plan_item_remove", args=[release.pk, item.pk]),
        reverse("plan_item_done", args=[release.pk, item.pk]),
        reverse("plan_copy", args=[release.pk]),
        reverse("plan_sign", args=[release.pk, "policy"]),
        reverse("plan_item_add", args=[release.pk]),
    ]
    for person, status in ((cast.other_coordinator, 404), (cast.foreign_cdo, 404), (cast.approver, 403)):
        client.force_login(person)
        assert [client.post(url, {"done": "yes"}).status_code for url in posts] == [status] * len(posts)
    other = release_at(Stage.READINESS, cast, title="Street trees")
    client.force_login(cast.coordinator)
    assert client.get(reverse("plan_item", args=[other.pk, item.pk])).status_code == 404
