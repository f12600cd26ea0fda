from __future__ import annotations

from collections.abc import Callable

import pytest

from audit.models import AuditEvent
from dossier.errors import DossierFrozen
from dossier.models import Fact, StoredFile
from dossier.selectors import facts
from dossier.services import dossier_open
from privacy.errors import DispositionRefused
from privacy.models import Disposition, Scan, Treatment
from privacy.selectors import state_of
from privacy.services import (
    facts_rebuild,
    finding_dispose,
    findings_dispose,
    quasi_confirm,
    risk_accept,
    scan_request,
)
from tests.cast import Cast
from tests.privacy.samples import SOON, permits
from workflow.models import Release

WHY = "Checked with the department."


def dispose(release: Release, cast: Cast, column: str, decision: str, remedy: str = "") -> Disposition:
    return finding_dispose(
        release_id=release.pk,
        column=column,
        decision=decision,
        remedy=remedy,
        reason=WHY,
        actor=cast.privacy_officer,
    )


def decide_all(release: Release, cast: Cast, *, quasi: list[str], k_min: int = 5) -> None:
    """Redact the remarks, drop the phones, keep zip and sex, confirm `quasi`."""
    dispose(release, cast, "remarks", "remedy", "redact_matches")
    dispose(release, cast, "contractor_phone", "remedy", "drop_column")
    findings_dispose(
        release_id=release.pk,
        columns=["zip", "sex"],
        decision="accept",
        reason=WHY,
        actor=cast.privacy_officer,
    )
    quasi_confirm(release_id=release.pk, columns=quasi, k_min=k_min, reason=WHY, actor=cast.privacy_officer)


def test_after_the_scan_every_finding_waits_for_a_decision(scanned: Release) -> None:
    known = facts(scanned.pk)
    assert known["scan"].ok and known["scan"].data["findings"] == known["scan"].data["open"] == 4
    assert not known["dispositions"].ok
    assert known["dispositions"].sentences == [
        "Column “contractor_phone” holds what is written like a telephone number in 60 cells. "
        "Remove them, make them coarser, or record why they may stay.",
        "Column “zip” holds what is written like a ZIP code in 60 cells. "
        "Remove them, make them coarser, or record why they may stay.",
        "Column “sex” may tell of a person (sex or gender). Record what becomes of it.",
        "1 more column waits for a decision.",
    ]
    assert not known["treated"].ok and not known["risk"].ok


def test_the_copy_is_made_when_everything_is_decided(
    scanned: Release, cast: Cast, work: Callable[[], None]
) -> None:
    decide_all(scanned, cast, quasi=["zip", "sex"])
    assert facts(scanned.pk)["treated"].sentences == ["The copy that will be published is being made."]
    work()
    known = facts(scanned.pk)
    assert known["dispositions"].ok and known["treated"].ok and known["risk"].ok
    treated = StoredFile.objects.get(kind="treated")
    assert known["treated"].data["sha256"] == treated.sha256
    assert [column["name"] for column in known["treated"].data["columns"]] == [
        "permit_no",
        "status",
        "zip",
        "sex",
        "remarks",
    ]
    assert known["risk"].data["k"] == 15
    assert known["risk"].about["treated"] == treated.sha256


def test_the_copy_names_the_key_that_may_identify_rows_on_the_portal(
    scanned: Release, cast: Cast, work: Callable[[], None]
) -> None:
    decide_all(scanned, cast, quasi=["zip", "sex"])
    work()
    columns = facts(scanned.pk)["treated"].data["columns"]
    assert [column["name"] for column in columns if column.get("unique")] == ["permit_no"]


def test_a_changed_decision_makes_the_copy_anew(
    scanned: Release, cast: Cast, work: Callable[[], None]
) -> None:
    decide_all(scanned, cast, quasi=["zip", "sex"])
    work()
    before = facts(scanned.pk)["treated"].data["sha256"]
    dispose(scanned, cast, "zip", "remedy", "generalise_zip")
    assert facts(scanned.pk)["treated"].data == {"by_system": True}, "the old copy no longer counts"
    work()
    assert facts(scanned.pk)["treated"].data["sha256"] != before
    assert facts(scanned.pk)["risk"].data["k"] == 30


def test_going_back_to_an_earlier_decision_finds_the_earlier_copy(
    scanned: Release, cast: Cast, work: Callable[[], None]
) -> None:
    decide_all(scanned, cast, quasi=["zip", "sex"])
    work()
    before = facts(scanned.pk)["treated"].data["sha256"]
    dispose(scanned, cast, "zip", "remedy", "generalise_zip")
    dispose(scanned, cast, "zip", "accept")
    assert facts(scanned.pk)["treated"].data["sha256"] == before
    assert Treatment.objects.count() == 2


def test_a_copy_overtaken_by_a_decision_stops_and_can_be_wanted_again(
    scanned: Release, cast: Cast, work: Callable[[], None]
) -> None:
    decide_all(scanned, cast, quasi=["zip", "sex"])
    dispose(scanned, cast, "zip", "remedy", "generalise_zip")
    work()
    first, second = Treatment.objects.order_by("id")
    assert (first.status, second.status) == ("dead", "done")
    dispose(scanned, cast, "zip", "accept")
    work()
    assert facts(scanned.pk)["treated"].ok


def test_without_findings_the_copy_still_is_a_treated_copy(
    release: Release, cast: Cast, upload: Callable[..., None], work: Callable[[], None]
) -> None:
    upload({"permit_no": ["A-1", "A-2"], "cost": ["10", "20"]})
    scan_request(release_id=release.pk)
    work()
    assert facts(release.pk)["dispositions"].ok
    quasi_confirm(release_id=release.pk, columns=[], k_min=5, reason=WHY, actor=cast.privacy_officer)
    work()
    known = facts(release.pk)
    assert known["treated"].ok and known["treated"].data["rows"] == 2
    assert known["risk"].ok
    assert known["risk"].sentences == ["No column was confirmed that could single out a person."]


def test_a_person_who_stands_alone_is_said_in_words_and_can_be_accepted(
    scanned: Release, cast: Cast, work: Callable[[], None]
) -> None:
    decide_all(scanned, cast, quasi=["permit_no"])
    work()
    risk = facts(scanned.pk)["risk"]
    assert not risk.ok
    assert risk.sentences[0].startswith("At least one person stands alone: 60 of 60 rows have")
    risk_accept(release_id=scanned.pk, reason=WHY, until=SOON, actor=cast.privacy_officer)
    assert facts(scanned.pk)["risk"].ok
    # It was accepted for that copy only.
    dispose(scanned, cast, "zip", "remedy", "drop_column")
    work()
    assert not facts(scanned.pk)["risk"].ok


def test_a_risk_within_the_threshold_needs_no_acceptance(
    scanned: Release, cast: Cast, work: Callable[[], None]
) -> None:
    decide_all(scanned, cast, quasi=["zip", "sex"])
    work()
    with pytest.raises(DispositionRefused, match="there is nothing to accept"):
        risk_accept(release_id=scanned.pk, reason=WHY, until=SOON, actor=cast.privacy_officer)


@pytest.mark.parametrize(
    ("column", "decision", "remedy", "reason", "sentence"),
    [
        ("remarks", "accept", "", "because", "at least 10 characters"),
        ("remarks", "", "", WHY, "Choose what becomes of the column"),
        ("remarks", "remedy", "generalise_zip", WHY, "does not fit the column “remarks”"),
        ("remarks", "accept", "drop_column", WHY, "Choose one of the two"),
        ("nobody", "accept", "", WHY, "has no column “nobody”"),
    ],
)
def test_a_decision_that_cannot_stand_is_refused_with_its_reason(
    scanned: Release, cast: Cast, column: str, decision: str, remedy: str, reason: str, sentence: str
) -> None:
    with pytest.raises(DispositionRefused, match=sentence):
        finding_dispose(
            release_id=scanned.pk,
            column=column,
            decision=decision,
            remedy=remedy,
            reason=reason,
            actor=cast.privacy_officer,
        )
    assert not Disposition.objects.exists()


def test_several_columns_are_decided_all_or_none(scanned: Release, cast: Cast) -> None:
    with pytest.raises(DispositionRefused):
        findings_dispose(
            release_id=scanned.pk,
            columns=["zip", "nobody"],
            decision="accept",
            reason=WHY,
            actor=cast.privacy_officer,
        )
    assert not Disposition.objects.exists()


def test_nothing_is_decided_at_a_stage_that_freezes_privacy(scanned: Release, cast: Cast) -> None:
    dossier_open(release_id=scanned.pk, parts=["plan"])
    with pytest.raises(DossierFrozen, match="The privacy findings cannot be changed"):
        dispose(scanned, cast, "zip", "accept")
    with pytest.raises(DossierFrozen):
        quasi_confirm(release_id=scanned.pk, columns=[], k_min=5, reason=WHY, actor=cast.privacy_officer)


def test_decisions_hold_across_files_while_the_evidence_is_the_same(
    scanned: Release, cast: Cast, upload: Callable[..., None], work: Callable[[], None]
) -> None:
    decide_all(scanned, cast, quasi=["zip", "sex"])
    columns = permits(62)
    columns["remarks"][5] = "A second number, 321-54-9876, was left here"
    upload(columns)
    scan_request(release_id=scanned.pk)
    work()
    state = state_of(scanned.pk)
    assert [verdict.column for verdict in state.open] == ["remarks"], "only this column holds something new"
    assert set(state.decided) == {"contractor_phone", "zip", "sex"}
    assert state.reopened["remarks"].reason == WHY


def test_a_decision_leaves_an_audit_event_and_a_contribution(scanned: Release, cast: Cast) -> None:
    dispose(scanned, cast, "zip", "accept")
    event = AuditEvent.objects.get(action="privacy.finding_disposed")
    assert event.data == {"column": "zip", "decision": "Stays as it is"}
    assert event.actor == cast.privacy_officer
    assert [row.what for row in scanned.contributions.filter(user=cast.privacy_officer)] == [
        "privacy decision"
    ]


def test_rebuilding_the_facts_changes_nothing(scanned: Release, cast: Cast, work: Callable[[], None]) -> None:
    decide_all(scanned, cast, quasi=["zip", "sex"])
    work()

    def content() -> list[tuple]:
        return list(
            Fact.objects.filter(release=scanned)
            .order_by("kind")
            .values_list("kind", "ok", "sentences", "digest", "data", "at")
        )

    before = content()
    facts_rebuild(release_id=scanned.pk)
    assert content() == before


def test_the_fact_of_the_scan_keeps_its_date_when_decisions_change_it(scanned: Release, cast: Cast) -> None:
    before = facts(scanned.pk)["scan"].at
    dispose(scanned, cast, "zip", "accept")
    fact = facts(scanned.pk)["scan"]
    assert fact.at == before == Scan.objects.get().scanned_at
    assert fact.data["open"] == 3
