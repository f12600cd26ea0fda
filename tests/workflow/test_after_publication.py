"""After publication somebody is asked to look whether the public copy stands as promised."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.selectors import profile_current
from dossier.models import Fact
from dossier.services import fact_record
from tests.cast import Cast
from tests.factories.reviews import program_with
from tests.factories.workflow import release_at
from workflow.models import Release
from workflow.selectors.errands import errands_of
from workflow.stages import Stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def release(cast: Cast) -> Release:
    """Public, and nobody has answered the checklist after publication."""
    checklists = profile_current(cast.program).content["checklists"]
    program_with(cast, checklists=checklists | {"PUBLISHED": ["post"]})
    found = release_at(Stage.PUBLISHED, cast)
    Fact.objects.filter(release=found, kind="checklist.post").delete()
    return found


def asked(cast: Cast, **now: object) -> list[str]:
    return [errand.url for errand in errands_of(cast.coordinator, **now)]


def test_the_coordinator_is_asked_for_the_checklist_until_it_is_complete(
    cast: Cast, release: Release, client: Client
) -> None:
    page = reverse("release_checklist", args=[release.pk, "post"])
    assert asked(cast) == [page]
    client.force_login(cast.coordinator)
    assert "answer the checklist after publication" in client.get(reverse("my_work")).content.decode()
    assert client.get(page).status_code == 200
    fact_record(release_id=release.pk, kind="checklist.post", ok=False, about={"answers": "1"})
    assert asked(cast) == [page]
    fact_record(release_id=release.pk, kind="checklist.post", ok=True, about={"answers": "2"})
    assert asked(cast) == []


def test_others_are_not_asked_nor_anybody_for_what_was_published_long_ago(
    cast: Cast, release: Release
) -> None:
    for person in (cast.steward, cast.other_coordinator, cast.cdo):
        assert errands_of(person) == []
    Release.objects.filter(pk=release.pk).update(stage_entered_at=timezone.now() - timedelta(days=91))
    assert asked(cast) == []
