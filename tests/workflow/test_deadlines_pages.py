"""The deadline on the pages: header, my work, and the page of its own."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from tests.cast import Cast
from tests.factories.workflow import release_at
from workflow.models import DeadlinePause, Release
from workflow.services.deadlines import deadline_sync
from workflow.services.reviews import review_request
from workflow.stages import Stage

pytestmark = pytest.mark.django_db
WORDS = {"waiting_on": "County clerk", "why": "A copy of the ordinance."}


@pytest.fixture
def release(cast: Cast) -> Release:
    return release_at(Stage.PRIVACY, cast)


def text(response: Any) -> str:
    return str(response.content.decode())


def test_the_holder_stops_the_clock_and_everybody_sees_why(
    cast: Cast, client: Client, release: Release
) -> None:
    client.force_login(cast.privacy_officer)
    assert "Stop the clock" in text(client.get(reverse("release_deadline", args=[release.pk])))
    answer = client.post(reverse("deadline_pause", args=[release.pk]), WORDS, follow=True)
    assert "waiting on County clerk: A copy of the ordinance." in text(answer)
    client.force_login(cast.steward)
    page = text(client.get(reverse("release", args=[release.pk])))
    assert "clock paused since" in page
    assert "waiting on County clerk" in page
    assert "waiting on County clerk" in text(client.get(reverse("my_work")))
    client.force_login(cast.privacy_officer)
    answer = client.post(reverse("deadline_resume", args=[release.pk]), follow=True)
    assert "The clock goes on." in text(answer)
    assert DeadlinePause.objects.get().until is not None


def test_a_pause_without_words_is_refused_with_the_words_that_were_typed(
    cast: Cast, client: Client, release: Release
) -> None:
    client.force_login(cast.privacy_officer)
    response = client.post(
        reverse("deadline_pause", args=[release.pk]), {"waiting_on": "", "why": "An answer"}
    )
    assert response.status_code == 422
    assert "Say whom you wait for." in text(response)
    assert "An answer" in text(response)


def test_others_read_the_deadline_and_may_not_stop_it(cast: Cast, client: Client, release: Release) -> None:
    for person in (cast.steward, cast[Role.LEGAL]):
        client.force_login(person)
        page = text(client.get(reverse("release_deadline", args=[release.pk])))
        assert "How this program counts" in page
        assert "Whom do you wait for?" not in page
        assert client.post(reverse("deadline_pause", args=[release.pk]), WORDS).status_code == 403
        assert client.post(reverse("deadline_resume", args=[release.pk])).status_code == 403


def test_a_clock_that_goes_on_by_itself_says_so(cast: Cast, client: Client, release: Release) -> None:
    review_request(release_id=release.pk, kind="legal", actor=cast.privacy_officer, question="May it?")
    deadline_sync(release_id=release.pk)
    client.force_login(cast.privacy_officer)
    page = text(client.get(reverse("release_deadline", args=[release.pk])))
    assert "The clock goes on by itself when the answer is in." in page
    answer = client.post(reverse("deadline_resume", args=[release.pk]), follow=True)
    assert "goes on by itself with the answer" in text(answer)


def test_people_of_other_departments_and_programs_find_nothing(
    cast: Cast, client: Client, release: Release
) -> None:
    for person in (cast.other_steward, cast.foreign_cdo):
        client.force_login(person)
        for name in ("release_deadline", "deadline_pause", "deadline_resume"):
            url = reverse(name, args=[release.pk])
            response = client.get(url) if name == "release_deadline" else client.post(url, WORDS)
            assert response.status_code == 404


def test_a_parked_release_is_taken_up_again_where_it_says_so(cast: Cast, client: Client) -> None:
    release = release_at(Stage.READINESS, cast)
    Release.objects.filter(pk=release.pk).update(
        held_at=timezone.now(), hold_reason="Nobody has done anything here.", due_at=None
    )
    resume = reverse("release_move", args=[release.pk, "resume"])
    for person, may in ((cast.steward, True), (cast[Role.AUDITOR], False)):
        client.force_login(person)
        page = client.get(reverse("release", args=[release.pk])).content.decode()
        box = page[page.index("next-step") : page.index("</div>", page.index("next-step"))]
        assert "Nobody has done anything here." in box
        assert (resume in box) is may
        assert "Submit for quality" not in box
        assert page.count(resume) == may
