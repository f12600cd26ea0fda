"""Public requests: asking with a confirmed address, voting once, and how a request ends."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from audit.models import AuditEvent
from notifications.models import OutgoingMessage
from tests.cast import Cast
from tests.factories.workflow import dataset_make
from workflow.models import DatasetRequest, RequestVote
from workflow.selectors.requests import requests_public, requests_to_triage, requests_waiting, votes_of
from workflow.services import request_triage as triage
from workflow.services import requests as services
from workflow.services.datasets import dataset_register

pytestmark = pytest.mark.django_db
ADDRESS = "resident@example.net"


def ask(cast: Cast, title: str = "Bicycle counts", email: str = ADDRESS, **given) -> DatasetRequest:
    return services.request_ask(
        program=cast.program, title=title, purpose="To see where people ride.", email=email, **given
    )


def secret_of(email: str = ADDRESS) -> str:
    """The secret in the newest link that was sent to an address."""
    letter = OutgoingMessage.objects.filter(to_address=email, message_id="request_confirm").first()
    return letter.path.rstrip("/").rsplit("/", 1)[-1]


def confirmed(cast: Cast, title: str = "Bicycle counts", email: str = ADDRESS, **given) -> DatasetRequest:
    ask(cast, title, email, **given)
    return services.request_confirm(secret=secret_of(email))


def public(cast: Cast) -> dict[str, int]:
    return {row.title: row.vote_count for row in requests_public(cast.program)}


def team(cast: Cast):
    return cast["open_data_team"]


def test_nothing_is_public_or_counts_before_the_address_is_confirmed(cast: Cast) -> None:
    row = ask(cast)
    assert public(cast) == {}
    assert not requests_to_triage(team(cast)).exists()
    assert OutgoingMessage.objects.filter(message_id="request_received").count() == 0

    services.request_confirm(secret=secret_of())
    row.refresh_from_db()
    assert public(cast) == {"Bicycle counts": 1}
    assert row.state == "new"
    assert row.due_at > timezone.now() + timedelta(days=20)
    letter = OutgoingMessage.objects.get(message_id="request_received")
    assert (letter.recipient, letter.asked) == (team(cast), True)


def test_the_first_letter_carries_nothing_that_a_stranger_typed(cast: Cast) -> None:
    ask(cast, title="Buy cheap watches", name="Mallory")
    letter = OutgoingMessage.objects.get(message_id="request_confirm")
    assert "watches" not in str(letter.context)
    assert "Mallory" not in str(letter.context)


def test_a_link_works_once_and_its_second_use_is_recorded(cast: Cast) -> None:
    row = confirmed(cast)
    with pytest.raises(services.LinkLapsed):
        services.request_confirm(secret=secret_of())
    assert public(cast) == {"Bicycle counts": 1}
    event = AuditEvent.objects.get(action="request.link_refused")
    assert event.subject_label == f"request {row.pk}"


def test_a_link_lapses_after_three_days_and_everything_is_erased(cast: Cast) -> None:
    ask(cast)
    secret = secret_of()
    RequestVote.objects.update(confirm_until=timezone.now() - timedelta(minutes=1))
    assert services.request_of_link(secret) is None
    with pytest.raises(services.LinkLapsed):
        services.request_confirm(secret=secret)
    assert services.requests_forget() == 1
    assert not DatasetRequest.objects.exists()
    assert services.requests_forget() == 0


def test_an_unknown_link_is_refused_without_an_event(cast: Cast) -> None:
    with pytest.raises(services.LinkLapsed):
        services.request_confirm(secret="nonsense")
    assert not AuditEvent.objects.filter(action="request.link_refused").exists()


def test_no_event_and_no_digest_holds_the_address_or_the_words(cast: Cast) -> None:
    row = confirmed(cast, title="Grades of my neighbor", name="Rosa Resident")
    triage.request_answer(request=row, answer="We look for it.", actor=team(cast))
    events = AuditEvent.objects.filter(action__startswith="request.")
    told = " ".join(f"{event.subject_label} {event.data}" for event in events)
    for word in (ADDRESS, "Grades", "Rosa"):
        assert word not in told
    assert ADDRESS not in RequestVote.objects.get().email_hash


def test_a_title_that_looks_like_a_persons_number_is_refused(cast: Cast) -> None:
    with pytest.raises(ValidationError, match="Leave out telephone"):
        ask(cast, title="File of 123-45-6789")
    with pytest.raises(ValidationError, match="Leave out telephone"):
        services.request_ask(
            program=cast.program, title="Bicycles", purpose=f"Write to {ADDRESS}.", email=ADDRESS
        )


def test_a_browser_votes_once_and_takes_its_vote_back(cast: Cast) -> None:
    row = confirmed(cast)
    voter = services.voter_digest("a browser")
    assert services.request_vote(request=row, voter=voter)
    assert not services.request_vote(request=row, voter=voter)
    assert public(cast) == {"Bicycle counts": 2}
    assert services.request_unvote(request=row, voter=voter)
    assert not services.request_unvote(request=row, voter=voter)
    assert public(cast) == {"Bicycle counts": 1}


def test_the_vote_of_who_confirms_is_the_vote_of_their_browser(cast: Cast) -> None:
    row = confirmed(cast)
    voter = services.voter_digest("a browser")
    services.request_vote(request=row, voter=voter)
    services.request_follow(request=row, email="second@example.net")
    services.request_confirm(secret=secret_of("second@example.net"), voter=voter)
    assert public(cast) == {"Bicycle counts": 2}
    assert RequestVote.objects.get(voter=voter).email == "second@example.net"


def test_one_address_counts_once_however_often_it_asks_to_follow(cast: Cast) -> None:
    row = confirmed(cast)
    for _ in range(3):
        services.request_follow(request=row, email=ADDRESS.upper())
    assert OutgoingMessage.objects.filter(message_id="request_confirm").count() == 1
    services.request_follow(request=row, email="second@example.net")
    first = secret_of("second@example.net")
    services.request_follow(request=row, email="second@example.net")
    services.request_confirm(secret=secret_of("second@example.net"))
    with pytest.raises(services.LinkLapsed):
        services.request_confirm(secret=first)
    assert public(cast) == {"Bicycle counts": 2}


def test_nobody_votes_for_what_is_closed_or_hidden(cast: Cast) -> None:
    row = confirmed(cast)
    triage.request_hide(request=row, hidden=True, reason="Insults.", actor=team(cast))
    assert public(cast) == {}
    assert requests_to_triage(team(cast)).get() == row
    with pytest.raises(ValidationError):
        services.request_vote(request=row, voter="v")
    triage.request_hide(request=row, hidden=False, reason="Edited.", actor=team(cast))
    triage.request_close(request=row, circumstance="not_held", actor=team(cast))
    with pytest.raises(ValidationError, match="closed"):
        services.request_vote(request=row, voter="v")


def letters_to(address: str) -> list[OutgoingMessage]:
    return list(OutgoingMessage.objects.filter(to_address=address, message_id="request_changed"))


def test_everybody_who_follows_is_told_of_every_change_and_then_forgotten(cast: Cast) -> None:
    row = confirmed(cast, name="Rosa Resident")
    dataset = dataset_make(cast)
    triage.request_answer(request=row, answer="We look for it.", actor=team(cast))
    triage.request_accept(request=row, dataset=dataset, actor=cast.cdo)
    row = triage.request_close(
        request=row, circumstance="declined", answer="It costs too much.", actor=team(cast)
    )
    words = [letter.context["verdict"] for letter in letters_to(ADDRESS)]
    assert words[::-1] == ["Answered, still open", "Accepted, in work", "Closed: declined"]
    assert letters_to(ADDRESS)[0].context["reason"] == "It costs too much."
    assert not RequestVote.objects.exclude(email="").exists()
    row.refresh_from_db()
    assert (row.name, row.decided_by) == ("", team(cast))
    assert votes_of(dataset) == 1


@pytest.mark.parametrize(
    ("circumstance", "field"),
    [("published", "dataset"), ("available", "link"), ("restricted", "citation"), ("declined", "answer")],
)
def test_closing_asks_for_what_its_circumstance_means(cast: Cast, circumstance: str, field: str) -> None:
    row = confirmed(cast)
    with pytest.raises(ValidationError) as refusal:
        triage.request_close(request=row, circumstance=circumstance, actor=team(cast))
    assert set(refusal.value.message_dict) == {field}
    row.refresh_from_db()
    assert row.state == "new"


@pytest.mark.parametrize("circumstance", ["", "because", "duplicate"])
def test_closing_needs_a_circumstance(cast: Cast, circumstance: str) -> None:
    row = confirmed(cast)
    with pytest.raises(ValidationError, match="Choose why"):
        triage.request_close(request=row, circumstance=circumstance, actor=team(cast))


@pytest.mark.parametrize(
    "fields",
    [
        {"state": "closed", "closed_at": timezone.now()},
        {"state": "closed", "circumstance": "not_held"},
        {"circumstance": "not_held"},
        {"state": "closed", "closed_at": timezone.now(), "circumstance": "available"},
        {"state": "closed", "closed_at": timezone.now(), "circumstance": "restricted"},
        {"state": "closed", "closed_at": timezone.now(), "circumstance": "declined"},
        {"state": "closed", "closed_at": timezone.now(), "circumstance": "published"},
        {"state": "closed", "closed_at": timezone.now(), "circumstance": "duplicate"},
    ],
)
def test_the_database_holds_what_closing_needs(cast: Cast, fields: dict) -> None:
    row = confirmed(cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        DatasetRequest.objects.filter(pk=row.pk).update(**fields)


def test_published_names_a_dataset_that_is_public(cast: Cast) -> None:
    row = confirmed(cast)
    dataset = dataset_make(cast)
    with pytest.raises(ValidationError, match="not public yet"):
        triage.request_close(request=row, circumstance="published", dataset=dataset, actor=team(cast))
    dataset.existing_url = "https://data.example.gov/d/abcd-1234"
    dataset.save()
    row = triage.request_close(request=row, circumstance="published", dataset=dataset, actor=team(cast))
    assert row.link == dataset.existing_url


def test_votes_of_a_duplicate_move_each_voter_once(cast: Cast) -> None:
    one = confirmed(cast, "Bicycle counts")
    other = confirmed(cast, "Counts of bicycles", "second@example.net")
    services.request_follow(request=one, email="second@example.net")
    services.request_confirm(secret=secret_of("second@example.net"))
    both, alone = services.voter_digest("both"), services.voter_digest("alone")
    services.request_vote(request=one, voter=both)
    services.request_vote(request=other, voter=both)
    services.request_vote(request=other, voter=alone)
    assert public(cast) == {"Bicycle counts": 3, "Counts of bicycles": 3}

    triage.request_merge(request=other, into=one, actor=team(cast))
    other.refresh_from_db()
    assert (other.state, other.circumstance, other.duplicate_of) == ("closed", "duplicate", one)
    assert public(cast) == {"Bicycle counts": 4, "Counts of bicycles": 0}
    assert one.votes.filter(asked=True).get().email == ADDRESS
    triage.request_answer(request=one, answer="Soon.", actor=team(cast))
    assert len(letters_to("second@example.net")) == 2


def test_a_request_is_merged_into_an_open_one_of_the_same_program(cast: Cast) -> None:
    one = confirmed(cast)
    far = services.request_ask(
        program=cast.other_program, title="Far", purpose="Far.", email="far@example.net"
    )
    services.request_confirm(secret=secret_of("far@example.net"))
    for into in (one, DatasetRequest.objects.get(pk=far.pk)):
        with pytest.raises(ValidationError, match="another request"):
            triage.request_merge(request=one, into=into, actor=team(cast))


def test_only_the_intake_of_its_program_decides(cast: Cast) -> None:
    row = confirmed(cast)
    for person in (cast.coordinator, cast.portal_admin, cast.foreign_cdo, cast.outsider):
        assert not requests_to_triage(person).exists()
        with pytest.raises(PermissionDenied):
            triage.request_answer(request=row, answer="x", actor=person)
    with pytest.raises(ValidationError, match="another program"):
        triage.request_accept(
            request=row,
            dataset=_foreign_dataset(cast),
            actor=cast.cdo,
        )


def _foreign_dataset(cast: Cast):
    department = cast.other_program.departments.get()
    return dataset_register(department=department, actor=cast.foreign_cdo, fields={"title": "Far trees"})


def test_what_is_closed_is_not_decided_again(cast: Cast) -> None:
    row = confirmed(cast)
    triage.request_close(request=row, circumstance="withdrawn", actor=team(cast))
    with pytest.raises(ValidationError, match="closed"):
        triage.request_answer(request=row, answer="x", actor=team(cast))


def test_the_clock_runs_until_the_first_decision(cast: Cast) -> None:
    row = confirmed(cast)
    late = row.due_at + timedelta(days=1)
    assert requests_waiting(team(cast), now=timezone.now()) == (1, 0)
    assert requests_waiting(team(cast), now=late) == (1, 1)
    triage.request_answer(request=row, answer="Soon.", actor=team(cast))
    assert requests_waiting(team(cast), now=late) == (0, 0)
