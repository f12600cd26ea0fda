"""A copy beside what is public: sketches kept at publication, joins found, the last release compared."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.core import serializers
from django.test import Client
from django.urls import reverse

from accounts.models import Department
from dossier.models import StoredFile
from dossier.selectors import facts
from dossier.services import dossier_open, fact_record
from privacy.catalogue import mosaic_key_id, published_sketches
from privacy.models import ColumnSketch, CopyCheck, CopySketch, Treatment
from privacy.selectors import state_of
from privacy.services import findings_dispose, quasi_confirm, risk_accept, scan_request, sketches_keep
from privacy.tasks import copy_check_run, scan_run, sketch_run, sketches, treatment_run
from tests.cast import Cast
from tests.factories.files import file_put
from tests.factories.workflow import TREATED, release_at
from tests.factories.workflow import _onward as onward
from tests.privacy.samples import SOON
from workflow.models import Dataset, Release
from workflow.services.datasets import release_open

ROWS = 40
CASES = [f"C-{1000 + number}" for number in range(ROWS)]
ARRESTS = {"case_no": CASES, "zip": ["90012", "90013"] * (ROWS // 2)}
HEARINGS = {
    "case_no": [*CASES[10:], *(f"D-{number}" for number in range(10))],
    "sex": ["F", "M"] * (ROWS // 2),
}
WHY = "Looked at with the court's statistics office."


@pytest.fixture
def release(cast: Cast) -> Release:
    return release_at("PRIVACY", cast)


@pytest.fixture
def work_on() -> Callable[[], None]:
    def working() -> None:
        for treatment in Treatment.objects.filter(status="queued"):
            treatment_run(treatment.pk)
        for copy in CopySketch.objects.filter(status="queued"):
            sketch_run(copy.pk)
        for check in CopyCheck.objects.filter(status="queued"):
            copy_check_run(check.pk)

    return working


def copied(
    release: Release, columns: dict[str, list[str]], cast: Cast, folder: Path, quasi: list[str]
) -> None:
    """Put a table into a release, decide it, and name its quasi-identifiers: a worker may make the copy."""
    file_put(release, columns, folder)
    dossier_open(release_id=release.pk, parts=["file", "privacy"])
    scan = scan_request(release_id=release.pk)
    assert scan is not None
    scan_run(scan.pk)
    found = [row.column for row in state_of(release.pk).findings]
    officer = cast.privacy_officer
    if found:
        findings_dispose(
            release_id=release.pk, columns=found, decision="accept", remedy="", reason=WHY, actor=officer
        )
    quasi_confirm(release_id=release.pk, columns=quasi, k_min=5, reason=WHY, actor=officer)


@pytest.fixture
def published(cast: Cast, tmp_path: Path, work_on: Callable[[], None]) -> Release:
    """Hearings, public and sketched."""
    made = release_at("PUBLISHED", cast, title="Court hearings")
    copied(made, HEARINGS, cast, tmp_path, ["sex"])
    work_on()
    made_public(made)
    work_on()
    return made


def made_public(release: Release) -> None:
    """What publishing records of the copy, and the sketch that is asked for then."""
    about = {"treated": facts(release.pk)["treated"].data["sha256"]}
    fact_record(release_id=release.pk, kind="public_copy", ok=True, about=about)
    assert sketches_keep(release_id=release.pk) is not None


def page(client: Client, release: Release) -> str:
    return client.get(reverse("privacy_mosaic", args=[release.pk])).content.decode()


def test_two_harmless_tables_that_join_to_uniqueness_are_flagged(
    client: Client,
    cast: Cast,
    release: Release,
    published: Release,
    tmp_path: Path,
    work_on: Callable[[], None],
) -> None:
    """Each is harmless: everybody shares their ZIP code, or their sex, with nineteen others (M26)."""
    copied(release, ARRESTS, cast, tmp_path, ["zip"])
    work_on()
    check = CopyCheck.objects.get(release=release)
    (table,) = check.mosaic["tables"]
    assert (check.mosaic["compared"], table["title"]) == (1, "Court hearings")
    assert table["joins"][0]["here"] == ["case_no"] and table["joins"][0]["unique"] == 30
    risk = facts(release.pk)["risk"]
    assert risk.ok, "it is for the officer to judge"
    assert any(
        "Joined with “Court hearings” on case_no, 30 rows would meet" in text for text in risk.sentences
    )
    client.force_login(cast.privacy_officer)
    assert "30 rows would meet exactly one row there" in page(client, release)


def test_sketches_hold_no_value_of_the_published_table(
    published: Release, caplog: pytest.LogCaptureFixture
) -> None:
    rows = [*CopySketch.objects.all(), *ColumnSketch.objects.all()]
    kept = serializers.serialize("json", rows) + caplog.text
    raw = b"".join(bytes(row.hashes) + bytes(row.counts) for row in ColumnSketch.objects.all())
    assert ColumnSketch.objects.count() == 3, "case number, sex, and both together"
    for value in (*CASES, "C-10"):
        assert value not in kept and value.lower() not in kept
        assert value.encode() not in raw and value.lower().encode() not in raw


def test_a_release_that_becomes_public_is_sketched_once(cast: Cast) -> None:
    staged = release_at("STAGED", cast)
    StoredFile.objects.create(
        release=staged,
        kind=StoredFile.Kind.TREATED,
        sha256=TREATED,
        size=1,
        name="t.parquet",
        storage_key="t",
    )
    assert not CopySketch.objects.exists()
    onward(staged, "publish", cast)
    assert CopySketch.objects.get().treated_sha256 == TREATED
    sketches()
    assert CopySketch.objects.count() == 1


def test_what_was_public_before_there_were_sketches_is_sketched_by_the_sweep(
    published: Release, work_on: Callable[[], None]
) -> None:
    CopySketch.objects.all().delete()
    name = "privacy.tasks.sketches"
    assert name in {one["task"] for one in settings.CELERY_BEAT_SCHEDULE.values()} and sketches.name == name
    sketches()
    assert CopySketch.objects.count() == 1
    work_on()
    assert CopySketch.objects.get().kept_at is not None
    assert CopySketch.objects.get().key_id == mosaic_key_id()


def test_another_program_is_not_compared(cast: Cast, published: Release) -> None:
    elsewhere = Department.objects.get(program=cast.other_program)
    other = Dataset.objects.create(
        program=cast.other_program, department=elsewhere, title="Trails", inventory_id="T-1"
    )
    release = Release.objects.create(dataset=other, number=1, profile=cast.other_program.profiles.get())
    assert not published_sketches(release.pk).exists()


def test_who_came_alone_since_the_last_release_stops_the_copy_until_somebody_accepts_it(
    client: Client, cast: Cast, published: Release, tmp_path: Path, work_on: Callable[[], None]
) -> None:
    following = release_open(dataset=published.dataset, actor=cast.steward)
    more = {"case_no": [*HEARINGS["case_no"], "C-9999"], "sex": [*HEARINGS["sex"], "F"]}
    copied(following, more, cast, tmp_path, ["sex"])
    work_on()
    risk = facts(following.pk)["risk"]
    told = "1 row that came or went since the last release shares sex with fewer than 4 others that did"
    assert not risk.ok and risk.sentences[0].startswith(told)
    client.force_login(cast.privacy_officer)
    assert told in page(client, following)
    risk_accept(release_id=following.pk, reason=WHY, until=SOON, actor=cast.privacy_officer)
    assert facts(following.pk)["risk"].ok
    assert "Accepted" in page(client, following)
    assert CopyCheck.objects.filter(release=following).get().mosaic["compared"] == 0, "not with itself"
