"""The page of a refresh: handed in by the form, with its question; the sentence first, then the decision and why."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.cast import Cast
from tests.workflow.refreshes import HEADER, csv_of, public_dataset, read_here, rows, run
from workflow.models import Refresh, Release
from workflow.selectors.work import my_work_of
from workflow.stages import Stage

pytestmark = pytest.mark.django_db


def test_a_person_hands_in_a_file_and_reads_what_it_changes_and_why(
    cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dossier.services_files.read_in_child", read_here)
    dataset = public_dataset(cast)
    url = reverse("dataset_refresh", args=[dataset.pk])
    client.force_login(cast.steward)
    form = client.get(url).content.decode()
    assert "Covered by the approval until" in form
    assert str(cast.cdo) in form

    content = csv_of(rows(1, 125), HEADER.replace("cost", "cost_usd"))

    def hand_in(**said: str) -> object:
        upload = SimpleUploadedFile("permits.csv", content)
        return client.post(url, {"file": upload, "method": "replace", **said})

    unanswered = hand_in()
    assert unanswered.status_code == 422
    assert "Answer the question: the file alone does not show it." in unanswered.content.decode()
    assert not Refresh.objects.exists()

    answered = hand_in(method_changed="no")
    release = Release.objects.get(dataset=dataset, number=2)
    assert answered.url == reverse("release", args=[release.pk])
    waiting = client.get(answered.url).content.decode()
    assert "Nobody is asked for anything yet" in waiting
    assert "Begin readiness" not in waiting
    assert not my_work_of(cast.coordinator).on_me

    run(release.pk)
    page = client.get(answered.url).content.decode()
    sentence = "One column was renamed, and 4 % more rows; nothing else stands out."
    assert page.index(sentence) < page.index("Full review") < page.index("is called “cost_usd” now")
    assert "was called “cost”" in page
    assert Release.objects.get(pk=release.pk).stage == Stage.READINESS

    again = hand_in(method_changed="no")
    assert "is on its way (Readiness)" in again.content.decode()

    client.force_login(cast.other_steward)
    assert client.get(url).status_code == 404
