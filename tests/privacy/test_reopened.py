"""Dispositions persist across scans while the evidence is the same, and open again with it (FEATURES M22)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from privacy.changes import verdicts_before, what_changed
from privacy.models import ColumnVerdict, Scan
from privacy.selectors import state_of
from privacy.services import findings_dispose, scan_request
from tests.cast import Cast
from tests.factories.workflow import release_at
from tests.privacy.samples import permits
from workflow.models import Release

WHY = "These are the numbers of a hotline."
Upload = Callable[..., None]
Work = Callable[[], None]


@pytest.fixture
def release(cast: Cast) -> Release:
    return release_at("PRIVACY", cast)


@pytest.fixture
def dismissed(scanned: Release, cast: Cast) -> Release:
    """Two findings are said to be wrong: the telephones and what was found in the remarks."""
    findings_dispose(
        release_id=scanned.pk,
        columns=["contractor_phone", "remarks"],
        decision="not_personal",
        reason=WHY,
        actor=cast.privacy_officer,
    )
    return scanned


def scan_again(release: Release, upload: Upload, work: Work, columns: dict[str, list[str]]) -> None:
    upload(columns)
    scan_request(release_id=release.pk)
    work()


def opened(release: Release) -> set[str]:
    return {verdict.column for verdict in state_of(release.pk).open}


def test_a_dismissal_holds_for_the_next_file_with_the_same_evidence(
    dismissed: Release, upload: Upload, work: Work
) -> None:
    columns = permits()
    columns["contractor_phone"] = [f"(213) 557-{2000 + i}" for i in range(60)]
    scan_again(dismissed, upload, work, columns)
    assert Scan.objects.count() == 2
    assert opened(dismissed) == {"zip", "sex"}
    assert state_of(dismissed.pk).decided["contractor_phone"].reason == WHY


def test_a_dismissal_holds_for_newer_detectors_that_find_the_same(
    dismissed: Release, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("privacy.services.scans", "privacy.selectors"):
        monkeypatch.setattr(f"{module}.REGISTRY_VERSION", "newer")
    assert not state_of(dismissed.pk).is_scan_current
    scan_request(release_id=dismissed.pk)
    work()
    state = state_of(dismissed.pk)
    assert state.scan is not None and state.scan.registry_version == "newer"
    assert set(state.decided) == {"contractor_phone", "remarks"}


def test_other_evidence_opens_a_column_again_and_the_page_says_what_changed(
    dismissed: Release, upload: Upload, work: Work, client: Client, cast: Cast
) -> None:
    columns = permits()
    columns["remarks"][3] = "She left 123-45-6787 and ann.planted@mail.example"
    scan_again(dismissed, upload, work, columns)
    assert opened(dismissed) == {"zip", "sex", "remarks"}
    client.force_login(cast.privacy_officer)
    text = client.get(reverse("release_privacy", args=[dismissed.pk]) + "?show=reopened").content.decode()
    assert "Decided before as “Not personal data”" in text
    assert "Social Security number: 1 cell then, 2 cells now." in text
    assert "E-mail address: found in 1 cell now, in none then." in text
    assert "123-45-6787" not in text


def test_a_new_column_is_open_and_the_others_stay_decided(
    dismissed: Release, upload: Upload, work: Work
) -> None:
    columns = permits() | {"owner_email": [f"a{i}@mail.example" for i in range(60)]}
    scan_again(dismissed, upload, work, columns)
    assert opened(dismissed) == {"zip", "sex", "owner_email"}


def test_evidence_that_comes_back_finds_its_decision_again(
    dismissed: Release, upload: Upload, work: Work
) -> None:
    columns = permits()
    columns["remarks"][3] = "She left 123-45-6787"
    scan_again(dismissed, upload, work, columns)
    assert "remarks" in opened(dismissed)
    upload()
    scan_request(release_id=dismissed.pk)
    assert "remarks" not in opened(dismissed)


def test_the_finding_that_was_decided_is_set_beside_the_present_one(
    dismissed: Release, upload: Upload, work: Work
) -> None:
    columns = permits()
    columns["remarks"] = ["as planned"] * 60
    columns["contractor_phone"] = [f"Call {i}" for i in range(60)]
    scan_again(dismissed, upload, work, columns)
    state = state_of(dismissed.pk)
    before = verdicts_before(dismissed.pk, state.reopened.values())
    assert set(before) == {"contractor_phone", "remarks"}
    now = {verdict.column: verdict for verdict in state.verdicts}
    said = what_changed(before["remarks"], now["remarks"])
    assert "Social Security number: no longer found; 1 cell then." in said


def verdict(**fields: Any) -> ColumnVerdict:
    plain = {"group": "none", "entity": "", "decision": "confirm", "hits": [], "score": 0.5}
    return ColumnVerdict(**(plain | fields))


@pytest.mark.parametrize(
    ("before", "now", "sentence"),
    [
        (
            verdict(group="none"),
            verdict(group="direct", entity="EMAIL"),
            "The column looked like: not personal. Now it looks like: direct identifier (e-mail address).",
        ),
        (
            verdict(decision="confirm"),
            verdict(decision="flag"),
            "It was marked “To be confirmed” and is now “Found”.",
        ),
        (verdict(), verdict(), "The detectors weigh it differently now; see why below."),
        (
            None,
            verdict(),
            "What was found then is not kept any more, so it cannot be set beside what is found now.",
        ),
    ],
)
def test_changes_are_said_in_words(before: ColumnVerdict | None, now: ColumnVerdict, sentence: str) -> None:
    assert what_changed(before, now) == [sentence]


def test_a_dismissal_ends_when_another_number_is_hidden_in_as_many_cells(
    dismissed: Release, upload: Upload, work: Work
) -> None:
    columns = permits()
    place = next(
        at for at, text in enumerate(columns["remarks"]) if "-" in text and any(map(str.isdigit, text))
    )
    was = columns["remarks"][place]
    digit = next(at for at in range(len(was) - 1, -1, -1) if was[at].isdigit())
    columns["remarks"][place] = f"{was[:digit]}{(int(was[digit]) + 1) % 10}{was[digit + 1 :]}"
    scan_again(dismissed, upload, work, columns)
    assert "remarks" in opened(dismissed)
    state = state_of(dismissed.pk)
    now = next(row for row in state.verdicts if row.column == "remarks")
    before = verdicts_before(dismissed.pk, state.reopened.values())["remarks"]
    assert what_changed(before, now) == [
        "As many cells were found as then, but they do not hold what was found then."
    ]
