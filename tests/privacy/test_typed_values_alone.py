"""Each value that is typed into a step is judged by itself, once, and before anybody has to wait for it."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from privacy import personal_values
from privacy.errors import RecipeRefused
from privacy.models import RecipeSearch, RecipeVersion
from privacy.personal_values import MOST_TYPED, personal_among, personal_value, raw_values_in
from privacy.remedies.recipe import recipe_faults
from privacy.selectors import state_of
from privacy.services import quasi_confirm, recipe_save
from privacy.services.searches import search_request
from tests.cast import Cast
from tests.privacy.samples import SSN
from tests.privacy.test_typed_values import Column
from workflow.models import Release

WHY = "Readers do not need more than this."
NAME = "Maria Gonzalez"
CATEGORIES = [
    *("Open", "Closed", "Pending", "Denied", "Approved", "Withdrawn", "Expired", "Issued", "Revoked"),
    *("Final", "Active", "Hold", "Review", "Plan check", "Corrections", "Ready", "Cancelled", "Void"),
    *("Refund", "Renewed", "Appealed", "Renumbered"),
]
BIRTH = Column("birth_date", "quasi", "DATE_OF_BIRTH")


def rows_where(*values: str, column: str = "status") -> dict[str, Any]:
    return {
        "remedy": "drop_rows",
        "params": {"column": column, "test": "equals", "values": list(values)},
    }


@pytest.mark.parametrize(
    ("value", "column"), [(NAME, Column("status")), (SSN, Column("status")), ("1980-01-02", BIRTH)]
)
def test_among_many_categories_one_value_of_a_person_is_found(value: str, column: Column) -> None:
    sentence = personal_among([*CATEGORIES, value], column)
    assert sentence.startswith(f"value {len(CATEGORIES) + 1} is written like") and value not in sentence
    assert not personal_among(CATEGORIES, column)


@pytest.mark.parametrize("number", [19800412, 19800412.0, 4121980, 800412])
def test_a_limit_that_is_a_day_is_somebodys_in_a_column_of_births(number: float) -> None:
    found = personal_value({"column": "dob", "number": number}, [Column("dob", "quasi", "DATE_OF_BIRTH")])
    assert found is not None and found[0] == "number" and str(number)[:6] not in found[1]
    assert personal_value({"column": "income", "number": number}, [Column("income", "quasi")]) is None


@pytest.mark.parametrize("number", [1980, 65, 99999999, 12345678])
def test_a_year_and_a_number_that_is_no_day_may_be_limits(number: int) -> None:
    assert (
        personal_value({"column": "dob", "number": number}, [Column("dob", "quasi", "DATE_OF_BIRTH")]) is None
    )


def test_more_values_than_can_be_looked_at_are_not_taken() -> None:
    sentence = personal_among([f"code {at}" for at in range(MOST_TYPED + 1)])
    assert f"{MOST_TYPED + 1} values were typed, and at most {MOST_TYPED}" in sentence


@pytest.mark.parametrize("remedy", ["redact_matches", "redact_text"])
def test_only_what_a_detector_finds_can_be_looked_for(remedy: str, scanned: Release, cast: Cast) -> None:
    typed = f"Jane Doe {SSN}"
    steps = [{"remedy": remedy, "params": {"column": "contractor_phone", "entities": ["PHONE", typed]}}]
    (fault,) = recipe_faults(steps, ["contractor_phone"])
    assert "at place 2 is no kind of value that the scan finds" in fault.sentence
    with pytest.raises(RecipeRefused) as refused:
        save(scanned, cast, steps)
    assert typed not in str(refused.value) and not RecipeVersion.objects.exists()
    assert "contractor_phone" not in state_of(scanned.pk).decided
    steps[0]["params"]["entities"] = ["PHONE"]  # type: ignore[index]
    assert not recipe_faults(steps, ["contractor_phone"])


def save(release: Release, cast: Cast, steps: list[dict[str, Any]]) -> RecipeVersion:
    return recipe_save(
        release_id=release.pk, steps=steps, note=WHY, actor=cast.privacy_officer, expected_number=0
    )


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """One entry for each look at a value: whether the dossier was locked then."""
    made: list[bool] = []
    real = personal_values._judged
    depth = len(connection.savepoint_ids)

    def judged(header: str, values: list[str]) -> Any:
        made.append(len(connection.savepoint_ids) > depth)
        return real(header, values)

    monkeypatch.setattr(personal_values, "_judged", judged)
    monkeypatch.setattr(personal_values, "_LOOKED_AT", type(personal_values._LOOKED_AT)())
    return made


def test_values_are_looked_at_before_the_dossier_is_locked(
    looks: list[bool], scanned: Release, cast: Cast
) -> None:
    save(scanned, cast, [rows_where("open 1", "open 2"), rows_where("open 2", "open 3")])
    assert looks == [False] * 6  # three values, under no header and under their own


def test_what_was_looked_at_in_a_draft_is_not_looked_at_again(
    looks: list[bool], client: Client, scanned: Release, cast: Cast
) -> None:
    client.force_login(cast.privacy_officer)
    form = {"remedy": "suppress_cells", "p-column": "status", "p-which": "listed"}
    step, trial = (reverse(name, args=[scanned.pk]) for name in ("privacy_recipe_step", "privacy_what_if"))
    assert client.post(step, {"do": "put", **form, "p-values": "issued\nfinaled"}).status_code == 302
    first = len(looks)
    assert first == 4
    client.post(trial, {**form, "p-values": "issued\nfinaled\nexpired"}, headers={"HX-Request": "true"})
    assert len(looks) == first + 2
    client.post(reverse("privacy_recipe_save", args=[scanned.pk]), {"note": WHY})
    assert RecipeVersion.objects.count() == 1 and len(looks) == first + 2


def test_what_is_remembered_of_typed_values_holds_none_of_them(looks: list[bool]) -> None:
    personal_among(["under review", NAME])
    kept = personal_values._LOOKED_AT
    assert len(kept) == 2 and "Gonzalez" not in repr(kept) and "review" not in repr(kept)


def test_a_search_keeps_no_steps_that_may_not_be_kept(scanned: Release, cast: Cast) -> None:
    quasi_confirm(release_id=scanned.pk, columns=["zip"], k_min=5, reason=WHY, actor=cast.privacy_officer)
    with pytest.raises(RecipeRefused, match="written like"):
        search_request(release_id=scanned.pk, k=5, limit=0.02, chosen={}, steps=[rows_where(NAME)])
    assert not RecipeSearch.objects.exists()


@pytest.mark.parametrize(
    "step", ["[" * 200_000, "[" * 90_000, '{"remedy": "k_anonymise", "params": {"columns":' * 9]
)
def test_a_proposal_that_cannot_be_read_is_refused_in_words(
    step: str, client: Client, scanned: Release, cast: Cast
) -> None:
    client.force_login(cast.privacy_officer)
    url = reverse("privacy_recipe_step", args=[scanned.pk])
    answer = client.post(url, {"do": "take", "step": step}, follow=True)
    assert answer.status_code == 200 and "The proposal could not be read." in answer.content.decode()
    assert f"recipe-draft-{scanned.pk}" not in client.session


def test_words_without_digits_are_not_searched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(personal_values, "cells_of", lambda *_: pytest.fail("searched"))
    assert not raw_values_in("The columns with names go.\n" * 9)
