from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from audit.models import AuditEvent
from datafiles.table import read_columnar
from dossier.errors import DossierFrozen
from dossier.models import FileRead, StoredFile
from dossier.selectors import facts
from dossier.services import dossier_open
from dossier.storage import local_path
from privacy.errors import HierarchyRefused, RecipeRefused
from privacy.models import (
    ClassTabulation,
    Disposition,
    PseudonymMap,
    RecipeVersion,
    Treatment,
    UploadedHierarchy,
)
from privacy.remedies.recipe import recipe_digest
from privacy.remedies.registry import REMEDIES
from privacy.sealing import SealBroken, recipe_secret, seal, unseal
from privacy.selectors import provenance_of, recipe_versions, state_of
from privacy.services import (
    finding_dispose,
    findings_dispose,
    findings_undo,
    hierarchy_upload,
    quasi_confirm,
    recipe_propose,
    recipe_replay,
    recipe_restore,
    recipe_save,
    recipe_what_if,
    scan_request,
)
from privacy.services.treatments import treatment_request
from tests.cast import Cast
from tests.factories.workflow import dataset_make
from tests.privacy.samples import permits
from workflow.models import Dataset, Release
from workflow.services.datasets import release_open
from workflow.services.transitions import release_transition

WHY = "Agreed with the department."
Work = Callable[[], None]


def step(remedy: str, **params: Any) -> dict[str, Any]:
    return {"remedy": remedy, "params": params}


PHONES = step("drop_column", column="contractor_phone")
ZIPS = step("generalise_zip", column="zip")
NOTES = step("redact_text", column="remarks", entities=["SSN"])


def save(release: Release, cast: Cast, *steps: dict[str, Any], expected: int = 0) -> RecipeVersion:
    return recipe_save(
        release_id=release.pk,
        steps=list(steps),
        note=WHY,
        actor=cast.privacy_officer,
        expected_number=expected,
    )


def dispose(release: Release, cast: Cast, column: str, decision: str, remedy: str = "") -> Disposition:
    return finding_dispose(
        release_id=release.pk,
        column=column,
        decision=decision,
        remedy=remedy,
        reason=WHY,
        actor=cast.privacy_officer,
    )


def confirm(release: Release, cast: Cast, *columns: str, k_min: int = 5) -> None:
    quasi_confirm(release_id=release.pk, columns=columns, k_min=k_min, actor=cast.privacy_officer)


def test_a_decision_writes_its_step_into_the_recipe_and_another_takes_it_out(
    scanned: Release, cast: Cast
) -> None:
    dispose(scanned, cast, "zip", "remedy", "generalise_zip")
    dispose(scanned, cast, "remarks", "remedy", "redact_matches")
    assert state_of(scanned.pk).recipe == [ZIPS, step("redact_matches", column="remarks", entities=["SSN"])]
    dispose(scanned, cast, "remarks", "remedy", "redact_text")
    dispose(scanned, cast, "zip", "accept")
    assert state_of(scanned.pk).recipe == [NOTES]
    assert [row.number for row in recipe_versions(scanned.pk)] == [4, 3, 2, 1]


def test_a_batch_of_decisions_is_one_version(scanned: Release, cast: Cast) -> None:
    findings_dispose(
        release_id=scanned.pk,
        columns=["zip", "contractor_phone", "remarks"],
        decision="remedy",
        remedy="drop_column",
        reason=WHY,
        actor=cast.privacy_officer,
    )
    version = RecipeVersion.objects.get()
    assert len(version.steps) == 3 and version.note == WHY


def test_taking_a_decision_back_takes_its_step_out(scanned: Release, cast: Cast) -> None:
    row = dispose(scanned, cast, "zip", "remedy", "generalise_zip")
    findings_undo(release_id=scanned.pk, last_id=row.pk, actor=cast.privacy_officer)
    assert state_of(scanned.pk).recipe == []
    assert "zip" not in state_of(scanned.pk).decided


def test_a_saved_recipe_decides_the_findings_it_takes_care_of(scanned: Release, cast: Cast) -> None:
    version = save(scanned, cast, PHONES, NOTES)
    state = state_of(scanned.pk)
    assert version.number == 1 and version.digest == recipe_digest([PHONES, NOTES])
    assert sorted(state.decided) == ["contractor_phone", "remarks"]
    assert [verdict.column for verdict in state.open] == ["zip", "sex"]
    assert state.decided["remarks"].remedy == "redact_text" and state.decided["remarks"].reason == WHY
    event = AuditEvent.objects.get(action="privacy.recipe_saved")
    assert (event.data["number"], event.data["steps"], event.actor) == (1, 2, cast.privacy_officer)
    assert scanned.contributions.filter(user=cast.privacy_officer, what="privacy recipe").exists()


def test_a_finding_is_open_again_when_the_recipe_no_longer_takes_care_of_it(
    scanned: Release, cast: Cast
) -> None:
    save(scanned, cast, PHONES, NOTES)
    save(scanned, cast, PHONES, expected=1)
    state = state_of(scanned.pk)
    assert "remarks" in {verdict.column for verdict in state.open}
    assert state.reopened["remarks"].reason == WHY
    assert not facts(scanned.pk)["dispositions"].ok


def test_what_somebody_else_saved_meanwhile_is_not_overwritten(scanned: Release, cast: Cast) -> None:
    save(scanned, cast, PHONES)
    with pytest.raises(
        RecipeRefused, match=f"{cast.privacy_officer} saved version 1 of the recipe meanwhile"
    ):
        save(scanned, cast, NOTES)
    assert state_of(scanned.pk).recipe == [PHONES]


def test_saving_what_is_in_force_makes_no_version(scanned: Release, cast: Cast) -> None:
    first = save(scanned, cast, PHONES)
    assert save(scanned, cast, PHONES, expected=1) == first


@pytest.mark.parametrize(
    ("steps", "note", "sentence"),
    [
        ([step("drop_column", column="nobody")], WHY, "Step 1 of the recipe needs the column “nobody”"),
        ([PHONES, step("bands", column="zip")], WHY, "Step 2 of the recipe: “Width of a band” is missing"),
        ([PHONES], "why", "at least 10 characters"),
        (
            [step("drop_rows", column="zip", values=["90012", "123-45-6788"])],
            WHY,
            "value 2 is written like an identifier of a person",
        ),
    ],
)
def test_a_recipe_that_cannot_stand_is_refused_with_its_reason(
    scanned: Release, cast: Cast, steps: list[dict[str, Any]], note: str, sentence: str
) -> None:
    with pytest.raises(RecipeRefused, match=sentence):
        recipe_save(
            release_id=scanned.pk, steps=steps, note=note, actor=cast.privacy_officer, expected_number=0
        )
    assert not RecipeVersion.objects.exists()


def test_no_recipe_is_saved_at_a_stage_that_freezes_privacy(scanned: Release, cast: Cast) -> None:
    dossier_open(release_id=scanned.pk, parts=["plan"])
    with pytest.raises(DossierFrozen):
        save(scanned, cast, PHONES)


def test_an_older_version_comes_back_as_a_new_one(scanned: Release, cast: Cast) -> None:
    save(scanned, cast, PHONES)
    save(scanned, cast, PHONES, NOTES, expected=1)
    back = recipe_restore(
        release_id=scanned.pk, number=1, note=WHY, actor=cast.privacy_officer, expected_number=2
    )
    assert (back.number, back.steps) == (3, [PHONES])
    with pytest.raises(RecipeRefused, match="There is no version 9"):
        recipe_restore(
            release_id=scanned.pk, number=9, note=WHY, actor=cast.privacy_officer, expected_number=3
        )


def test_two_versions_never_have_the_same_number(scanned: Release, cast: Cast) -> None:
    version = save(scanned, cast, PHONES)
    version.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        version.save()


def test_the_copy_proves_from_which_version_it_came(scanned: Release, cast: Cast, work: Work) -> None:
    save(scanned, cast, PHONES, NOTES, ZIPS)
    dispose(scanned, cast, "sex", "accept")
    assert provenance_of(scanned.pk) is None
    confirm(scanned, cast, "zip", "sex")
    work()
    proof = provenance_of(scanned.pk)
    assert proof is not None
    assert (proof.version, proof.recipe_digest) == (1, recipe_digest([PHONES, NOTES, ZIPS]))
    assert proof.treated_sha256 == facts(scanned.pk)["treated"].data["sha256"]
    assert StoredFile.objects.get(sha256=proof.treated_sha256).meta["recipe_version"] == 1
    treatment = Treatment.objects.get()
    assert treatment.measured_before is not None and treatment.measured is not None
    assert (treatment.measured_before.k, treatment.measured.k) == (15, 30)
    assert [outcome["cells_changed"] for outcome in treatment.outcomes] == [0, 1, 60]


def test_risk_is_measured_on_people_when_the_recipe_aggregates(
    scanned: Release, cast: Cast, work: Work
) -> None:
    save(scanned, cast, step("aggregate", columns=["zip", "sex"], fewer_than=5))
    findings_dispose(
        release_id=scanned.pk,
        columns=["zip", "sex"],
        decision="accept",
        reason=WHY,
        actor=cast.privacy_officer,
    )
    confirm(scanned, cast, "zip", "sex")
    work()
    known = facts(scanned.pk)
    assert known["risk"].data["k"] == 15 and known["risk"].ok
    assert [column["name"] for column in known["treated"].data["columns"]] == ["zip", "sex", "count"]


def test_the_groups_are_counted_once_by_a_worker_and_kept_where_the_raw_file_is(
    scanned: Release, cast: Cast, work: Work
) -> None:
    with pytest.raises(RecipeRefused, match="Confirm first which columns"):
        recipe_what_if(release_id=scanned.pk, steps=[ZIPS])
    confirm(scanned, cast, "zip", "sex")
    with pytest.raises(RecipeRefused, match="still being counted"):
        recipe_what_if(release_id=scanned.pk, steps=[ZIPS])
    work()
    confirm(scanned, cast, "zip", "sex")
    row = ClassTabulation.objects.get()
    assert (row.rows, row.classes, row.table and row.table.kind) == (60, 4, "classes")
    effect = recipe_what_if(release_id=scanned.pk, steps=[ZIPS])
    assert (effect.before.k, effect.after.k, effect.rows_changed) == (15, 30, 60)


def test_the_least_harmful_recipe_for_a_k_is_proposed_and_can_be_saved(
    scanned: Release, cast: Cast, work: Work
) -> None:
    confirm(scanned, cast, "zip", "sex")
    work()
    proposal = recipe_propose(release_id=scanned.pk, k=20, limit=0)
    assert proposal.effect.after.k >= 20 and proposal.optimum.k == proposal.effect.after.k
    assert [name for name, *_ in proposal.levels] == ["zip", "sex"]
    version = save(scanned, cast, *proposal.recipe)
    assert version.steps == proposal.recipe == [proposal.step]
    with pytest.raises(RecipeRefused, match="No choice of levels makes groups of 100"):
        recipe_propose(release_id=scanned.pk, k=100, limit=0)
    with pytest.raises(RecipeRefused, match="Ask for at least 2"):
        recipe_propose(release_id=scanned.pk, k=1)


HIERARCHY = "value,area,all\n90012,Downtown,*\n90013,Downtown,*\n"


def upload(release: Release, cast: Cast, text: str, column: str = "") -> UploadedHierarchy:
    return hierarchy_upload(
        release_id=release.pk, label="Areas", text=text, column=column, actor=cast.privacy_officer
    )


def test_an_uploaded_hierarchy_can_be_chosen(scanned: Release, cast: Cast, work: Work) -> None:
    confirm(scanned, cast, "zip", "sex")
    work()
    row = upload(scanned, cast, HIERARCHY, "zip")
    assert upload(scanned, cast, HIERARCHY) == row, "the same rows are kept once"
    proposal = recipe_propose(release_id=scanned.pk, k=20, limit=0, chosen={"zip": row.digest})
    assert next((name, label) for name, label, *_ in proposal.levels) == ("zip", "Areas")
    save(scanned, cast, PHONES, NOTES, step("generalise", column="zip", hierarchy=row.digest, level=1))
    dispose(scanned, cast, "sex", "accept")
    work()
    assert facts(scanned.pk)["risk"].data["k"] == 30


def test_a_hierarchy_with_an_identifier_or_without_a_value_is_refused(
    scanned: Release, cast: Cast, work: Work
) -> None:
    confirm(scanned, cast, "zip")
    work()
    with pytest.raises(HierarchyRefused, match="1 value of the column is not listed"):
        upload(scanned, cast, "90012,Downtown\n", "zip")
    with pytest.raises(HierarchyRefused, match="written like an identifier of a person"):
        upload(scanned, cast, "123-45-6788,one\n321-54-9876,two\n")
    assert not UploadedHierarchy.objects.exists()


def test_a_refresh_replays_the_recipe_with_the_same_surrogates(
    scanned: Release, cast: Cast, upload: Callable[..., None], work: Work
) -> None:
    save(scanned, cast, PHONES, step("drop_column", column="remarks"), step("pseudonym", column="permit_no"))
    findings_dispose(
        release_id=scanned.pk,
        columns=["zip", "sex"],
        decision="accept",
        reason=WHY,
        actor=cast.privacy_officer,
    )
    confirm(scanned, cast, "zip", "sex")
    work()
    first = surrogates_of(scanned)
    upload(permits(70))
    scan_request(release_id=scanned.pk)
    work()
    second = surrogates_of(scanned)
    assert second[:60] == first and len(set(second)) == 70
    kept = PseudonymMap.objects.get()
    assert kept.size == 70 and b"B-2000" not in bytes(kept.sealed)


def surrogates_of(release: Release) -> list[str]:

    treatment = state_of(release.pk).treatment
    assert treatment is not None and treatment.treated is not None
    with local_path(treatment.treated.storage_key) as path:
        return read_columnar(path).frame["permit_no"].to_list()


def test_a_release_without_a_predecessor_has_no_recipe_to_take_over(scanned: Release, cast: Cast) -> None:
    with pytest.raises(RecipeRefused, match="No earlier release of this dataset has a recipe"):
        recipe_replay(release_id=scanned.pk, actor=cast.privacy_officer, expected_number=0)


def test_another_release_takes_the_recipe_over(scanned: Release, cast: Cast, work: Work) -> None:
    save(scanned, cast, PHONES, NOTES)
    file = state_of(scanned.pk)
    assert file.raw is not None and file.columnar is not None
    release_transition(release_id=scanned.pk, name="withdraw", actor=cast.coordinator, reason=WHY)
    later = release_open(dataset=Dataset.objects.get(pk=scanned.dataset_id), actor=cast.coordinator)
    dossier_open(release_id=later.pk, parts=["privacy"])
    raw, columnar = (copied(later, one) for one in (file.raw, file.columnar))
    FileRead.objects.create(release=later, raw=raw, columnar=columnar, status="done")
    scan_request(release_id=later.pk)
    work()
    version = recipe_replay(release_id=later.pk, actor=cast.privacy_officer, expected_number=0)
    assert (version.release, version.number, version.steps) == (later, 1, [PHONES, NOTES])
    assert sorted(state_of(later.pk).decided) == ["contractor_phone", "remarks"]


def copied(release: Release, file: StoredFile) -> StoredFile:
    file.pk, file.release = None, release
    file.save()
    return file


def test_the_secret_of_a_recipe_is_nowhere_in_the_database(scanned: Release, cast: Cast, work: Work) -> None:
    save(scanned, cast, PHONES, NOTES, step("pseudonym", column="permit_no"))
    findings_dispose(
        release_id=scanned.pk,
        columns=["zip", "sex"],
        decision="accept",
        reason=WHY,
        actor=cast.privacy_officer,
    )
    confirm(scanned, cast, "zip")
    work()
    secret = recipe_secret(scanned.dataset_id)
    with connection.cursor() as cursor:
        for table in (
            "privacy_recipeversion",
            "privacy_treatment",
            "privacy_pseudonymmap",
            "audit_auditevent",
        ):
            cursor.execute(f"SELECT * FROM {table}")
            text = repr(cursor.fetchall())
            assert secret.hex() not in text and repr(secret)[2:-1] not in text
    assert secret.hex() not in json.dumps(state_of(scanned.pk).recipe)


def test_what_is_sealed_opens_for_its_purpose_only_and_not_after_a_change() -> None:
    sealed = seal(b"surrogates", "one")
    assert unseal(sealed, "one") == b"surrogates" and b"surrogates" not in sealed
    assert seal(b"surrogates", "one") != sealed
    for broken, purpose in (
        (sealed, "two"),
        (sealed[:-1] + b"\0", "one"),
        (b"\1" + sealed[1:], "one"),
        (b"", "one"),
    ):
        with pytest.raises(SealBroken):
            unseal(broken, purpose)


def test_another_datasets_secret_is_another(cast: Cast) -> None:
    one, two = dataset_make(cast), dataset_make(cast)
    assert recipe_secret(one.pk) != recipe_secret(two.pk)


def test_every_remedy_has_its_name_among_the_decisions() -> None:
    assert {name: remedy.label for name, remedy in REMEDIES.items()} == dict(Disposition.Remedy.choices)


@pytest.mark.parametrize(
    ("later", "sentence"),
    [
        (step("drop_column", column="count"), "“count” says how many rows stand behind each cell"),
        (step("mask", column="count"), "“count” says how many rows stand behind each cell"),
        (step("drop_small_classes", columns=["zip", "count"], k=5), "“count” says how many rows"),
        (step("aggregate", columns=["zip"], fewer_than=11), "a table of counts already"),
    ],
)
def test_the_counts_of_a_table_stay_because_its_risk_is_measured_by_them(
    later: dict[str, Any], sentence: str, scanned: Release, cast: Cast
) -> None:
    table = step("aggregate", columns=["zip", "sex"], fewer_than=11)
    with pytest.raises(RecipeRefused, match=sentence):
        save(scanned, cast, table, later)
    assert save(scanned, cast, table, step("round_numbers", column="count", to=5)).number == 1


def test_a_recipe_that_lost_its_counts_stops_and_is_not_tried_again(
    scanned: Release, cast: Cast, work: Work
) -> None:
    save(scanned, cast, step("aggregate", columns=["zip", "sex"], fewer_than=11))
    for column in ("zip", "sex"):
        dispose(scanned, cast, column, "accept")
    confirm(scanned, cast, "zip", "sex")
    steps = [*state_of(scanned.pk).recipe, step("drop_column", column="count")]
    RecipeVersion.objects.update(steps=steps, digest=recipe_digest(steps))
    treatment_request(release_id=scanned.pk)
    work()
    stopped = state_of(scanned.pk).treatment
    assert stopped is not None and stopped.status == "dead" and "“count” says how many" in stopped.error
