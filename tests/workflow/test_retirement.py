"""Retirement: who says what, how long the public has, what an objection does, and what stays when the data goes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import ProgramProfile
from accounts.profiles import Profile, profile_of
from accounts.selectors import profile_for
from accounts.services import PROGRAMS_DIR
from notifications.models import OutgoingMessage
from publishing.models import PortalNotice
from tests.cast import Cast
from tests.factories.endings import archive_done, retirement_proposed, retirement_ready
from tests.factories.publications import published
from tests.factories.workflow import dataset_make, release_at
from workflow import gates, retiring
from workflow.context import context_of
from workflow.errors import GatesUnmet
from workflow.forms.retirement import ExtendForm
from workflow.models import DatasetRequest, Release, RequestVote, Retirement, RetirementObjection
from workflow.selectors.catalogue_file import catalogue_of
from workflow.selectors.retirement import retirements_waiting_on
from workflow.services.endings import endings_sweep
from workflow.services.retirement import (
    retirement_approve,
    retirement_decide,
    retirement_extend,
    retirement_propose,
    retirement_withdraw,
)
from workflow.services.retirement_objections import objection_answer, objection_make
from workflow.services.transitions import release_transition
from workflow.stages import Stage

pytestmark = pytest.mark.django_db

State = Retirement.State


@pytest.fixture
def rules(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Gives the cast's program another rule of retirement."""

    def change(**words: Any) -> Profile:
        changed = replace(
            profile_for(cast.program), retirement=replace(profile_for(cast.program).retirement, **words)
        )
        for module in ("workflow.services.retirement", "workflow.services.retirement_objections"):
            monkeypatch.setattr(f"{module}.profile_for", lambda program: changed)
        for module in (
            "services.retirement_letters",
            "services.endings",
            "selectors.retirement",
            "views.retirement",
        ):
            monkeypatch.setattr(f"workflow.{module}.profile_for", lambda program: changed)
        return changed

    return change


@pytest.fixture
def in_notice(cast: Cast, rules: Any) -> Retirement:
    """A public dataset whose notice of thirty days has begun today."""
    rules(notice_days=30)
    row = retirement_proposed(published(cast), cast.coordinator)
    return retirement_decide(retirement=row, goes=True, actor=cast.cdo)


def public_page(client: Client, row: Retirement, name: str = "catalogue_dataset") -> Any:
    return client.get(reverse(name, args=[row.dataset.program.code, row.dataset.inventory_id]))


def test_who_proposed_it_does_not_decide_it(cast: Cast) -> None:
    row = retirement_proposed(published(cast), cast.cdo)
    with pytest.raises(PermissionDenied, match="somebody else must decide"):
        retirement_decide(retirement=row, goes=True, actor=cast.cdo)
    assert retirement_decide(retirement=row, goes=True, actor=cast.portal_admin).state == State.NOTICE


def test_a_role_that_only_helps_to_prepare_proposes_and_does_not_decide(cast: Cast) -> None:
    row = retirement_proposed(published(cast), cast.coordinator)
    for person in (cast.steward, cast.approver, cast.outsider):
        with pytest.raises(PermissionDenied):
            retirement_decide(retirement=row, goes=True, actor=person)


def test_a_proposal_needs_a_ground_a_reason_and_no_number_of_a_person(cast: Cast) -> None:
    release = published(cast)
    with pytest.raises(ValidationError) as refused:
        retirement_proposed(
            release, cast.coordinator, criteria=[], reason="Ask 919-555-0134, SSN 078-05-1120."
        )
    assert set(refused.value.message_dict) == {"criteria", "reason"}
    with pytest.raises(ValidationError, match="Only a dataset that is public"):
        retirement_proposed(dataset_make(cast).current_release, cast.coordinator)


def test_a_program_that_wants_a_plan_for_the_users_asks_for_it(cast: Cast, rules: Any) -> None:
    rules(notification_plan=True)
    release = published(cast)
    with pytest.raises(ValidationError) as refused:
        retirement_proposed(release, cast.coordinator)
    assert set(refused.value.message_dict) == {"plan"}
    assert retirement_proposed(release, cast.coordinator, plan="The user group hears it in March.").plan


def test_the_notice_waits_for_the_approval_that_the_program_wants(cast: Cast, rules: Any) -> None:
    rules(approval=("department_approver",), notice_days=30)
    row = retirement_proposed(published(cast), cast.coordinator)
    assert [one.what for one in retirements_waiting_on(cast.approver)] == [
        "say whether you agree that it is retired"
    ]
    assert retirements_waiting_on(cast.cdo) == []
    with pytest.raises(ValidationError, match="must agree first"):
        retirement_decide(retirement=row, goes=True, actor=cast.cdo)
    with pytest.raises(ValidationError, match="why you do not agree"):
        retirement_approve(retirement=row, role="department_approver", agrees=False, actor=cast.approver)
    retirement_approve(retirement=row, role="department_approver", agrees=True, actor=cast.approver)
    assert [one.what for one in retirements_waiting_on(cast.cdo)] == ["decide whether it is retired"]
    assert retirement_decide(retirement=row, goes=True, actor=cast.cdo).state == State.NOTICE


def test_the_door_asks_for_the_process(cast: Cast) -> None:
    release = release_at(Stage.PUBLISHED, cast)
    with pytest.raises(GatesUnmet, match="has not been proposed"):
        release_transition(release_id=release.pk, name="retire", actor=cast.cdo, reason="Old.")


def test_a_release_on_its_way_stands_in_the_way(cast: Cast) -> None:
    release = release_at(Stage.PUBLISHED, cast)
    retirement_ready(release, cast)
    from workflow.services.datasets import release_open

    release_open(dataset=release.dataset, actor=cast.coordinator)
    sentences = [item.text for item in gates.unmet("retire", context_of(release.pk))]
    assert sentences == [
        "Release 2 of this dataset is on its way to the public. Withdraw it first, or withdraw the retirement."
    ]


# the window


def _profile(name: str) -> Profile:
    import tomllib

    from accounts.profiles import parse

    return parse(tomllib.loads((PROGRAMS_DIR / f"{name}.toml").read_text("utf-8")))


@pytest.mark.parametrize(
    ("days", "kind", "start", "end"),
    [
        # 30 days from 25 November fall on Christmas, a Friday: the next business day is the Monday after.
        (30, "calendar", "2026-11-25T15:00", "2026-12-28T22:00"),
        (30, "calendar", "2026-11-10T15:00", "2026-12-10T22:00"),
        # Thanksgiving and the weekends do not count among business days.
        (5, "business", "2026-11-24T15:00", "2026-12-02T22:00"),
        # The clocks change on 8 March 2026: the window ends at 17:00 all the same.
        (7, "calendar", "2026-03-05T15:00", "2026-03-12T21:00"),
        (0, "calendar", "2026-03-05T15:00", "2026-03-05T15:00"),
    ],
)
def test_a_window_ends_at_the_end_of_a_business_day(days: int, kind: str, start: str, end: str) -> None:
    profile = _profile("connecticut")
    profile = replace(profile, retirement=replace(profile.retirement, days=kind))
    begun = datetime.fromisoformat(start).replace(tzinfo=UTC)
    assert retiring.window_end(profile, begun, days) == datetime.fromisoformat(end).replace(tzinfo=UTC)


def test_the_longer_of_notice_and_objections_counts() -> None:
    profile = _profile("connecticut")
    longer = replace(profile, retirement=replace(profile.retirement, objection_days=90))
    assert (retiring.window_days(profile), retiring.window_days(longer)) == (30, 90)


def test_days_lost_to_an_objection_are_given_back_across_holidays() -> None:
    profile = _profile("connecticut")
    ends = datetime(2026, 12, 21, 22, tzinfo=UTC)
    paused, answered = datetime(2026, 12, 18, 15, tzinfo=UTC), datetime(2026, 12, 22, 15, tzinfo=UTC)
    # Three days were left; three days after the 22nd is Christmas, so it ends on Monday the 28th.
    assert retiring.window_moved(profile, ends, paused, answered) == datetime(2026, 12, 28, 22, tzinfo=UTC)


def test_only_data_of_a_few_days_may_go_without_a_notice(cast: Cast, rules: Any) -> None:
    rules(notice_days=30, grace_days=7)
    old = retirement_proposed(published(cast, at=timezone.now() - timedelta(days=8)), cast.coordinator)
    with pytest.raises(ValidationError, match="few days"):
        retirement_decide(retirement=old, goes=True, skip_notice=True, actor=cast.cdo)
    new = retirement_proposed(published(cast, title="Taxi stands"), cast.coordinator)
    row = retirement_decide(retirement=new, goes=True, skip_notice=True, actor=cast.cdo)
    assert row.ends_at is not None and row.ends_at <= timezone.now()


def test_the_system_retires_when_the_window_has_ended_and_not_before(
    cast: Cast, in_notice: Retirement
) -> None:
    release = in_notice.dataset.public_release
    archive_done(release)
    endings_sweep()
    assert Release.objects.get(pk=release.pk).stage == Stage.PUBLISHED
    assert in_notice.ends_at is not None
    endings_sweep(now=in_notice.ends_at + timedelta(minutes=1))
    in_notice.refresh_from_db()
    assert Release.objects.get(pk=release.pk).stage == Stage.RETIRED
    assert (in_notice.state, in_notice.ended_by) == (State.RETIRED, None)


def test_nothing_goes_before_its_archive_copy_is_there(cast: Cast, in_notice: Retirement) -> None:
    assert in_notice.ends_at is not None
    later = in_notice.ends_at + timedelta(days=1)
    endings_sweep(now=later)
    release = in_notice.dataset.public_release
    assert Release.objects.get(pk=release.pk).stage == Stage.PUBLISHED
    assert "The archive copy is being made." in [
        item.text for item in gates.unmet("retire", context_of(release.pk, now=later))
    ]


# the public


def test_the_notice_stands_on_the_page_on_the_portals_and_goes_to_who_asked(
    cast: Cast, client: Client, rules: Any
) -> None:
    rules(notice_days=30)
    release = published(cast)
    request = DatasetRequest.objects.create(
        program=cast.program, title="Permits", purpose="Research", dataset=release.dataset, state="accepted"
    )
    RequestVote.objects.create(
        request=request, email="reader@example.org", email_hash="h", confirmed_at=timezone.now()
    )
    row = retirement_proposed(release, cast.coordinator)
    assert "To be retired" not in public_page(client, row).content.decode()
    retirement_decide(retirement=row, goes=True, actor=cast.cdo)
    page = public_page(client, row)
    assert page.status_code == 200 and "To be retired after" in page.content.decode()
    assert "Its source was switched off." in page.content.decode()
    notice = PortalNotice.objects.get()
    assert notice.wanted == "announced" and "Its source was switched off." in notice.text
    outside = OutgoingMessage.objects.get(message_id="retirement_notice_outside")
    assert outside.to_address == "reader@example.org"
    told = OutgoingMessage.objects.filter(message_id="retirement_notice").values_list(
        "recipient__full_name", flat=True
    )
    assert {"Maria Lopez", "Grace Okafor"} <= set(told)
    assert (
        "To be retired: Building permits"
        in client.get(reverse("catalogue_feed_changed", args=[cast.program.code])).content.decode()
    )
    assert (
        "Its source was switched off."
        in client.get(reverse("catalogue_removals", args=[cast.program.code])).content.decode()
    )


def test_a_stranger_objects_and_the_clock_stands_still(
    cast: Cast, client: Client, in_notice: Retirement
) -> None:
    archive_done(in_notice.dataset.public_release)
    address = reverse(
        "catalogue_object", args=[in_notice.dataset.program.code, in_notice.dataset.inventory_id]
    )
    answer = client.post(address, {"text": "Our newsroom reads it each week.", "name": ""})
    assert answer.status_code == 200
    in_notice.refresh_from_db()
    assert in_notice.paused_at is not None and in_notice.ends_at is not None
    endings_sweep(now=in_notice.ends_at + timedelta(days=1))
    in_notice.refresh_from_db()
    assert in_notice.state == State.NOTICE
    page = public_page(client, in_notice).content.decode()
    assert "1 objection is being looked at" in page and "newsroom" not in page
    assert OutgoingMessage.objects.filter(
        message_id="retirement_objected", recipient=cast.cdo, asked=True
    ).exists()
    assert [one.what[:10] for one in retirements_waiting_on(cast.cdo)] == ["answer the"]


def test_an_answered_objection_is_shown_only_if_it_is_to_be(
    cast: Cast, client: Client, in_notice: Retirement
) -> None:
    kept = objection_make(retirement=in_notice, text="Our newsroom reads it.", name="Lee")
    other = objection_make(retirement=in_notice, text="I hate you all.")
    with pytest.raises(ValidationError):
        objection_answer(objection=kept, verdict="overruled", answer="", actor=cast.cdo)
    objection_answer(
        objection=kept, verdict="overruled", answer="The new one has it.", shown=True, actor=cast.cdo
    )
    in_notice.refresh_from_db()
    assert in_notice.paused_at is not None
    objection_answer(objection=other, verdict="set_aside", answer="", shown=True, actor=cast.cdo)
    in_notice.refresh_from_db()
    assert in_notice.paused_at is None
    page = public_page(client, in_notice).content.decode()
    assert "newsroom" in page and "The new one has it." in page and "hate" not in page


def test_the_answer_stands_on_the_public_page_also_where_the_words_of_the_objection_do_not(
    cast: Cast, client: Client, in_notice: Retirement
) -> None:
    row = objection_make(retirement=in_notice, text="Our newsroom reads it.", name="Lee")
    objection_answer(objection=row, verdict="overruled", answer="The new one has it.", actor=cast.cdo)
    page = public_page(client, in_notice).content.decode()
    assert "The new one has it." in page and "newsroom" not in page and "Lee" not in page


def test_an_objection_that_is_right_keeps_the_data(cast: Cast, client: Client, in_notice: Retirement) -> None:
    row = objection_make(retirement=in_notice, text="We maintain it.", actor=cast.steward)
    objection_answer(objection=row, verdict="upheld", answer="You are right.", actor=cast.cdo)
    in_notice.refresh_from_db()
    assert in_notice.state == State.WITHDRAWN
    assert "To be retired" not in public_page(client, in_notice).content.decode()
    assert PortalNotice.objects.get().wanted == "none"


def test_objections_hold_no_numbers_of_people_and_come_only_in_time(
    cast: Cast, in_notice: Retirement
) -> None:
    with pytest.raises(ValidationError, match="Leave out telephone numbers"):
        objection_make(retirement=in_notice, text="Call me at 919-555-0134.")
    assert in_notice.ends_at is not None
    with pytest.raises(ValidationError, match="over"):
        objection_make(retirement=in_notice, text="Too late.", now=in_notice.ends_at + timedelta(hours=1))
    assert RetirementObjection.objects.count() == 0


def test_a_program_that_fills_in_every_field_is_thanked_and_ignored(
    client: Client, in_notice: Retirement
) -> None:
    address = reverse(
        "catalogue_object", args=[in_notice.dataset.program.code, in_notice.dataset.inventory_id]
    )
    assert client.post(address, {"text": "Buy", "website": "http://x.example"}).status_code == 200
    assert not RetirementObjection.objects.exists()


def test_more_time_and_the_way_back(cast: Cast, client: Client, in_notice: Retirement) -> None:
    assert in_notice.ends_at is not None
    until = in_notice.ends_at.date() + timedelta(days=14)
    row = retirement_extend(
        retirement=in_notice, until=until, answer="Schools asked.", actor=cast.portal_admin
    )
    assert row.ends_at is not None and row.ends_at > in_notice.ends_at
    assert "Schools asked." in public_page(client, in_notice).content.decode()
    with pytest.raises(ValidationError, match="after the one"):
        retirement_extend(retirement=row, until=timezone.localdate(), answer="Less.", actor=cast.cdo)
    assert (
        retirement_withdraw(retirement=row, answer="It stays.", actor=cast.coordinator).state
        == State.WITHDRAWN
    )


# after it


@pytest.fixture
def retired(cast: Cast) -> Retirement:
    release = published(cast)
    successor = published(cast, title="Permits of all kinds").dataset
    row = retirement_propose(
        dataset=release.dataset,
        criteria=["discontinued"],
        reason="It was put together with another one.",
        successor=successor,
        archive_place="State Library, RG 005-41",
        actor=cast.coordinator,
    )
    retirement_decide(retirement=row, goes=True, actor=cast.cdo)
    archive_done(release)
    endings_sweep()
    row.refresh_from_db()
    return row


def test_the_tombstone_says_why_and_what_to_use_to_anybody(client: Client, retired: Retirement) -> None:
    page = public_page(client, retired)
    said = page.content.decode()
    assert retired.state == State.RETIRED and page.status_code == 410
    for words in (
        "Retired on",
        "It was put together with another one.",
        "Permits of all kinds",
        "State Library, RG 005-41",
        "permits@example.gov",
    ):
        assert words in said
    dictionary = public_page(client, retired, "catalogue_dictionary")
    assert dictionary.status_code == 410 and "/catalogue/" in dictionary.content.decode()


def test_what_was_never_public_has_no_page(cast: Cast, client: Client) -> None:
    dataset = dataset_make(cast)
    for name in ("catalogue_dataset", "catalogue_dictionary"):
        assert client.get(reverse(name, args=[cast.program.code, dataset.inventory_id])).status_code == 404


def test_the_catalogue_lists_it_no_more_and_the_feed_tells(
    cast: Cast, client: Client, retired: Retirement
) -> None:
    titles = [row["title"] for row in catalogue_of([cast.program], version="1.1").content["dataset"]]
    assert titles == ["Permits of all kinds"]
    feed = client.get(reverse("catalogue_feed_changed", args=[cast.program.code])).content.decode()
    assert "Retired: Building permits" in feed
    assert PortalNotice.objects.get(asset__dataset=retired.dataset).wanted == "gone"


def test_the_pages_show_each_role_what_it_may_do(cast: Cast, client: Client, in_notice: Retirement) -> None:
    page = reverse("dataset_retirement", args=[in_notice.dataset_id])
    for person, may in ((cast.cdo, True), (cast.steward, False)):
        client.force_login(person)
        said = client.get(page).content.decode()
        assert ("Give more time" in said) is may and "The public notice runs until" in said
    client.force_login(cast.other_steward)
    assert client.get(page).status_code == 404
    client.force_login(cast.cdo)
    assert in_notice.dataset.title in client.get(reverse("retirement_list")).content.decode()


def test_nothing_public_is_nothing_to_retire_says_the_page(cast: Cast, client: Client) -> None:
    dataset = dataset_make(cast)
    client.force_login(cast.cdo)
    answer = client.get(reverse("retirement_propose", args=[dataset.pk]), follow=True)
    assert answer.redirect_chain[0][0] == reverse("dataset_retirement", args=[dataset.pk])
    assert "Nothing of this dataset is public" in answer.content.decode()


def test_the_way_to_retract_is_a_link_only_for_who_may(cast: Cast, client: Client) -> None:
    release = published(cast)
    address = reverse("retirement_propose", args=[release.dataset_id])
    link = reverse("release_move", args=[release.pk, "retract"])
    client.force_login(cast.coordinator)
    page = client.get(address).content.decode()
    assert link not in page and "to retract it" in page
    client.force_login(cast.portal_admin)
    assert link in client.get(address).content.decode()


def test_the_button_of_a_public_release_leads_to_the_process(cast: Cast, client: Client) -> None:
    release = published(cast)
    client.force_login(cast.cdo)
    page = client.get(reverse("release_move", args=[release.pk, "retire"]), follow=True)
    assert page.redirect_chain[-1][0] == reverse("dataset_retirement", args=[release.dataset_id])
    propose = reverse("retirement_propose", args=[release.dataset_id])
    assert client.post(propose, {"criteria": ["outdated"], "reason": ""}).status_code == 422
    client.post(propose, {"criteria": ["outdated"], "reason": "Nobody feeds it."})
    assert Retirement.objects.get().state == State.PROPOSED


def test_a_profile_of_an_earlier_day_without_the_new_keys_still_works(cast: Cast) -> None:
    row = ProgramProfile.objects.filter(program=cast.program).first()
    assert row is not None and profile_of(row).retirement.days == "calendar"


def test_the_list_of_public_data_leads_to_each_dataset_and_to_what_left(
    cast: Cast, client: Client, in_notice: Retirement
) -> None:
    said = client.get(reverse("catalogue_program", args=[cast.program.code])).content.decode()
    for name, arguments in (
        ("catalogue_dataset", [cast.program.code, in_notice.dataset.inventory_id]),
        ("catalogue_removals", [cast.program.code]),
    ):
        assert reverse(name, args=arguments) in said


@pytest.mark.parametrize("until", ["9999-12-31", "2999-01-01"])
def test_a_notice_runs_two_years_at_most(until: str) -> None:
    form = ExtendForm({"until": until, "answer": "More time."})
    assert form.errors["until"] == ["A notice runs two years at most. Choose an earlier day."]


@pytest.mark.django_db
def test_an_address_with_a_nul_is_no_page(client: Client) -> None:
    assert client.get("/catalogue/los-angeles/dataset/a%00b/").status_code == 404
