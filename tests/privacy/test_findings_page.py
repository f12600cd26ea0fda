"""Deciding many findings: filters in the address, what is suggested, several at once, taking it back."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from privacy.filters import SHOWS, VIEWS, Filters
from privacy.models import Disposition, Scan
from privacy.selectors import state_of
from privacy.services import findings_dispose, scan_request
from tests.cast import Cast
from tests.factories.workflow import release_at
from workflow.models import Release

WHY = "Checked with the department."


@pytest.fixture
def release(cast: Cast) -> Release:
    return release_at("PRIVACY", cast)


@pytest.fixture
def officer(client: Client, cast: Cast) -> Client:
    client.force_login(cast.privacy_officer)
    return client


@pytest.fixture
def wide(release: Release, upload: Callable[..., None], work: Callable[[], None]) -> Release:
    """Sixty columns to decide: telephones, postal codes, sexes, and a text with one number in it."""
    rows = 12
    columns: dict[str, list[str]] = {}
    for i in range(20):
        columns[f"contact_phone_{i}"] = [f"(213) 556-{1000 + n}" for n in range(rows)]
        columns[f"zip_{i}"] = [("90012", "90013")[n % 2] for n in range(rows)]
        columns[f"sex_{i}"] = [("F", "M")[n % 2] for n in range(rows)]
    columns["remarks"] = [f"Inspected on site {n}, work goes on as planned there" for n in range(rows)]
    columns["remarks"][7] = "Owner gave 123-45-6788 at the counter"
    columns["status"] = [("issued", "closed")[n % 2] for n in range(rows)]
    upload(columns)
    scan_request(release_id=release.pk)
    work()
    return release


def page(client: Client, release: Release, query: str = "") -> str:
    response = client.get(reverse("release_privacy", args=[release.pk]) + query)
    assert response.status_code == 200
    return response.content.decode()


def shown(text: str) -> list[str]:
    """The columns of the list or of the cards, in order."""
    return re.findall(r'data-finding="([^"]+)"', text)


def post(client: Client, release: Release, name: str = "finding_dispose", **data: Any) -> Any:
    return client.post(reverse(name, args=[release.pk]), data)


def test_many_findings_are_a_list_of_pages_and_few_are_cards(officer: Client, wide: Release) -> None:
    text = page(officer, wide)
    assert len(shown(text)) == 50 and 'id="findings-list"' in text
    assert shown(page(officer, wide, "?page=2"))[-1] == "remarks"
    few = page(officer, wide, "?q=remarks")
    assert shown(few) == ["remarks"] and 'id="findings-list"' not in few


def test_filters_narrow_down_by_class_entity_and_name(officer: Client, wide: Release) -> None:
    assert len(shown(page(officer, wide, "?group=direct"))) == 20
    assert shown(page(officer, wide, "?entity=SSN")) == ["remarks"]
    assert shown(page(officer, wide, "?q=PHONE_1&entity=PHONE"))[:2] == [
        "contact_phone_1",
        "contact_phone_10",
    ]
    assert "No column fits the filters" in page(officer, wide, "?q=nowhere")
    assert shown(page(officer, wide, "?show=clear")) == [] and "status" in page(officer, wide, "?show=clear")


def test_filters_by_decision(officer: Client, wide: Release, cast: Cast) -> None:
    for columns, decision in ((["zip_1", "zip_2"], "accept"), (["sex_1"], "not_personal")):
        findings_dispose(
            release_id=wide.pk, columns=columns, decision=decision, reason=WHY, actor=cast.privacy_officer
        )
    assert shown(page(officer, wide, "?show=decided")) == ["zip_1", "sex_1", "zip_2"]
    assert shown(page(officer, wide, "?show=decided&decision=accept")) == ["zip_1", "zip_2"]
    assert "3 of 61 decided" in page(officer, wide)


def test_all_that_the_filters_show_are_decided_at_once_and_the_filters_stay(
    officer: Client, wide: Release
) -> None:
    names = [f"zip_{i}" for i in range(20)]
    response = post(
        officer,
        wide,
        shown=names,
        scope="shown",
        choice="accept",
        reason=WHY,
        where="bulk",
        back="group=quasi",
    )
    assert sorted(state_of(wide.pk).decided) == sorted(names)
    assert response["Location"].partition("?")[2].partition("#")[0] == "group=quasi"
    assert response["Location"].endswith("#column-59"), "at the next one that is open"


def test_a_remedy_that_does_not_fit_all_of_them_is_refused_for_all(officer: Client, wide: Release) -> None:
    data = {"column": ["zip_1", "sex_1"], "choice": "remedy:generalise_zip", "reason": WHY}
    response = post(officer, wide, **data, where="bulk", back="q=_1&view=list")
    text = response.content.decode()
    assert response.status_code == 422 and "does not fit the column “sex_1”" in text
    assert re.search(r'id="pick-\d+" name="column" value="zip_1"[^>]* checked', text), "the ticks stay"
    assert not Disposition.objects.exists()


def test_as_suggested_takes_the_usual_remedy_of_each_class(officer: Client, wide: Release) -> None:
    columns = ["contact_phone_0", "zip_0", "remarks"]
    post(officer, wide, column=columns, choice="suggested", reason=WHY, where="suggested")
    remedies = {row.column: row.remedy for row in Disposition.objects.all()}
    assert remedies == {
        "contact_phone_0": "drop_column",
        "zip_0": "generalise_zip",
        "remarks": "redact_matches",
    }


def test_the_page_says_what_is_suggested_for_how_many(officer: Client, wide: Release) -> None:
    text = page(officer, wide)
    assert "Do as suggested for all 41 columns" in text
    assert "<strong>Telephone number</strong>, 20 columns: Drop the column" in text


def test_one_column_is_done_as_suggested_by_its_own_button(officer: Client, wide: Release) -> None:
    post(officer, wide, column=["zip_0", "zip_1"], only="zip_1", choice="suggested", reason=WHY)
    assert Disposition.objects.get().column == "zip_1"


def test_where_a_person_must_look_nothing_is_suggested(officer: Client, wide: Release) -> None:
    response = post(officer, wide, only="sex_1", choice="suggested", reason=WHY, where="suggested")
    assert "Nothing is suggested for the column “sex_1”" in response.content.decode()


def test_what_was_decided_last_is_taken_back_as_a_whole(officer: Client, wide: Release, cast: Cast) -> None:
    findings_dispose(
        release_id=wide.pk, columns=["zip_1"], decision="accept", reason=WHY, actor=cast.privacy_officer
    )
    rows = findings_dispose(
        release_id=wide.pk,
        columns=["zip_1", "zip_2"],
        decision="not_personal",
        reason="A list of districts.",
        actor=cast.privacy_officer,
    )
    assert "Your last decision: 2 columns" in page(officer, wide)
    post(officer, wide, "finding_undo", last=rows[-1].pk)
    decided = state_of(wide.pk).decided
    assert {name: row.decision for name, row in decided.items()} == {"zip_1": "accept"}
    assert decided["zip_1"].reason == WHY
    assert "zip_2" in [one.column for one in state_of(wide.pk).open]


def test_who_took_too_much_back_takes_that_back(officer: Client, wide: Release) -> None:
    post(officer, wide, column=["zip_1"], choice="accept", reason=WHY)
    for _ in range(2):
        post(officer, wide, "finding_undo", last=Disposition.objects.latest("pk").pk)
    assert state_of(wide.pk).decided["zip_1"].decision == "accept"


def test_a_decision_is_not_taken_back_after_another_or_by_another(
    officer: Client, wide: Release, cast: Cast
) -> None:
    first, second = (
        findings_dispose(release_id=wide.pk, columns=[name], decision="accept", reason=WHY, actor=person)[0]
        for name, person in (("zip_1", cast.privacy_officer), ("zip_2", cast.cdo))
    )
    late = post(officer, wide, "finding_undo", last=first.pk).content.decode()
    assert "Something else was decided meanwhile" in late
    foreign = post(officer, wide, "finding_undo", last=second.pk).content.decode()
    assert "Only who made a decision takes it back" in foreign
    assert len(state_of(wide.pk).decided) == 2


def test_a_stale_scan_offers_no_decision(officer: Client, wide: Release) -> None:
    Scan.objects.update(registry_version="older")
    text = page(officer, wide)
    assert "The detectors are newer than this scan" in text
    assert "Record for" not in text and "Do as suggested" not in text


def test_who_may_not_decide_reads_the_list_without_ticks(client: Client, wide: Release, cast: Cast) -> None:
    client.force_login(cast.cdo)
    text = page(client, wide)
    assert len(shown(text)) == 50
    assert "data-tick" not in text and "Deciding by keyboard" not in text
    assert reverse("privacy_raw", args=[wide.pk]) not in text
    assert post(client, wide, "finding_undo", last=1).status_code == 403


def test_the_keys_are_explained_only_where_columns_can_be_ticked(officer: Client, wide: Release) -> None:
    assert "Deciding by keyboard" in page(officer, wide)
    alone = page(officer, wide, "?view=cards&q=remarks")
    assert "data-tick" not in alone.replace("data-ticked", "") and "Deciding by keyboard" not in alone


def test_a_worker_that_was_killed_is_said_on_the_page(
    officer: Client, release: Release, upload: Callable[..., None]
) -> None:
    upload()
    scan_request(release_id=release.pk)
    running = {"status": "running", "progress": 29}
    words = "does not answer any more"
    Scan.objects.update(**running, lease_until=timezone.now() + timedelta(minutes=1))
    assert words not in page(officer, release)
    Scan.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert words in page(officer, release)


@given(
    st.builds(
        Filters,
        show=st.sampled_from(("", *SHOWS)),
        group=st.sampled_from(("", "direct", "quasi")),
        entity=st.text(max_size=20),
        decision=st.text(max_size=20),
        q=st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20).map(
            str.strip
        ),
        view=st.sampled_from(("", *VIEWS)),
        page=st.integers(1, 999_999),
    )
)
def test_filters_come_back_from_their_address(filters: Filters) -> None:
    try:
        query = filters.query
    except UnicodeEncodeError:
        return  # half a character cannot come out of an address either
    assert Filters.of_query(query) == filters


@given(st.dictionaries(st.sampled_from(["show", "group", "view", "page", "q"]), st.text(max_size=30)))
def test_an_address_that_makes_no_sense_counts_as_not_asked(asked: dict[str, str]) -> None:
    filters = Filters.of(asked)
    assert filters.show in ("", *SHOWS) and filters.view in ("", *VIEWS) and filters.page >= 1
