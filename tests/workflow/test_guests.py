"""A comment by an expiring, single-use link for somebody without an account (FEATURES M15)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.roles import Role
from audit.models import AuditEvent, PersonalNote
from dossier.services import fact_record
from notifications.models import OutgoingMessage
from notifications.services import letter_of, message_send
from tests.cast import Cast
from tests.factories.workflow import release_at
from tests.services.smtp import SmtpSink
from workflow.approvals import approvals_of
from workflow.context import context_of
from workflow.errors import MoveRefused
from workflow.models import GuestInvitation, Release, Review
from workflow.selectors.guests import CLOSED, OPEN, state_of
from workflow.services.guests import (
    CODE_TRIES,
    CODES,
    GuestRefused,
    guest_ask,
    guest_code_send,
    guest_comment,
    guest_revoke,
)
from workflow.stages import Stage

pytestmark = pytest.mark.django_db
SAID = "The third column needs a unit."
OUTSIDE = "lee.morgan@university.example"


@pytest.fixture(autouse=True)
def _no_tries_of_other_tests(db: None) -> None:
    cache.clear()


@pytest.fixture
def release(cast: Cast) -> Release:
    return release_at(Stage.CDO_REVIEW, cast)


def ask(release: Release, cast: Cast, **changes: Any) -> tuple[GuestInvitation, str]:
    """The invitation and the secret of its link, which only the letter has."""
    words: dict[str, Any] = {
        "kind": "legal",
        "name": "Lee Morgan",
        "email": OUTSIDE,
        "question": "Does the licence fit?",
        "actor": cast.cdo,
    }
    row = guest_ask(release_id=release.pk, **(words | changes))
    letter = OutgoingMessage.objects.filter(message_id="guest_asked").latest("pk")
    found = re.fullmatch(r"/comment/([\w-]+)/", letter.path)
    assert found
    return row, found[1]


def last_code() -> str:
    letter = OutgoingMessage.objects.filter(message_id="guest_code").latest("pk")
    assert letter.to_address == OUTSIDE
    found = re.search(r"\b\d{6}\b", letter_of(letter).subject)
    assert found
    return found[0]


def another(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def events() -> list[tuple[str, str]]:
    rows = AuditEvent.objects.filter(action__startswith="workflow.guest_").order_by("pk")
    return [(row.action.removeprefix("workflow.guest_"), row.data.get("why", "")) for row in rows]


def page(response: Any) -> str:
    return str(response.content.decode())


def test_from_the_question_to_the_comment(cast: Cast, release: Release) -> None:
    row, token = ask(release, cast)
    stranger = Client(enforce_csrf_checks=True)
    url = reverse("guest_comment", args=[token])
    shown = page(stranger.get(url))
    assert "Does the licence fit?" in shown
    assert "Permits issued for construction" in shown
    sent = stranger.post(reverse("guest_code", args=[token]), {"comment": SAID, "name": "Lee"})
    assert "A code is on its way" in page(sent)
    assert SAID in page(sent)
    answers = {"code": last_code(), "name": "Lee Morgan, PhD", "comment": SAID}
    assert "Your comment is kept" in page(stranger.post(url, answers))
    row.refresh_from_db()
    assert (row.comment, row.signed_name, row.code_hash) == (SAID, "Lee Morgan, PhD", "")
    told = OutgoingMessage.objects.get(message_id="guest_commented")
    assert told.recipient == cast.cdo
    assert SAID not in letter_of(told).text
    assert [name for name, _ in events()] == ["asked", "opened", "code_sent", "commented"]


def test_opening_the_link_consumes_nothing(cast: Cast, release: Release, client: Client) -> None:
    row, token = ask(release, cast)
    for _ in range(5):
        for method in (client.get, client.head):
            assert method(reverse("guest_comment", args=[token])).status_code == 200
    row.refresh_from_db()
    assert row.consumed_at is None
    assert row.codes_sent == 0
    assert events() == [("asked", ""), ("opened", "")]


def test_a_used_link_is_refused_and_recorded(cast: Cast, release: Release, client: Client) -> None:
    row, token = ask(release, cast)
    guest_code_send(token=token)
    code = last_code()
    guest_comment(token=token, code=code, name="Lee", comment=SAID)
    with pytest.raises(GuestRefused, match="This link has been used"):
        guest_comment(token=token, code=code, name="Eve", comment="Something else.")
    with pytest.raises(GuestRefused, match="This link has been used"):
        guest_code_send(token=token)
    shown = page(client.get(reverse("guest_comment", args=[token])))
    assert "This link has been used" in shown
    assert SAID not in shown
    row.refresh_from_db()
    assert row.comment == SAID
    assert events()[-3:] == [("refused", "replayed")] * 3


def test_a_link_ends_with_its_days(cast: Cast, release: Release, client: Client) -> None:
    row, token = ask(release, cast, days=7)
    assert row.expires_at - row.asked_at == timedelta(days=7)
    later = timezone.now() + timedelta(days=7, minutes=1)
    with pytest.raises(GuestRefused, match="This link ended on"):
        guest_code_send(token=token, now=later)
    GuestInvitation.objects.update(expires_at=timezone.now())
    answer = client.get(reverse("guest_comment", args=[token]))
    assert "ask Helen Park for another one" in page(answer)
    posted = client.post(
        reverse("guest_comment", args=[token]), {"code": "1", "name": "Lee", "comment": SAID}
    )
    assert posted.status_code == 422
    assert "This link ended on" in page(posted)
    assert events()[1:] == [("refused", "expired")] * 3


@pytest.mark.parametrize("who", ["cdo", "portal_admin"])
def test_the_cdo_and_the_portal_admin_take_back_the_link_of_somebody_else(
    cast: Cast, release: Release, client: Client, who: str
) -> None:
    row, token = ask(release, cast)
    for person in (cast.steward, cast[Role.PRIVACY_OFFICER]):
        client.force_login(person)
        assert "Take the link back" not in page(client.get(reverse("release_reviews", args=[release.pk])))
        with pytest.raises(PermissionDenied):
            guest_revoke(invitation_id=row.pk, actor=person)
    other = cast.second_cdo if who == "cdo" else cast[Role.PORTAL_ADMIN]
    client.force_login(other)
    assert "Take the link back" in page(client.get(reverse("release_reviews", args=[release.pk])))
    client.post(reverse("guest_revoke", args=[release.pk, row.pk]))
    with pytest.raises(GuestRefused, match=f"{other} took this link back"):
        guest_code_send(token=token)
    letter = OutgoingMessage.objects.get(message_id="guest_revoked")
    assert (letter.recipient, letter.context["guest"]) == (cast.cdo, row.name)
    assert f"{other} took the link back" in page(client.get(reverse("release_reviews", args=[release.pk])))


def test_who_asked_takes_the_link_back(cast: Cast, release: Release, client: Client) -> None:
    row, token = ask(release, cast)
    client.force_login(cast.cdo)
    assert "Take the link back" in page(client.get(reverse("release_reviews", args=[release.pk])))
    client.post(reverse("guest_revoke", args=[release.pk, row.pk]))
    with pytest.raises(GuestRefused, match="Helen Park took this link back"):
        guest_code_send(token=token)
    assert events()[-2:] == [("revoked", ""), ("refused", "revoked")]


def test_a_used_link_cannot_be_taken_back(cast: Cast, release: Release) -> None:
    row, token = ask(release, cast)
    guest_code_send(token=token)
    guest_comment(token=token, code=last_code(), name="Lee", comment=SAID)
    with pytest.raises(MoveRefused, match="written already"):
        guest_revoke(invitation_id=row.pk, actor=cast.cdo)


def test_the_link_speaks_of_one_version_and_the_asker_hears_that_it_is_gone(
    cast: Cast, release: Release, client: Client
) -> None:
    _, token = ask(release, cast)
    fact_record(release_id=release.pk, kind="metadata", ok=True, about={"metadata": "other"})
    for _ in range(2):
        shown = page(client.get(reverse("guest_comment", args=[token])))
        assert "The version that you were asked about is gone: the description of the data changed" in shown
        assert "Permits issued" not in shown
    with pytest.raises(GuestRefused, match="is gone"):
        guest_code_send(token=token)
    told = OutgoingMessage.objects.get(message_id="guest_version_gone")
    assert told.recipient == cast.cdo
    assert ("refused", "the version is gone") in events()


@pytest.mark.parametrize("text", ["", "12345", "0000000", "abcdef"])
def test_a_wrong_code_is_counted_and_the_words_stay(
    text: str, cast: Cast, release: Release, client: Client
) -> None:
    row, token = ask(release, cast)
    guest_code_send(token=token)
    answer = client.post(
        reverse("guest_comment", args=[token]), {"code": text, "name": "Lee", "comment": SAID}
    )
    assert answer.status_code == 422
    assert SAID in page(answer)
    row.refresh_from_db()
    assert row.code_tries == (1 if text else 0)
    assert row.consumed_at is None


def test_after_five_wrong_codes_the_right_one_is_refused_too(cast: Cast, release: Release) -> None:
    row, token = ask(release, cast)
    guest_code_send(token=token)
    code = last_code()
    for left in range(CODE_TRIES - 1, -1, -1):
        with pytest.raises(GuestRefused, match=f"{left} more" if left else "Have another one"):
            guest_comment(token=token, code=another(code), name="Lee", comment=SAID)
    with pytest.raises(GuestRefused, match="wrong 5 times"):
        guest_comment(token=token, code=code, name="Lee", comment=SAID)
    guest_code_send(token=token)
    guest_comment(token=token, code=f" {last_code()} ", name="Lee", comment=SAID)
    row.refresh_from_db()
    assert row.comment == SAID
    assert [why for name, why in events() if name == "refused"] == ["wrong code"] * 5 + ["too many tries"]


def test_a_code_is_good_for_ten_minutes_and_only_the_last_one(cast: Cast, release: Release) -> None:
    _, token = ask(release, cast)
    with pytest.raises(GuestRefused, match="Have a code sent"):
        guest_comment(token=token, code="123456", name="Lee", comment=SAID)
    guest_code_send(token=token)
    first = last_code()
    with pytest.raises(GuestRefused, match="too old"):
        guest_comment(
            token=token,
            code=first,
            name="Lee",
            comment=SAID,
            now=timezone.now() + timedelta(minutes=10, seconds=1),
        )
    guest_code_send(token=token)
    if last_code() != first:
        with pytest.raises(GuestRefused, match="This is not the code of the last letter"):
            guest_comment(token=token, code=first, name="Lee", comment=SAID)


def test_a_link_gives_so_many_codes_and_no_more(cast: Cast, release: Release) -> None:
    _, token = ask(release, cast)
    for _ in range(CODES):
        guest_code_send(token=token)
    with pytest.raises(GuestRefused, match="gives no more"):
        guest_code_send(token=token)


def test_tries_from_one_place_are_limited(cast: Cast, release: Release, client: Client) -> None:
    _, token = ask(release, cast)
    answers = [
        client.post(reverse("guest_comment", args=[token]), {"code": "1", "name": "L", "comment": "x y"})
        for _ in range(41)
    ]
    assert answers[-1].status_code == 429
    assert "Wait 15 minutes" in page(answers[-1])


def test_secrets_are_kept_as_hashes_only(
    cast: Cast, release: Release, smtp_sink: SmtpSink, settings: Any
) -> None:
    row, token = ask(release, cast)
    guest_code_send(token=token)
    code = last_code()
    row.refresh_from_db()
    kept = str({field.name: getattr(row, field.name) for field in row._meta.fields})
    assert token not in kept
    assert code not in kept
    settings.NOTIFICATION_CHANNEL = "smtp"
    settings.EMAIL_ALLOW_LIST = ["@university.example"]
    for letter in OutgoingMessage.objects.filter(message_id__in=("guest_asked", "guest_code")):
        message_send(letter, lambda percent, words: None)
        letter.refresh_from_db()
        assert letter.sent_at
        assert (letter.path, letter.to_address) == ("", "")
        assert code not in str(letter.context)
    data = str(list(AuditEvent.objects.values_list("data", flat=True)))
    for secret in (token, code, OUTSIDE, "Lee Morgan"):
        assert secret not in data
    assert not PersonalNote.objects.filter(event__action__startswith="workflow.guest").exists()


def test_the_page_is_kept_by_nobody_and_shows_no_address_to_others(
    cast: Cast, release: Release, client: Client
) -> None:
    _, token = ask(release, cast)
    for answer in (
        client.get(reverse("guest_comment", args=[token])),
        client.post(reverse("guest_code", args=[token])),
        client.post(reverse("guest_comment", args=[token])),
    ):
        assert answer["Referrer-Policy"] == "no-referrer"
        assert answer["Cache-Control"] == "no-store, private"
        assert "noindex" in answer["X-Robots-Tag"]
    assert client.get(reverse("guest_comment", args=["x" * 43])).status_code == 404


def test_a_comment_is_no_approval(cast: Cast, release: Release, client: Client) -> None:
    _, token = ask(release, cast)
    before = Review.objects.count()
    guest_code_send(token=token)
    guest_comment(token=token, code=last_code(), name="Lee", comment="Approved, all of it.")
    assert Review.objects.count() == before
    assert approvals_of(context_of(release.pk), "legal") == []
    client.force_login(cast.steward)
    shown = page(client.get(reverse("release_reviews", args=[release.pk])))
    assert "Approved, all of it." in shown
    assert "It counts as no approval" in shown


def test_who_may_ask(cast: Cast, release: Release, client: Client) -> None:
    for person in (cast.steward, cast[Role.AUDITOR]):
        client.force_login(person)
        assert client.get(reverse("guest_ask", args=[release.pk])).status_code == 403
        with pytest.raises(PermissionDenied):
            ask(release, cast, actor=person)
    client.force_login(cast.foreign_cdo)
    assert client.get(reverse("guest_ask", args=[release.pk])).status_code == 404
    client.force_login(cast.cdo)
    answers = {"name": "Lee", "email": OUTSIDE, "kind": "legal", "question": "May we?", "days": 3}
    assert client.post(reverse("guest_ask", args=[release.pk]), answers).status_code == 302
    assert "asks you for a comment" in letter_of(OutgoingMessage.objects.get(message_id="guest_asked")).text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"email": "no address"}, "not an e-mail address"),
        ({"email": "maria.lopez@example.gov"}, "has an account here"),
        ({"question": "Is 123-45-6789 one?"}, "Social Security number"),
        ({"kind": "cdo"}, "Choose what"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(
    changes: dict[str, str], sentence: str, cast: Cast, release: Release
) -> None:
    with pytest.raises(ValidationError, match=sentence):
        ask(release, cast, **changes)


def test_a_comment_with_somebodys_number_is_refused_before_anything_is_used_up(
    cast: Cast, release: Release
) -> None:
    row, token = ask(release, cast)
    guest_code_send(token=token)
    with pytest.raises(ValidationError, match="Social Security number"):
        guest_comment(token=token, code=last_code(), name="Lee", comment="See 123-45-6789.")
    row.refresh_from_db()
    assert row.code_tries == 0
    guest_comment(token=token, code=last_code(), name="Lee", comment=SAID)


STEPS = st.lists(
    st.sampled_from(["open", "code", "right", "wrong", "revoke", "change", "late"]), min_size=1, max_size=9
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(steps=STEPS)
def test_whatever_happens_a_link_takes_one_comment_at_most_and_none_once_it_is_closed(
    steps: list[str], cast: Cast
) -> None:
    from django.db import transaction

    with transaction.atomic():
        cache.clear()
        release = release_at(Stage.CDO_REVIEW, cast, title=f"Walk {timezone.now().timestamp()}")
        row, token = ask(release, cast)
        now, taken = timezone.now(), 0
        for step in steps:
            state = state_of(GuestInvitation.objects.get(pk=row.pk), context_of(release.pk, now=now))
            try:
                if step == "open":
                    Client().get(reverse("guest_comment", args=[token]))
                elif step == "code":
                    guest_code_send(token=token, now=now)
                elif step in ("right", "wrong") and OutgoingMessage.objects.filter(
                    message_id="guest_code", release_id=release.pk
                ):
                    code = last_code() if step == "right" else another(last_code())
                    guest_comment(token=token, code=code, name="Lee", comment=SAID, now=now)
                    assert state == OPEN
                    assert step == "right"
                    taken += 1
                elif step == "revoke":
                    guest_revoke(invitation_id=row.pk, actor=cast.cdo, now=now)
                elif step == "change":
                    fact_record(release_id=release.pk, kind="metadata", ok=True, about={"metadata": step})
                elif step == "late":
                    now += timedelta(days=8)
            except GuestRefused as refusal:
                assert refusal.why not in CLOSED or state != OPEN
            except MoveRefused:
                assert taken
        assert taken <= 1
        row.refresh_from_db()
        assert bool(row.comment) == bool(taken)
        transaction.set_rollback(True)
