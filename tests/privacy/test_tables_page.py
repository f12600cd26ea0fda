"""A table of counts from its description to the gate, and what the officer sees of it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from dossier.selectors import facts
from dossier.services import dossier_open
from privacy.errors import DispositionRefused
from privacy.models import AggregateShape, CopyCheck
from privacy.selectors import recipe_in_force, state_of
from privacy.services import aggregate_declare, findings_dispose, quasi_confirm, scan_request
from privacy.tasks import copy_check_run
from tests.cast import Cast
from tests.factories.workflow import release_at
from workflow.models import Release

VISITS = {
    "clinic": ["North", "North", "South", "South", "East", "East"],
    "sex": ["F", "M"] * 3,
    "visit_count": ["3", "40", "50", "60", "70", "80"],
    "population": ["30000"] * 6,
}


@pytest.fixture
def release(cast: Cast) -> Release:
    return release_at("PRIVACY", cast)


@pytest.fixture
def officer(client: Client, cast: Cast) -> Client:
    client.force_login(cast.privacy_officer)
    return client


@pytest.fixture
def work_on(work: Callable[[], None]) -> Callable[[], None]:
    """Let the worker make the copy and compare it."""

    def working() -> None:
        work()
        for check in CopyCheck.objects.filter(status="queued"):
            copy_check_run(check.pk)

    return working


@pytest.fixture
def treated(
    release: Release, cast: Cast, upload: Callable[..., None], work_on: Callable[[], None]
) -> Release:
    """A table of visits whose columns are decided, without a column that singles anybody out, and its copy."""
    upload(VISITS)
    scan_request(release_id=release.pk)
    work_on()
    dossier_open(release_id=release.pk, parts=["file", "privacy"])
    columns = [row.column for row in state_of(release.pk).findings]
    if columns:
        findings_dispose(
            release_id=release.pk,
            columns=columns,
            decision="accept",
            remedy="",
            reason="Counts of visits, nobody is named.",
            actor=cast.privacy_officer,
        )
    quasi_confirm(
        release_id=release.pk, columns=[], k_min=5, reason="Counts, no people.", actor=cast.privacy_officer
    )
    work_on()
    return release


def declare(release: Release, cast: Cast, **changed: object) -> AggregateShape:
    said = {
        "dimensions": ["clinic", "sex"],
        "counts": ["visit_count"],
        "denominator": "population",
        "rule": "calhhs",
    }
    return aggregate_declare(
        release_id=release.pk, is_table=True, actor=cast.privacy_officer, **(said | changed)
    )


def page(client: Client, release: Release, name: str = "privacy_aggregates", status: int = 200) -> str:
    response = client.get(reverse(name, args=[release.pk]))
    assert response.status_code == status
    return response.content.decode()


def test_a_small_cell_stops_the_copy_until_it_is_suppressed(
    officer: Client, treated: Release, cast: Cast, work_on: Callable[[], None]
) -> None:
    assert facts(treated.pk)["risk"].ok
    declare(treated, cast)
    assert facts(treated.pk)["risk"].sentences == ["The copy is being compared with what is public already."]
    work_on()
    risk = facts(treated.pk)["risk"]
    assert not risk.ok and risk.sentences[0].startswith("1 of 6 cells show fewer than 11 (row 1).")
    text = page(officer, treated)
    assert "1 of 6 cells show fewer than 11" in text and "Hide them: add the step to the recipe" in text

    response = officer.post(reverse("aggregates_suppress", args=[treated.pk]), {"number": 0}, follow=True)
    assert "The recipe hides the small cells now (version 1)" in response.content.decode()
    version = recipe_in_force(treated.pk)
    assert version is not None and [step["remedy"] for step in version.steps] == ["suppress_table"]
    work_on()
    risk = facts(treated.pk)["risk"]
    assert risk.ok and "its cells are judged" in risk.sentences[0]
    assert "Nothing too small is shown" in page(officer, treated)


def test_the_publication_score_stands_with_each_variable(
    officer: Client, treated: Release, cast: Cast, work_on: Callable[[], None]
) -> None:
    declare(treated, cast, breakdown={"sex": ["main"], "residence": ["4k_20k"], "period": ["month"]})
    work_on()
    score = CopyCheck.objects.latest("id").score
    assert (score["total"], score["may_be_shown"], score["screened"]) == (7 + 1 + 5 + 5, False, False)
    text = page(officer, treated)
    assert "Points of each variable" in text and "Mask it" in text


def test_the_page_records_what_the_columns_are(officer: Client, treated: Release) -> None:
    text = page(officer, treated)
    assert "Nobody has said yet" in text and "What the columns are is suggested by their names" in text
    sent = {
        "kind": "table",
        "role-0": "dimension",
        "role-1": "dimension",
        "role-2": "count",
        "role-3": "denominator",
        "rule": "ct_sde",
        "high_risk": "yes",
        "variable-sex": "main",
    }
    response = officer.post(reverse("aggregates_declare", args=[treated.pk]), sent, follow=True)
    assert "Recorded: cells of a table of counts." in response.content.decode()
    row = AggregateShape.objects.get()
    assert (row.dimensions, row.counts, row.denominator) == (["clinic", "sex"], ["visit_count"], "population")
    assert row.rule_in_force.fewer_than == 11 and not row.totals_known and row.breakdown == {"sex": ["main"]}


REFUSED: list[tuple[dict[str, str], str]] = [
    ({}, "Say what a row is."),
    ({"kind": "table", "role-2": "count", "rule": "cms"}, "Choose at least one column by which"),
    ({"kind": "table", "role-0": "dimension", "rule": "cms"}, "Choose at least one column of counts."),
    ({"kind": "table", "role-0": "dimension", "role-2": "count"}, "Choose the rule by which"),
    ({"kind": "table", "role-2": "denominator", "role-3": "denominator"}, "cannot both say out of how many"),
    (
        {"kind": "table", "role-0": "dimension", "role-2": "count", "rule": "cms", "variable-age": "never"},
        "There is no such way of breaking a table down.",
    ),
]


def test_a_refused_description_is_kept_and_says_why(officer: Client, treated: Release) -> None:
    for data, sentence in REFUSED:
        response = officer.post(reverse("aggregates_declare", args=[treated.pk]), data)
        assert response.status_code == 422 and sentence in response.content.decode()
    assert not AggregateShape.objects.exists()


def test_rows_that_are_people_again_are_judged_by_their_groups(treated: Release, cast: Cast) -> None:
    declare(treated, cast)
    aggregate_declare(release_id=treated.pk, is_table=False, actor=cast.privacy_officer)
    assert facts(treated.pk)["risk"].ok


def test_a_table_that_is_none_is_said_and_stops_the_copy(
    treated: Release, cast: Cast, work_on: Callable[[], None]
) -> None:
    declare(treated, cast, dimensions=["sex"])
    work_on()
    risk = facts(treated.pk)["risk"]
    assert not risk.ok and "have a combination of sex that occurs twice" in risk.sentences[0]


def test_a_comparison_that_stopped_starts_again_with_the_next_decision(
    treated: Release, cast: Cast, work_on: Callable[[], None]
) -> None:
    declare(treated, cast)
    CopyCheck.objects.filter(checked_at=None).update(status="dead", error="It stopped.")
    quasi_confirm(
        release_id=treated.pk, columns=[], k_min=5, reason="Counts, no people.", actor=cast.privacy_officer
    )
    work_on()
    assert facts(treated.pk)["risk"].sentences[0].startswith("1 of 6 cells")


def test_columns_that_the_copy_has_not_are_refused(treated: Release, cast: Cast) -> None:
    with pytest.raises(DispositionRefused, match="The copy has no column “month”"):
        declare(treated, cast, dimensions=["month"])


def test_others_read_and_declare_nothing(client: Client, cast: Cast, treated: Release) -> None:
    for who in ("steward", "portal_admin"):
        client.force_login(cast[who])
        assert "What a row of the copy is" in page(client, treated)
        declared = client.post(reverse("aggregates_declare", args=[treated.pk]), {"kind": "records"})
        suppressed = client.post(reverse("aggregates_suppress", args=[treated.pk]))
        assert declared.status_code == suppressed.status_code == 403


def test_people_of_another_department_do_not_know_of_it(client: Client, cast: Cast, treated: Release) -> None:
    client.force_login(cast.other_steward)
    for name in ("privacy_aggregates", "privacy_mosaic"):
        page(client, treated, name, status=404)
    assert client.post(reverse("mosaic_again", args=[treated.pk])).status_code == 404


def test_without_a_file_the_pages_say_what_to_wait_for(officer: Client, release: Release) -> None:
    assert "There is no table to look at yet" in page(officer, release)
    assert "There is no copy to compare yet" in page(officer, release, "privacy_mosaic")


def test_rows_that_are_people_cannot_be_called_cells_to_get_around_k(treated, cast):
    with pytest.raises(DispositionRefused, match="tells of one person, so it is no column of counts"):
        declare(treated, cast, dimensions=["clinic", "visit_count"], counts=["sex"])


def test_a_score_without_a_breakdown_says_what_it_is_about(
    officer: Client, treated: Release, cast: Cast, work_on: Callable[[], None]
) -> None:
    declare(treated, cast)
    work_on()
    text = page(officer, treated)
    assert "Not scored yet" in text and "Nobody has said by which" in text and "Mask it" not in text
    assert "The more finely a table is broken down" in text


def test_the_form_begins_with_what_the_columns_probably_are(
    release: Release,
    officer: Client,
    upload: Callable[..., None],
    work: Callable[[], None],
) -> None:
    upload(
        {
            "year": ["2020", "2021", "2022"],
            "county": ["Kern", "Inyo", "Mono"],
            "women": ["12", "13", "14"],
            "men": ["20", "21", "22"],
            "total": ["32", "34", "36"],
            "population": ["30000", "40000", "50000"],
            "rate": ["1.5", "2.5", "3.5"],
        }
    )
    scan_request(release_id=release.pk)
    work()
    text = page(officer, release)
    chosen = re.findall(r'name="role-\d".*?<option value="(\w*)" selected', text, re.DOTALL)
    assert chosen == ["dimension", "dimension", "count", "count", "count", "denominator", "statistic"]
    assert text.count("sums up other counts, by its name") == 1
