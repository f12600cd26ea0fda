"""Words and values that people type at the privacy stage: none of them may be a person's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEvent
from privacy.errors import DispositionRefused, HierarchyRefused, RecipeRefused
from privacy.models import AggregateShape, Disposition, RecipeVersion, RiskDecision, UploadedHierarchy
from privacy.personal_values import personal_among, personal_value
from privacy.services import (
    aggregate_declare,
    finding_dispose,
    hierarchy_upload,
    recipe_restore,
    recipe_save,
    risk_accept,
)
from tests.cast import Cast
from tests.factories.workflow import release_at
from tests.privacy.samples import SSN
from workflow.errors import MoveRefused
from workflow.models import Release
from workflow.services.outputs import output_classify
from workflow.services.reviews import review_give
from workflow.services.transitions import release_transition

TYPED = f"The number {SSN} stands in row 7."
WHY = "Readers do not need more than this."
DROP = {"remedy": "drop_column", "params": {"column": "contractor_phone"}}


@pytest.fixture
def release(cast: Cast) -> Release:
    return release_at("PRIVACY", cast)


@dataclass
class Column:
    column: str
    group: str = "none"
    entity: str = ""


def _decide(**about: Any) -> object:
    return finding_dispose(column="zip", decision="accept", reason=TYPED, **about)


def _save(**about: Any) -> object:
    return recipe_save(steps=[DROP], note=TYPED, expected_number=0, **about)


def _accept(**about: Any) -> object:
    return risk_accept(reason=TYPED, until=timezone.localdate() + timedelta(days=9), **about)


def _declare(**about: Any) -> object:
    return aggregate_declare(is_table=False, reason=TYPED, **about)


def _label(**about: Any) -> object:
    return hierarchy_upload(label=f"Trades of {SSN}", text="plumber,building\n", **about)


def _level(**about: Any) -> object:
    return hierarchy_upload(label="Trades", text=f"value,{SSN}\nplumber,building\n", **about)


def _ground(**about: Any) -> object:
    return output_classify(classification="protected", ground=TYPED, **about)


def _return(**about: Any) -> object:
    return release_transition(name="return_for_changes", reason=TYPED, **about)


@pytest.mark.parametrize("typing", [_decide, _save, _accept, _declare, _label, _level, _ground, _return])
def test_no_free_text_of_the_stage_keeps_a_number_that_stands_for_a_person(
    typing: Callable[..., object], scanned: Release, cast: Cast
) -> None:
    events = AuditEvent.objects.count()
    refusals = (DispositionRefused, RecipeRefused, HierarchyRefused, ValidationError, MoveRefused)
    with pytest.raises(refusals) as refused:
        typing(release_id=scanned.pk, actor=cast.privacy_officer)
    assert SSN not in str(refused.value)
    assert "looks like" in str(refused.value) or "written like" in str(refused.value)
    for model in (Disposition, RecipeVersion, RiskDecision, AggregateShape, UploadedHierarchy):
        assert not model.objects.exists()
    assert AuditEvent.objects.count() == events


def test_the_conditions_of_a_review_keep_none_either(cast: Cast) -> None:
    asked = release_at("QUALITY", cast, title="Court hearings")
    with pytest.raises(MoveRefused, match="looks like"):
        review_give(
            release_id=asked.pk,
            kind="department",
            verdict="conditions",
            conditions=TYPED,
            actor=cast.approver,
        )
    assert not asked.reviews.exclude(verdict="").exists()


def test_the_note_of_a_version_that_is_brought_back_is_looked_at_too(scanned: Release, cast: Cast) -> None:
    about: dict[str, Any] = {"release_id": scanned.pk, "actor": cast.privacy_officer}
    recipe_save(steps=[DROP], note=WHY, expected_number=0, **about)
    recipe_save(steps=[], note=WHY, expected_number=1, **about)
    with pytest.raises(RecipeRefused, match="looks like"):
        recipe_restore(number=1, note=TYPED, expected_number=2, **about)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        (Column("status"), "Maria Garcia"),
        (Column("remarks", "free_text"), "Maria Garcia"),
        (Column("status"), "maria@example.org"),
        (Column("patient", "direct", "PERSON_NAME"), "Garcia"),
        (Column("case_no", "key"), "C-10"),
        (Column("dob", "quasi", "DATE_OF_BIRTH"), "1984-03-07"),
        (Column("visit_date", "quasi", "EVENT_DATE"), "03/07/2021"),
    ],
)
def test_a_step_that_names_somebody_is_refused_and_says_where(column: Column, value: str) -> None:
    found = personal_value({"column": column.column, "test": "equals", "values": ["open", value]}, [column])
    assert found is not None
    name, sentence = found
    assert name == "values" and "kept in clear" in sentence and value not in sentence


@pytest.mark.parametrize(
    ("column", "value"),
    [
        (Column("status"), "under review"),
        (Column("county", "quasi", "GEOGRAPHY"), "Jeff Davis"),
        (Column("zip", "quasi", "ZIP_CODE"), "90012"),
        (Column("dob", "quasi", "DATE_OF_BIRTH"), "1984"),
        (Column("issued"), "1900-01-01"),
        (Column("patient", "direct", "PERSON_NAME"), "unknown"),
    ],
)
def test_categories_places_years_and_marks_of_missing_values_may_be_typed(column: Column, value: str) -> None:
    assert personal_value({"column": column.column, "values": [value]}, [column]) is None


def test_a_limit_is_somebodys_only_in_a_column_of_identifiers() -> None:
    top = {"column": "income", "top": 250_000}
    assert personal_value(top, [Column("income", "quasi")]) is None
    found = personal_value(
        {"column": "ssn", "test": "less", "number": 219_099_999}, [Column("ssn", "direct")]
    )
    assert found is not None and found[0] == "number"


def test_a_list_of_names_is_no_hierarchy_and_a_list_of_places_is_one() -> None:
    assert personal_among(["Maria Garcia", "James Smith", "Linda Johnson"], many=True)
    assert not personal_among(["Fresno", "Santa Clara", "Jeff Davis", "Boyle Heights"], many=True)


def test_a_name_typed_into_a_step_is_refused_at_its_field(
    client: Client, scanned: Release, cast: Cast
) -> None:
    client.force_login(cast.privacy_officer)
    typed = {
        "remedy": "suppress_cells",
        "p-column": "status",
        "p-which": "listed",
        "p-values": "Maria Garcia",
    }
    url = reverse("privacy_recipe_step", args=[scanned.pk])
    answer = client.post(url, {"do": "put", **typed})
    text = answer.content.decode()
    sentence = "“Values”: value 1 is written like the name of a person"
    assert answer.status_code == 422 and sentence in text
    field = text[text.index("step-field--fault") :]
    assert field.index(sentence) < field.index('name="p-values"')
    steps = [
        {
            "remedy": "suppress_cells",
            "params": {"column": "status", "which": "listed", "values": ["Maria Garcia"]},
        }
    ]
    with pytest.raises(RecipeRefused, match="name of a person"):
        recipe_save(
            release_id=scanned.pk, steps=steps, note=WHY, actor=cast.privacy_officer, expected_number=0
        )


@pytest.mark.parametrize(
    ("who", "status"), [("privacy_officer", 200), ("steward", 200), ("portal_admin", 403)]
)
def test_the_recipe_with_its_typed_values_is_for_who_may_read_the_file(
    who: str, status: int, client: Client, scanned: Release, cast: Cast
) -> None:
    recipe_save(release_id=scanned.pk, steps=[DROP], note=WHY, actor=cast.privacy_officer, expected_number=0)
    client.force_login(cast[who])
    url = reverse("privacy_recipe_json", args=[scanned.pk, 1])
    assert client.get(url).status_code == status
    shown = client.get(reverse("privacy_recipe", args=[scanned.pk])).content.decode()
    assert (url in shown) == (status == 200)
