"""The private copy is made again when the approval speaks of another description than the copy was made under."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import ProgramProfile
from publishing.models import Publication
from publishing.services import permit_write
from tests.cast import Cast
from tests.factories.bundles import approved, newest, pretend
from workflow import gates
from workflow.context import context_of
from workflow.models import Dataset, Release
from workflow.services.catalogue import record_for
from workflow.services.settle import release_settle
from workflow.stages import Stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def release(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Release:
    """Approved, with its private copy made; its date is tomorrow."""
    made = approved(cast, monkeypatch, ["Budget"], at=timezone.now() + timedelta(days=1))[0]
    release_settle(release_id=made.pk)
    pretend(made)
    assert gates.permit_holds(context_of(made.pk)).ok
    return made


def describe_better(release: Release) -> str:
    """Returns the digest of the record that there is then."""
    QuerySet(Dataset).filter(pk=release.dataset_id).update(description="What the county spends, by fund.")
    return record_for(context_of(release.pk)).digest


def decide_anew(release: Release) -> None:
    context = context_of(release.pk)
    permit_write(
        release_id=release.pk,
        treated_sha256=context.data("treated", "sha256"),
        record_digest=record_for(context).digest,
        approvers=[],
        expires_at=timezone.now() + timedelta(days=30),
    )


def copy_of(release: Release) -> Publication:
    found = newest(release)
    assert found is not None
    return found


def test_a_better_description_gets_its_copy_when_it_is_decided_and_not_before(release: Release) -> None:
    before = copy_of(release)
    digest = describe_better(release)
    assert "private copy" not in release_settle(release_id=release.pk)
    assert copy_of(release) == before
    assert gates.permit_holds(context_of(release.pk)).ok

    decide_anew(release)
    assert not gates.permit_holds(context_of(release.pk)).ok
    release_settle(release_id=release.pk)
    assert copy_of(release).record_digest == digest
    assert not gates.private_copy_equal(context_of(release.pk)).ok, "the earlier copy is no longer looked at"
    pretend(release)
    context = context_of(release.pk)
    assert gates.private_copy_equal(context).ok and gates.permit_holds(context).ok
    release_settle(release_id=release.pk)
    assert copy_of(release).status == Publication.Status.DONE, "it is made once"


def test_where_the_copy_comes_before_the_approval_it_follows_the_description(release: Release) -> None:
    for row in ProgramProfile.objects.all():
        order = {**row.content["order"], "private_copy_at": "cdo_review"}
        ProgramProfile.objects.filter(pk=row.pk).update(content={**row.content, "order": order})
    # Past the door: what was approved came back for a new decision, and its earlier copy is still there.
    QuerySet(Release).filter(pk=release.pk).update(stage=Stage.CDO_REVIEW)
    assert "private copy" not in release_settle(release_id=release.pk)
    digest = describe_better(release)
    release_settle(release_id=release.pk)
    assert copy_of(release).record_digest == digest
    assert not gates.private_copy_before("approve")(context_of(release.pk)).ok
    pretend(release)
    assert gates.private_copy_before("approve")(context_of(release.pk)).ok
    assert "private copy" not in release_settle(release_id=release.pk)
