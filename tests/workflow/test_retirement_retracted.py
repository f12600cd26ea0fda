"""What was taken back in an emergency is retired as it is: it need not come back to the public first."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dossier.models import StoredFile
from publishing.models import PortalNotice
from tests.cast import Cast
from tests.factories.endings import archive_done, retirement_proposed
from tests.factories.publications import earlier_version, published, stage_put
from tests.workflow.test_retirement import public_page, rules
from work.errors import Stop
from workflow import gates
from workflow.context import context_of
from workflow.errors import MoveRefused
from workflow.models import ArchiveCopy, Release, Retirement, RetirementObjection, Retraction
from workflow.selectors.public_page import removals_of
from workflow.selectors.retirement import retirements_waiting_on
from workflow.services.archive import archive_open, archive_run
from workflow.services.datasets import release_open
from workflow.services.endings import endings_sweep, retirement_complete, retirement_settle
from workflow.services.retirement import retirement_decide, retirement_withdraw
from workflow.services.retirement_objections import objection_answer
from workflow.services.transitions import release_transition
from workflow.stages import Stage

pytestmark = pytest.mark.django_db

__all__ = ["rules"]


@pytest.fixture
def retracted(cast: Cast) -> Release:
    """A release whose retraction was confirmed from outside; nobody has closed the post-mortem."""
    release = published(cast)
    release_transition(
        release_id=release.pk, name="retract", actor=cast.privacy_officer, reason="Names in it."
    )
    Retraction.objects.update(confirmed_at=Retraction.objects.get().started_at)
    return Release.objects.get(pk=release.pk)


def test_it_is_retired_without_coming_back_and_without_an_archive_copy(
    cast: Cast, client: Client, retracted: Release, rules: Any
) -> None:
    rules(notice_days=0)
    client.force_login(cast.coordinator)
    url = reverse("dataset_retirement", args=[retracted.dataset_id])
    assert f'href="{url}"' in client.get(reverse("release", args=[retracted.pk])).content.decode()
    before = client.get(url).content.decode()
    assert "It need not come back to be retired. No archive copy is made of it" in before
    propose = reverse("retirement_propose", args=[retracted.dataset_id])
    assert propose in before
    assert "Propose it" in client.get(propose).content.decode()
    row = retirement_proposed(retracted, cast.coordinator)
    client.force_login(cast.cdo)
    assert "as soon as the archive copy is there" not in client.get(url).content.decode()
    retirement_decide(retirement=row, goes=True, actor=cast.cdo)
    assert endings_sweep()["retired"] == 1
    row.refresh_from_db()
    assert row.state == Retirement.State.RETIRED
    assert Release.objects.get(pk=retracted.pk).stage == Stage.RETIRED
    assert not ArchiveCopy.objects.exists()
    assert "none: the data was taken back in an emergency" in client.get(url).content.decode()
    page = public_page(client, row)
    assert page.status_code == 410
    assert row.reason in page.content.decode()
    # The post-mortem and its duties go on.
    assert Retraction.objects.get().post_mortem.closed_at is None
    assert client.get(reverse("release_retraction", args=[retracted.pk])).status_code == 200


def test_the_notice_runs_on_the_page_that_says_it_was_withdrawn(
    cast: Cast, client: Client, retracted: Release, rules: Any
) -> None:
    rules(notice_days=30)
    row = retirement_proposed(retracted, cast.coordinator)
    retirement_decide(retirement=row, goes=True, actor=cast.cdo)
    page = public_page(client, row).content.decode()
    assert (
        page.index("Withdrawn for review") < page.index("To be retired after") < page.index("Object to the")
    )
    public_object(client, row)
    row.refresh_from_db()
    assert row.paused_at is not None
    told = list(PortalNotice.objects.values_list("wanted", "text"))
    objection_answer(
        objection=RetirementObjection.objects.get(),
        verdict=RetirementObjection.Verdict.OVERRULED,
        answer="The report is kept.",
        actor=cast.cdo,
    )
    row.refresh_from_db()
    assert row.paused_at is None
    endings_sweep()
    retirement_withdraw(retirement=row, answer="The department wants it back.", actor=cast.cdo)
    # The portals go on saying why it was taken back.
    assert list(PortalNotice.objects.values_list("wanted", "text")) == told
    assert "To be retired after" not in public_page(client, row).content.decode()


def test_the_page_offers_to_skip_the_notice_of_data_of_a_few_days_as_the_service_allows(
    cast: Cast, client: Client, retracted: Release, rules: Any
) -> None:
    rules(notice_days=30, grace_days=7)
    row = retirement_proposed(retracted, cast.coordinator)
    client.force_login(cast.cdo)
    page = client.get(reverse("dataset_retirement", args=[retracted.dataset_id])).content.decode()
    assert "Skip the notice" in page
    row = retirement_decide(retirement=row, goes=True, skip_notice=True, actor=cast.cdo)
    assert row.ends_at is not None
    assert row.ends_at <= timezone.now()


def public_object(client: Client, row: Retirement) -> None:
    url = reverse("catalogue_object", args=[row.dataset.program.code, row.dataset.inventory_id])
    client.post(url, {"text": "We need it for our report."})


def test_the_release_that_takes_its_place_is_not_retired_by_the_decision_about_it(
    cast: Cast, client: Client, retracted: Release, rules: Any
) -> None:
    rules(notice_days=30)
    row = retirement_proposed(retracted, cast.coordinator)
    retirement_decide(retirement=row, goes=True, actor=cast.cdo)
    corrected = release_open(dataset=retracted.dataset, actor=cast.coordinator)
    soon, after = timezone.now() + timedelta(days=3), timezone.now() + timedelta(days=40)
    stage_put(corrected, Stage.PUBLISHED, soon)
    endings_sweep(now=soon)
    assert not ArchiveCopy.objects.exists()
    archive_done(corrected)
    assert endings_sweep(now=after)["retired"] == 0
    assert not PortalNotice.objects.filter(wanted="announced").exists()
    assert Release.objects.get(pk=corrected.pk).stage == Stage.PUBLISHED
    sentence = (
        "Release 2 became public after the retirement was decided, in the place of data that was retracted."
    )
    client.force_login(cast.cdo)
    url = reverse("dataset_retirement", args=[retracted.dataset_id])
    assert sentence in client.get(url).content.decode()
    with pytest.raises(MoveRefused, match=sentence):
        retirement_complete(retirement=row, actor=cast.cdo, now=after)


def test_readers_of_the_corrected_release_are_not_told_that_it_goes(
    cast: Cast, client: Client, retracted: Release, rules: Any
) -> None:
    rules(notice_days=30)
    row = retirement_proposed(retracted, cast.coordinator)
    retirement_decide(retirement=row, goes=True, actor=cast.cdo)
    program, dataset = row.dataset.program, row.dataset
    assert "To be retired after" in public_page(client, row).content.decode()
    assert [line.title for line in removals_of(program)]
    assert retirements_waiting_on(cast.cdo) == []
    corrected = release_open(dataset=dataset, actor=cast.coordinator)
    stage_put(corrected, Stage.PUBLISHED, timezone.now())
    page = public_page(client, row).content.decode()
    assert "To be retired" not in page
    assert "Object to the retirement" not in page
    assert removals_of(program) == []
    # Colleagues are told what is left to do.
    [waiting] = retirements_waiting_on(cast.cdo)
    assert waiting.what.startswith("withdraw its retirement")
    client.force_login(cast.cdo)
    assert "withdraw the retirement" in client.get(reverse("release", args=[corrected.pk])).content.decode()


def test_what_a_refresh_puts_in_the_place_of_public_data_goes_with_its_dataset(
    cast: Cast, rules: Any
) -> None:
    rules(notice_days=30)
    second, now = published(cast), timezone.now()
    earlier_version(second, now - timedelta(days=90))
    first = Release.objects.get(dataset=second.dataset_id, number=1)
    stage_put(first, Stage.RETRACTED, now - timedelta(days=90))
    long_ago = now - timedelta(days=80)
    Retraction.objects.create(
        release=first, reason="Names.", public_text="Withdrawn.", started_at=long_ago, confirmed_at=long_ago
    )
    row = retirement_proposed(second, cast.coordinator)
    retirement_decide(retirement=row, goes=True, actor=cast.cdo)
    third = release_open(dataset=second.dataset, actor=cast.coordinator)
    stage_put(second, Stage.SUPERSEDED, now)
    stage_put(third, Stage.PUBLISHED, now + timedelta(days=3))
    archive_done(third)
    row = Retirement.objects.get(pk=row.pk)
    assert retirement_settle(row, now + timedelta(days=50))
    assert Release.objects.get(pk=third.pk).stage == Stage.RETIRED


def test_it_waits_until_the_data_was_seen_private(cast: Cast, retracted: Release, rules: Any) -> None:
    rules(notice_days=0)
    Retraction.objects.update(confirmed_at=None)
    row = retirement_proposed(retracted, cast.coordinator)
    retirement_decide(retirement=row, goes=True, actor=cast.cdo)
    sentences = [item.text for item in gates.unmet("retire", context_of(retracted.pk))]
    assert sentences == [
        "Nobody has seen from outside yet that the retracted data is private. It is retired after that."
    ]


def test_a_copy_that_was_made_before_the_retraction_stays_closed_after_the_end(
    cast: Cast, retracted: Release
) -> None:
    file = StoredFile.objects.create(
        release=retracted, kind="archive", name="a.zip", sha256="0" * 64, size=1, storage_key="00/00/0"
    )
    copy = ArchiveCopy.objects.create(release=retracted, file=file, status="done")
    stage_put(retracted, Stage.RETIRED, timezone.now())
    with pytest.raises(PermissionDenied, match="stays closed"):
        archive_open(copy=ArchiveCopy.objects.get(pk=copy.pk), actor=cast.coordinator)


def test_a_copy_that_was_not_made_before_the_retraction_is_not_made_after_it(
    cast: Cast, client: Client, retracted: Release
) -> None:
    copy = ArchiveCopy.objects.create(release=retracted)
    asked: list[int] = []
    with pytest.raises(Stop, match="taken back in an emergency, so no archive copy"):
        archive_run(copy, lambda percent, message="": asked.append(percent))
    assert asked == []
    assert not StoredFile.objects.filter(kind="archive").exists()
    retirement_proposed(retracted, cast.coordinator)
    client.force_login(cast.cdo)
    url = reverse("dataset_retirement", args=[retracted.dataset_id])
    assert "none: the data was taken back in an emergency" in client.get(url).content.decode()
    copy.file = StoredFile.objects.create(
        release=retracted, kind="archive", name="a.zip", sha256="0" * 64, size=1, storage_key="00/00/0"
    )
    copy.save()
    page = client.get(url).content.decode()
    assert "and closed: the data was taken back in an emergency" in page
    assert "Download it" not in page
