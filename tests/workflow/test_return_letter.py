"""The return letter: composed from what failed, edited, sent, kept, and answered point by point (M09)."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse

from accounts.profiles import digest_of
from audit.models import AuditEvent
from dossier.services import fact_record
from notifications.models import OutgoingMessage
from tests.cast import Cast, cast_create
from tests.factories.workflow import FILE, release_at
from workflow.context import context_of
from workflow.errors import MoveRefused, ReasonRequired
from workflow.models import Release, ReturnForChanges, ReturnPoint
from workflow.selectors.return_letter import drafts_of
from workflow.selectors.work import my_work_of
from workflow.services.return_letter import point_answer, point_pass
from workflow.services.reviews import review_give
from workflow.services.transitions import release_transition
from workflow.stages import Stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return cast_create()


def returned(release: Release, cast: Cast, **words: object) -> ReturnForChanges:
    arguments = {"points": ["Say the unit.", "Fix the dates."], "reason": "Two things are missing."}
    release_transition(
        release_id=release.pk, name="return_for_changes", actor=cast.cdo, **(arguments | words)
    )
    return ReturnForChanges.objects.get(release=release)


def answered_by_coordinator(release: Release) -> None:
    content = release.profile.content | {"returns": {"answered_by": "coordinator"}}
    type(release.profile).objects.filter(pk=release.profile_id).update(
        content=content, digest=digest_of(content)
    )


def test_a_return_from_the_cdo_tells_steward_coordinator_and_leadership(cast: Cast) -> None:
    release = release_at(Stage.CDO_REVIEW, cast)
    OutgoingMessage.objects.all().delete()
    returned(release, cast)
    told = {row.recipient for row in OutgoingMessage.objects.filter(message_id="return_for_changes")}
    assert {cast.steward, cast.coordinator, cast.approver, cast.privacy_officer} <= told
    assert cast.cdo not in told and cast.other_steward not in told
    asked = OutgoingMessage.objects.get(message_id="return_for_changes", asked=True)
    assert asked.recipient == cast.steward


def test_the_letter_is_sent_as_it_is_kept_with_points_and_name(cast: Cast) -> None:
    release = release_at(Stage.CDO_REVIEW, cast)
    row = returned(release, cast, letter="Dear all, please look at these.")
    assert row.letter == (
        "Dear all, please look at these.\n\n1. Say the unit.\n2. Fix the dates.\n\nHelen Park"
    )
    sent = OutgoingMessage.objects.filter(message_id="return_for_changes").last()
    assert sent is not None and sent.context["reason"] == row.letter
    assert row.points == ["Say the unit.", "Fix the dates."]


def test_without_words_of_its_own_the_letter_opens_with_the_reason(cast: Cast) -> None:
    row = returned(release_at(Stage.CDO_REVIEW, cast), cast, points=[])
    assert row.letter == "Two things are missing.\n\nHelen Park"


def test_what_failed_is_offered_as_points(cast: Cast) -> None:
    release = release_at(Stage.QUALITY, cast)
    fact_record(
        release_id=release.pk,
        kind="quality_checks",
        ok=False,
        sentences=["3 dates in “issued” are before 1900."],
        about={"file": FILE, "checks": "1"},
        data={"errors": 1, "warnings": 0, "waived": 0},
    )
    fact_record(
        release_id=release.pk,
        kind="scan",
        ok=True,
        about={"file": FILE, "registry": "r"},
        data={"findings": 5, "open": 2},
    )
    review_give(
        release_id=release.pk,
        kind="department",
        verdict="refused",
        conditions="The permit numbers are wrong.",
        actor=cast.approver,
    )
    texts = [draft.text for draft in drafts_of(context_of(release.pk))]
    assert "3 dates in “issued” are before 1900." in texts
    assert "2 privacy findings are not decided." in texts
    assert any("was refused by Grace Okafor: The permit numbers are wrong." in text for text in texts)
    assert len(texts) == len(set(texts))


def test_a_point_says_whether_it_stands_in_the_way_or_only_warns(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = release_at(Stage.QUALITY, cast)
    submission = SimpleNamespace(
        version=SimpleNamespace(catalogue=SimpleNamespace(title="Quality checklist"))
    )
    remark = lambda words: SimpleNamespace(sentence=words)  # noqa: E731
    judged = SimpleNamespace(
        blocking=[remark("Say who checked it.")], open=[], warnings=[remark("It is long ago.")]
    )
    monkeypatch.setattr("workflow.selectors.return_letter.submissions_of", lambda pk: {"quality": submission})
    monkeypatch.setattr("workflow.selectors.return_letter.answers_of", lambda row: {})
    monkeypatch.setattr("workflow.selectors.return_letter.judge", lambda catalogue, answers: judged)
    drafts = {draft.text: draft for draft in drafts_of(context_of(release.pk))}
    assert drafts["Say who checked it."].source == "Quality checklist: stands in the way"
    assert drafts["Say who checked it."].ticked
    assert drafts["It is long ago."].source == "Quality checklist: a warning, which stops nothing"
    assert not drafts["It is long ago."].ticked


def test_points_are_ticked_edited_and_added_on_the_page(client: Client, cast: Cast) -> None:
    release = release_at(Stage.QUALITY, cast)
    for kind, sentence in (("quality_checks", "3 dates are before 1900."), ("metadata", "A column is bare.")):
        fact_record(
            release_id=release.pk,
            kind=kind,
            ok=False,
            sentences=[sentence],
            about={"file": FILE, "checks": "1", "metadata": "m"},
            data={"errors": 1, "warnings": 0, "waived": 0},
        )
    client.force_login(cast.coordinator)
    address = reverse("release_move", args=[release.pk, "return_for_changes"])
    page = client.get(address).content.decode()
    assert "3 dates are before 1900." in page and "What failed: tick what is to be answered" in page
    names = [draft.text for draft in drafts_of(context_of(release.pk))]
    kept = names.index("3 dates are before 1900.")
    sent = {
        "to": "READINESS",
        f"keep_{kept}": "on",
        f"text_{kept}": "Correct the 3 dates before 1900.",
        "points": "- Say who collects it",
        "letter": "Please look at this.",
        "reason": "The dates.",
    }
    assert client.post(address, sent).status_code == 302
    row = ReturnForChanges.objects.get(release=release)
    assert row.points == ["Correct the 3 dates before 1900.", "Say who collects it"]
    overview = client.get(reverse("release", args=[release.pk])).content.decode()
    assert "2 points to answer" in overview and "The letter as it was sent" in overview


def test_a_point_is_answered_and_the_turn_goes_when_all_are(cast: Cast) -> None:
    release = release_at(Stage.CDO_REVIEW, cast)
    first, second = returned(release, cast).point_rows.all()
    with pytest.raises(ReasonRequired, match="Say what was changed"):
        point_answer(release_id=release.pk, point_id=first.pk, answer=" ", actor=cast.steward)
    point_answer(release_id=release.pk, point_id=first.pk, answer="It says EUR now.", actor=cast.steward)
    waits = [line.turn.what for line in my_work_of(cast.steward).on_me]
    assert any("answer the return by Helen Park (1 point)" in what for what in waits)
    point_answer(release_id=release.pk, point_id=second.pk, answer="Corrected.", actor=cast.steward)
    waits = [line.turn.what for line in my_work_of(cast.steward).on_me]
    assert not any("answer the return" in what for what in waits)
    event = AuditEvent.objects.filter(action="workflow.return_point_answered").first()
    assert event is not None and event.data["number"] == 1


def test_in_los_angeles_the_coordinator_answers_and_passes_points_on(client: Client, cast: Cast) -> None:
    release = release_at(Stage.CDO_REVIEW, cast)
    answered_by_coordinator(release)
    first, second = returned(release, cast).point_rows.all()
    assert first.return_row.answered_by_role == "coordinator"
    client.force_login(cast.steward)
    answer = reverse("return_point_answer", args=[release.pk, first.pk])
    assert client.post(answer, {"answer": "Done."}).status_code == 403
    client.force_login(cast.coordinator)
    client.post(reverse("return_point_pass", args=[release.pk, first.pk]))
    first.refresh_from_db()
    assert (first.passed_to, first.passed_by) == (cast.steward, cast.coordinator)
    letter = OutgoingMessage.objects.get(message_id="return_point_passed")
    assert (letter.recipient, letter.asked) == (cast.steward, True)
    assert any("(1 point)" in line.turn.what for line in my_work_of(cast.steward).on_me)
    assert any("(1 point)" in line.turn.what for line in my_work_of(cast.coordinator).on_me)
    client.force_login(cast.steward)
    page = client.get(reverse("release", args=[release.pk])).content.decode()
    assert "Passed on" in page and "Improve the answer" not in page
    client.post(answer, {"answer": "It says EUR now."})
    first.refresh_from_db()
    assert (first.answered_by, first.state) == (cast.steward, ReturnPoint.State.ANSWERED)
    other = reverse("return_point_answer", args=[release.pk, second.pk])
    assert client.post(other, {"answer": "Done."}).status_code == 403
    history = client.get(reverse("release_history", args=[release.pk])).content.decode()
    assert "It says EUR now." in history and "Not answered" in history


def test_a_return_to_privacy_is_answered_by_whoever_holds_that_stage(cast: Cast) -> None:
    release = release_at(Stage.CDO_REVIEW, cast)
    row = returned(release, cast, to="PRIVACY")
    assert row.answered_by_role == "privacy_officer"


def test_passing_on_is_refused_once_answered_or_without_a_steward(cast: Cast) -> None:
    release = release_at(Stage.CDO_REVIEW, cast)
    answered_by_coordinator(release)
    first, second = returned(release, cast).point_rows.all()
    point_answer(release_id=release.pk, point_id=first.pk, answer="Done.", actor=cast.coordinator)
    with pytest.raises(MoveRefused, match="answered already"):
        point_pass(release_id=release.pk, point_id=first.pk, actor=cast.coordinator)
    type(release.dataset).objects.filter(pk=release.dataset_id).update(steward=None)
    with pytest.raises(MoveRefused, match="names no steward"):
        point_pass(release_id=release.pk, point_id=second.pk, actor=cast.coordinator)


def test_a_return_that_is_over_takes_no_answer(cast: Cast) -> None:
    release = release_at(Stage.CDO_REVIEW, cast)
    first = returned(release, cast).point_rows.first()
    assert first is not None
    release_transition(release_id=release.pk, name="withdraw", actor=cast.coordinator, reason="No more.")
    with pytest.raises(MoveRefused, match="This return is over"):
        point_answer(release_id=release.pk, point_id=first.pk, answer="Done.", actor=cast.steward)


def test_people_of_elsewhere_do_not_find_the_point(client: Client, cast: Cast) -> None:
    release = release_at(Stage.CDO_REVIEW, cast)
    first = returned(release, cast).point_rows.first()
    assert first is not None
    for stranger in (cast.foreign_cdo, cast.other_coordinator):
        client.force_login(stranger)
        address = reverse("return_point_answer", args=[release.pk, first.pk])
        assert client.post(address, {"answer": "Mine."}).status_code == 404


def test_who_hands_it_in_again_is_told_of_points_that_nobody_answered(client: Client, cast: Cast) -> None:
    release = release_at(Stage.CDO_REVIEW, cast)
    release_transition(
        release_id=release.pk,
        name="return_for_changes",
        actor=cast.cdo,
        reason="Readers will not understand it.",
        points=["Say the unit of each amount."],
    )
    client.force_login(cast.coordinator)
    page = client.get(reverse("release_move", args=[release.pk, "submit_for_quality"])).content.decode()
    assert "1 point of the return by" in page
    assert "Say the unit of each amount." in page
