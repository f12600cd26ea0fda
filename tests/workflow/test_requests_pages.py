"""The pages of public requests: without a log-in, and the queue of the open data team."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from notifications.models import OutgoingMessage
from tests.cast import Cast
from tests.factories.workflow import dataset_make
from tests.workflow.test_requests import ADDRESS, ask, confirmed, secret_of
from workflow.models import DatasetRequest, RequestVote
from workflow.services import request_triage as triage
from workflow.services.proposals import proposal_make

pytestmark = pytest.mark.django_db
ANSWERS = {
    "title": "Bicycle counts",
    "purpose": "To see where people ride.",
    "name": "Rosa Resident",
    "email": ADDRESS,
}


def text_of(response: Any) -> str:
    return str(response.content.decode())


def list_url(cast: Cast) -> str:
    return reverse("public_requests", args=[cast.program.code])


def page_url(cast: Cast, row: DatasetRequest, name: str = "public_request") -> str:
    return reverse(name, args=[cast.program.code, row.pk])


def test_somebody_asks_confirms_and_finds_the_request_on_the_list(cast: Cast, client: Client) -> None:
    ask_url = reverse("public_request_ask", args=[cast.program.code])
    assert client.get(ask_url).status_code == 200
    sent = client.post(ask_url, ANSWERS, follow=True)
    assert "Look into your mail" in text_of(sent)
    assert "Nobody has asked yet" in text_of(client.get(list_url(cast)))

    link = reverse("request_confirm", args=[secret_of()])
    opened = client.get(link)
    assert "Bicycle counts" in text_of(opened)
    assert not RequestVote.objects.exclude(confirmed_at=None).exists()
    done = client.post(link, follow=True)
    assert "your vote counts" in text_of(done)
    assert "You voted for this" in text_of(done)
    assert "Bicycle counts" in text_of(client.get(list_url(cast)))


def test_no_public_page_shows_who_asks(cast: Cast, client: Client) -> None:
    row = confirmed(cast, name="Rosa Resident")
    for url in (list_url(cast), page_url(cast, row)):
        page = text_of(client.get(url))
        assert ADDRESS not in page
        assert "Rosa" not in page


def test_a_link_that_was_used_says_so(cast: Cast, client: Client) -> None:
    confirmed(cast)
    link = reverse("request_confirm", args=[secret_of()])
    for answer in (client.get(link), client.post(link)):
        assert answer.status_code == 410
        assert "used already" in text_of(answer)


def test_what_fills_in_every_field_is_no_person_and_learns_nothing(cast: Cast, client: Client) -> None:
    url = reverse("public_request_ask", args=[cast.program.code])
    answer = client.post(url, ANSWERS | {"website": "http://spam.example"})
    assert answer.status_code == 302
    row = confirmed(cast)
    follow = page_url(cast, row, "public_request_follow")
    assert client.post(follow, {"email": "x@example.net", "website": "x"}).status_code == 302
    assert DatasetRequest.objects.count() == 1
    assert not OutgoingMessage.objects.filter(to_address="x@example.net").exists()


def test_letters_to_one_address_are_few(cast: Cast, client: Client) -> None:
    url = reverse("public_request_ask", args=[cast.program.code])
    answers = [client.post(url, ANSWERS).status_code for _ in range(4)]
    assert answers == [302, 302, 302, 429]
    assert OutgoingMessage.objects.filter(to_address=ADDRESS).count() == 3


def test_tries_from_one_place_are_few(cast: Cast, client: Client) -> None:
    url = reverse("public_request_ask", args=[cast.program.code])
    answers = [client.post(url, ANSWERS | {"email": f"p{n}@example.net"}).status_code for n in range(11)]
    assert answers == [302] * 10 + [429]


def test_a_browser_votes_and_takes_it_back(cast: Cast, client: Client) -> None:
    row = confirmed(cast)
    vote = page_url(cast, row, "public_request_vote")
    assert "2 votes" in text_of(client.post(vote, follow=True))
    assert "2 votes" in text_of(client.post(vote, follow=True))
    assert "1 vote<" in text_of(client.post(vote, {"take_back": "1"}, follow=True))
    assert client.cookies["voter"]["httponly"]
    assert "3 votes" not in text_of(Client().post(vote, follow=True))


def test_the_vote_of_ones_own_request_stays(cast: Cast, client: Client) -> None:
    row = ask(cast)
    client.post(reverse("request_confirm", args=[secret_of()]))
    page = text_of(client.post(page_url(cast, row, "public_request_vote"), {"take_back": "1"}, follow=True))
    assert "This request is your own" in page
    assert "1 vote<" in page


def test_a_forged_cookie_is_no_voter(cast: Cast, client: Client) -> None:
    row = confirmed(cast)
    client.cookies["voter"] = "somebody-else"
    assert client.get(page_url(cast, row)).status_code == 200


def test_the_list_is_searched_narrowed_and_ordered(cast: Cast, client: Client) -> None:
    confirmed(cast, "Bicycle counts")
    trees = confirmed(cast, "Street trees", "second@example.net")
    client.post(page_url(cast, trees, "public_request_vote"))
    rows = [row.title for row in client.get(list_url(cast)).context["page"]]
    assert rows == ["Street trees", "Bicycle counts"]
    found = client.get(list_url(cast), {"q": "bicycle ride"}).context["page"]
    assert [row.title for row in found] == ["Bicycle counts"]
    assert "No request fits" in text_of(client.get(list_url(cast), {"state": "closed"}))
    for nonsense in ({"state": "x"}, {"sort": "password"}, {"page": "99"}):
        assert len(client.get(list_url(cast), nonsense).context["page"]) == 2


def test_a_long_list_has_pages_and_few_queries(
    cast: Cast, client: Client, django_assert_max_num_queries: Any
) -> None:
    for number in range(27):
        confirmed(cast, f"Dataset {number}", f"p{number}@example.net")
    with django_assert_max_num_queries(8):
        page = client.get(list_url(cast)).context["page"]
    assert len(page) == 25


def test_a_dataset_that_is_not_public_is_not_named_in_public(cast: Cast, client: Client) -> None:
    row = confirmed(cast)
    triage.request_accept(request=row, dataset=dataset_make(cast, title="Secret ride log"), actor=cast.cdo)
    page = text_of(client.get(page_url(cast, row)))
    assert "Secret ride log" not in page
    assert "Public Works holds such data" in page


def test_what_is_hidden_or_of_another_program_is_not_found(cast: Cast, client: Client) -> None:
    row = confirmed(cast)
    assert client.get(reverse("public_request", args=["lakeside", row.pk])).status_code == 404
    triage.request_hide(request=row, hidden=True, reason="Insults.", actor=cast.cdo)
    assert client.get(page_url(cast, row)).status_code == 404
    unconfirmed = ask(cast, "Other", "other@example.net")
    assert client.get(page_url(cast, unconfirmed)).status_code == 404


def test_the_queue_is_for_the_intake_only(cast: Cast, client: Client) -> None:
    row = confirmed(cast, name="Rosa Resident")
    url = reverse("request_triage", args=[row.pk])
    expected = [
        (cast["open_data_team"], 200),
        (cast.cdo, 200),
        (cast.coordinator, 403),
        (cast.portal_admin, 403),
        (cast.foreign_cdo, 404),
    ]
    for person, status in expected:
        client.force_login(person)
        assert client.get(url).status_code == status
        if status == 404:
            assert client.post(reverse("request_decide", args=[row.pk, "answer"])).status_code == 404
    client.force_login(cast.cdo)
    page = text_of(client.get(url))
    assert ADDRESS in page and "Rosa Resident" in page
    assert ADDRESS not in text_of(client.get(reverse("request_queue")))


def test_the_team_decides_on_one_page(cast: Cast, client: Client) -> None:
    client.force_login(cast["open_data_team"])
    row = confirmed(cast)
    other = confirmed(cast, "Counts of bicycles", "second@example.net")
    dataset = dataset_make(cast)

    def decide(what: str, target: DatasetRequest = row, **data: Any) -> Any:
        return client.post(reverse("request_decide", args=[target.pk, what]), data, follow=True)

    assert "Say what the public shall read" in text_of(decide("answer"))
    assert "The answer stands" in text_of(decide("answer", answer="Soon."))
    assert "The request is accepted" in text_of(decide("accept", dataset=dataset.pk))
    assert "its votes count for the other" in text_of(decide("merge", other, into=row.pk))
    assert "Give the address where it is available" in text_of(decide("close", circumstance="available"))
    closed = decide("close", circumstance="available", link="https://data.example.gov/x")
    assert "Closed: available already" in text_of(closed)
    assert "It is done" in text_of(decide("hide", reason="Insults."))
    assert decide("dance").status_code == 404
    assert "Closed: asked for already" in text_of(Client().get(page_url(cast, other)))


def test_an_overdue_request_says_so(cast: Cast, client: Client) -> None:
    row = confirmed(cast)
    DatasetRequest.objects.filter(pk=row.pk).update(due_at="2026-01-05T00:00Z")
    client.force_login(cast.cdo)
    assert "Overdue" in text_of(client.get(reverse("request_queue")))
    assert "Overdue" in text_of(client.get(reverse("request_triage", args=[row.pk])))


def test_several_programs_are_listed_and_one_is_opened_at_once(cast: Cast, client: Client) -> None:
    page = text_of(client.get(reverse("public_request_programs")))
    assert "City of Riverbend" in page and "Lakeside County" in page


def test_the_queue_has_what_is_due_first_on_top_and_can_be_narrowed(cast: Cast, client: Client) -> None:
    first = confirmed(cast, "First", "first@example.net")
    late = confirmed(cast, "Late", "late@example.net")
    DatasetRequest.objects.filter(pk=late.pk).update(due_at="2026-01-05T00:00Z")
    done = confirmed(cast, "Done", "done@example.net")
    gone = confirmed(cast, "Gone", "gone@example.net")
    triage.request_answer(request=done, answer="Soon.", actor=cast.cdo)
    triage.request_close(request=gone, circumstance="not_held", actor=cast.cdo)
    proposal_make(department=cast.public_works, title="First", why="Asked.", actor=cast.cdo, request=first)
    client.force_login(cast.cdo)

    def titles(**wanted: str) -> list[str]:
        return [row.title for row in client.get(reverse("request_queue"), wanted).context["page"]]

    assert titles()[0] == "Late"
    assert set(titles()) == {"Late", "Done", "First"}
    assert titles(state="new") == ["Late"]
    assert titles(state="closed") == ["Gone"]
    assert len(titles(state="all", sort="votes")) == 4
    assert "Public Works: waits for the department" in text_of(client.get(reverse("request_queue")))
