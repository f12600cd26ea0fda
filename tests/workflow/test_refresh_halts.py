"""A refresh whose scan or checks stopped says so, with the next step; it does not look busy for ever."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from checklists.models import CheckRun
from notifications.models import OutgoingMessage
from privacy.models import Scan
from privacy.services import scan_request
from tests.cast import Cast
from tests.workflow import refreshes
from tests.workflow.refreshes import csv_of, public_dataset, refreshed, rows, run
from work.errors import Stop
from work.models import WorkItem
from workflow.models import Refresh
from workflow.selectors.work import my_work_of
from workflow.services.settle import release_settle
from workflow.services.tell import releases_with_ended_work

pytestmark = pytest.mark.django_db

BROKE = "The worker ran out of memory five times."


@pytest.fixture
def breaks(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Has every piece of work of one kind end dead."""

    def end(model: type[WorkItem]) -> None:
        def dead(item: Any, beat: Any, **_: Any) -> None:
            raise Stop(BROKE)

        work = [(one, dead if one is model else handler) for one, handler in refreshes.WORK]
        monkeypatch.setattr(refreshes, "WORK", work)

    return end


@pytest.mark.parametrize(
    ("model", "title", "link"),
    [
        (Scan, "The scan of the new file stopped", "release_privacy"),
        (CheckRun, "The checks of the new file stopped", "release_checks"),
    ],
)
def test_what_stopped_stands_on_the_page_in_my_work_and_in_a_letter(
    cast: Cast, client: Client, breaks: Any, model: type[WorkItem], title: str, link: str
) -> None:
    dataset = public_dataset(cast)
    breaks(model)
    refresh = refreshed(dataset, csv_of(rows(1, 125)), actor=cast.steward)
    release_settle(release_id=refresh.release_id)
    assert refresh.decision == ""
    client.force_login(cast.steward)
    page = client.get(reverse("release", args=[refresh.release_id])).content.decode()
    assert title in page
    assert BROKE in page
    assert reverse(link, args=[refresh.release_id]) in page.split(title)[1]
    assert "Nobody is asked for anything yet" not in page
    (line,) = [one for one in my_work_of(cast.steward).on_me if one.release.pk == refresh.release_id]
    assert "again: " in line.turn.what
    assert refresh.release_id in releases_with_ended_work(since=timezone.now() - timedelta(hours=1))
    (letter,) = OutgoingMessage.objects.filter(message_id="refresh_stopped", recipient=cast.steward)
    assert letter.context["problem"] == f"{title}. {BROKE}"


def test_a_scan_that_is_started_again_lets_the_comparison_go_on(
    cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch, breaks: Any
) -> None:
    dataset = public_dataset(cast)
    with monkeypatch.context():
        breaks(Scan)
        refresh = refreshed(dataset, csv_of(rows(1, 125)), actor=cast.steward)
    monkeypatch.undo()
    scan_request(release_id=refresh.release_id, actor=cast.steward)
    client.force_login(cast.steward)
    page = client.get(reverse("release", args=[refresh.release_id])).content.decode()
    assert "Nobody is asked for anything yet" in page
    run(refresh.release_id)
    assert Refresh.objects.get(pk=refresh.pk).decision == "publish"
