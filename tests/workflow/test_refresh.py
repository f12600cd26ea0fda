"""A refresh is a release: within the permit it goes public by itself, else the review opens that drift calls for."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from notifications.models import OutgoingMessage
from publishing.models import Permit
from publishing.selectors import valid_permit
from tests.cast import Cast
from tests.factories.workflow import dataset_make
from tests.workflow.refreshes import (
    HEADER,
    csv_of,
    decided,
    expired,
    public_dataset,
    read_here,
    refreshed,
    rows,
    run,
    went_public,
    work,
)
from workflow.context import context_of
from workflow.errors import GatesUnmet, MoveRefused
from workflow.gates import unmet
from workflow.models import ColumnDescription, Dataset, Refresh, Release, Review
from workflow.policies import SYSTEM
from workflow.selectors.work import my_work_of
from workflow.services.datasets import columns_describe, dataset_change
from workflow.services.facts import metadata_fact
from workflow.services.refresh_run import move, move_is_due
from workflow.services.settle import release_settle
from workflow.services.tell import releases_with_ended_work
from workflow.services.transitions import release_transition
from workflow.stages import Stage

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _quick_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dossier.services_files.read_in_child", read_here)


@pytest.fixture
def dataset(cast: Cast) -> Dataset:
    return public_dataset(cast)


def reasons(refresh: Refresh) -> str:
    return " ".join(reason["text"] for reason in refresh.reasons)


def test_a_refresh_within_the_permit_goes_public_by_itself(cast: Cast, dataset: Dataset) -> None:
    first = dataset.public_release
    refresh = refreshed(dataset, csv_of(rows(1, 125)), actor=cast.steward, method="replace")
    assert refresh.sentence == "4 % more rows; nothing else stands out."
    assert (refresh.decision, refresh.route, refresh.reasons) == ("publish", "publish", [])
    release = Release.objects.get(pk=refresh.release_id)
    assert release.stage == Stage.PUBLISHED
    assert Release.objects.get(pk=first.pk).stage == Stage.SUPERSEDED
    basis, permit = Permit.objects.get(release=first), Permit.objects.get(release=release)
    assert permit.bounds.basis == basis
    assert (permit.approvers, permit.expires_at) == (basis.approvers, basis.expires_at)
    assert release.permits.get().bounds.limits == basis.bounds.limits


def test_two_conductors_at_once_let_a_refresh_through_once(cast: Cast, dataset: Dataset) -> None:
    table = csv_of(rows(1, 125))
    pk = refreshed(dataset, table, actor=cast.steward, method="replace", settle=False).release_id
    seen = context_of(pk)
    for _ in range(10):
        if move_is_due(seen):
            break
        release_settle(release_id=pk)
        work(pk)
        seen = context_of(pk)
    for _ in range(2):  # the second had looked before the first moved
        move(seen, timezone.now())
    assert Release.objects.get(pk=pk).stage == Stage.STAGED
    refresh = Refresh.objects.get(release=pk)
    assert (refresh.decision, refresh.route, refresh.reasons) == ("publish", "publish", [])


# What comes, by name: the table, what is said of it, the review it asks for, and a part of the reason.
BEYOND: dict[str, tuple[bytes, dict[str, Any], str, str]] = {
    "a renamed column": (
        csv_of(rows(), HEADER.replace("cost", "cost_usd")),
        {},
        "full",
        "The column “cost” is called “cost_usd” now.",
    ),
    "the number of a person in a new row": (
        csv_of([*rows(), ["P-00121", "2026-05-01", "owner 219-09-9999", "North", "12"]]),
        {},
        "privacy",
        "Social Security",
    ),
    "far fewer rows": (
        csv_of(rows(1, 60)),
        {},
        "full",
        "50 % fewer rows than what is public; the approval covers up to 10 %",
    ),
    "another way of aggregating": (
        csv_of(rows()),
        {"method_changed": True},
        "privacy",
        "the way it is put together or aggregated, changed",
    ),
    "rows that are public already": (
        csv_of(rows(119, 126)),
        {"method": "append"},
        "full",
        "2 rows of the new file are public already",
    ),
}


def test_what_goes_beyond_the_permit_asks_for_the_review_that_it_calls_for(
    cast: Cast, dataset: Dataset
) -> None:
    with pytest.raises(PermissionDenied):
        refreshed(dataset, csv_of(rows()), actor=cast.other_steward)
    for name, (table, words, review, reason) in BEYOND.items():
        refresh = refreshed(dataset, table, actor=cast.steward, **words)
        assert (refresh.decision, refresh.route) == (review, review), name
        assert reason in reasons(refresh), name
        assert "219-09" not in str([refresh.report, refresh.reasons, refresh.sentence])
        release = Release.objects.get(pk=refresh.release_id)
        assert release.stage == {"full": Stage.READINESS, "privacy": Stage.PRIVACY}[review], name
        assert not Permit.objects.filter(release=release).exists()
        with pytest.raises(MoveRefused, match="is on its way"):
            refreshed(dataset, csv_of(rows(1, 121)))
        release_transition(release_id=release.pk, name="withdraw", actor=cast.coordinator, reason="Not this.")


def test_what_was_approved_no_longer_covers_a_changed_description_or_a_day_after_it_ended(
    cast: Cast, dataset: Dataset
) -> None:
    approved = dataset.description
    Dataset.objects.filter(pk=dataset.pk).update(description="Something nobody approved.")
    refresh = refreshed(dataset, csv_of(rows()), actor=cast.steward)
    assert refresh.decision == "full"
    assert "The description of the data changed since it was approved." in reasons(refresh)
    release_transition(
        release_id=refresh.release_id, name="withdraw", actor=cast.coordinator, reason="Not this."
    )
    Dataset.objects.filter(pk=dataset.pk).update(description=approved)
    expired(dataset)
    refresh = refreshed(dataset, csv_of(rows()), actor=cast.steward)
    assert refresh.decision == "full"
    assert "has expired" in reasons(refresh)


def test_a_new_nullable_column_asks_for_privacy_only_and_then_goes_public(
    cast: Cast, dataset: Dataset
) -> None:
    table = [[*row, "" if n % 3 else "corner plot"] for n, row in enumerate(rows())]
    refresh = refreshed(dataset, csv_of(table, f"{HEADER},plot"), actor=cast.steward)
    assert (refresh.decision, refresh.route) == ("privacy", "privacy")
    assert "The column “plot” is new." in reasons(refresh)
    release = Release.objects.get(pk=refresh.release_id)
    assert release.stage == Stage.PRIVACY
    decided(release.pk, cast)
    assert any("plot" in item.text for item in unmet("clear_privacy", context_of(release.pk)))
    columns_describe(
        release_id=release.pk,
        rows=[{"name": "plot", "description": "Where the plot lies."}],
        actor=cast.steward,
    )
    release_transition(release_id=release.pk, name="clear_privacy", actor=cast.privacy_officer)
    run(release.pk)
    assert went_public(release.pk).stage == Stage.PUBLISHED
    assert "privacy" in [row["kind"] for row in Permit.objects.get(release=release).approvers]
    assert not Review.objects.filter(release=release, verdict="").exists()


def retitled(dataset: Dataset, release: Release, cast: Cast) -> None:
    fields = {"title": "Quite another title", "description": "Something nobody approved."}
    dataset_change(dataset=dataset, actor=cast.steward, fields=fields)


def approved_column_rewritten(dataset: Dataset, release: Release, cast: Cast) -> None:
    words = {"name": "cost", "description": "Something nobody approved."}
    columns_describe(release_id=release.pk, rows=[words], actor=cast.steward)


@pytest.mark.parametrize("rewrite", [retitled, approved_column_rewritten])
def test_what_is_rewritten_while_only_privacy_reads_it_is_not_public_in_the_name_of_earlier_approvers(
    cast: Cast, dataset: Dataset, rewrite: Any
) -> None:
    release = with_a_new_column(dataset, cast)
    rewrite(dataset, release, cast)
    decided(release.pk, cast)
    release_transition(release_id=release.pk, name="clear_privacy", actor=cast.privacy_officer)
    run(release.pk)
    assert went_public(release.pk).stage == Stage.CDO_REVIEW
    assert Refresh.objects.get(release=release).route == "full"
    assert not Permit.objects.filter(release=release).exists()


def test_privacy_that_alone_reads_a_refresh_agrees_to_its_description_too(
    cast: Cast, dataset: Dataset
) -> None:
    not_agreed = "Privacy has not agreed to this copy."
    release = with_a_new_column(dataset, cast)
    release_transition(release_id=release.pk, name="clear_privacy", actor=cast.privacy_officer)
    assert not_agreed not in [item.text for item in unmet("pass_refresh", context_of(release.pk))]
    ColumnDescription.objects.filter(name="plot").update(description="Words that privacy never read.")
    metadata_fact(release_id=release.pk)
    assert not_agreed in [item.text for item in unmet("pass_refresh", context_of(release.pk))]


def test_a_description_that_changed_asks_for_everybody_while_there_is_no_copy_too(
    cast: Cast, dataset: Dataset
) -> None:
    undecided = csv_of([*rows(), ["P-00121", "2026-05-01", "owner 219-09-9999", "North", "12"]])
    Dataset.objects.filter(pk=dataset.pk).update(description="Something nobody approved.")
    refresh = refreshed(dataset, undecided, actor=cast.steward)
    assert not context_of(refresh.release_id).data("treated", "columns")
    assert refresh.decision == "full"
    assert "The description of the data changed since it was approved." in reasons(refresh)


def with_a_new_column(dataset: Dataset, cast: Cast) -> Release:
    """A refresh that only privacy reads again: its new column is described, and what was found is decided."""
    table = [[*row, "" if n % 3 else "corner plot"] for n, row in enumerate(rows())]
    refresh = refreshed(dataset, csv_of(table, f"{HEADER},plot"), actor=cast.steward)
    assert refresh.route == "privacy"
    decided(refresh.release_id, cast)
    words = {"name": "plot", "description": "Where the plot lies."}
    columns_describe(release_id=refresh.release_id, rows=[words], actor=cast.steward)
    return Release.objects.get(pk=refresh.release_id)


def test_an_append_file_is_judged_with_what_is_public(cast: Cast, dataset: Dataset) -> None:
    refresh = refreshed(dataset, csv_of(rows(121, 126)), actor=cast.steward, method="append")
    assert (refresh.new_rows, refresh.repeated_rows, refresh.decision) == (6, 0, "publish")
    assert refresh.sentence == "5 % more rows; nothing else stands out."
    context = context_of(refresh.release_id)
    assert (context.data("file", "rows"), context.data("treated", "rows")) == (126, 126)


def test_changed_rows_take_the_place_of_theirs(cast: Cast, dataset: Dataset) -> None:
    table = [[*row[:4], "77"] for row in rows(118, 122)]
    refresh = refreshed(dataset, csv_of(table), actor=cast.steward, method="upsert")
    assert (refresh.new_rows, refresh.changed_rows) == (2, 3)
    assert context_of(refresh.release_id).data("file", "rows") == 122


def test_a_file_that_comes_while_another_is_compared_takes_its_place(cast: Cast, dataset: Dataset) -> None:
    first = refreshed(dataset, csv_of(rows(1, 121)), settle=False)
    second = refreshed(dataset, csv_of(rows(1, 122)), actor=cast.steward, settle=False)
    assert first.release_id == second.release_id
    with pytest.raises(MoveRefused, match="Somebody uploaded a file"):
        refreshed(dataset, csv_of(rows(1, 123)), settle=False)
    run(second.release_id)
    assert went_public(second.release_id).stage == Stage.PUBLISHED
    assert context_of(second.release_id).data("treated", "rows") == 122


def test_nothing_public_is_nothing_to_refresh(cast: Cast) -> None:
    with pytest.raises(MoveRefused, match="Nothing of this dataset is public"):
        refreshed(dataset_make(cast), csv_of(rows()), actor=cast.steward)


def test_what_is_taken_back_meanwhile_covers_no_refresh(cast: Cast, dataset: Dataset) -> None:
    refresh = refreshed(dataset, csv_of(rows(1, 121)), settle=False)
    run(refresh.release_id)
    staged = Release.objects.get(pk=refresh.release_id)
    assert staged.stage == Stage.STAGED
    base = dataset.public_release
    release_transition(release_id=base.pk, name="retract", actor=cast.cdo, reason="It must go.")
    assert (
        valid_permit(
            staged.pk,
            treated_sha256=context_of(staged.pk).data("treated", "sha256"),
            record_digest=staged.permits.get().record_digest,
        )
        is None
    )
    assert not context_of(staged.pk).permits


def test_the_first_release_is_never_let_through(cast: Cast) -> None:
    release = dataset_make(cast).current_release
    for name in ("pass_refresh", "refresh_to_privacy", "refresh_to_review"):
        with pytest.raises(GatesUnmet, match="prepared and decided like a first one"):
            release_transition(release_id=release.pk, name=name, actor=SYSTEM)
        with pytest.raises(PermissionDenied):
            release_transition(release_id=release.pk, name=name, actor=cast.cdo)


PEOPLE = "case_no,age,zip,visit"


def people(count: int = 60) -> list[list[str]]:
    """Cases of people in groups of ten or more by age and ZIP code."""
    return [
        [f"C-{n:04d}", str((34, 52)[n % 2]), ("90012", "90013", "90014")[n % 3], f"2026-0{n % 9 + 1}-11"]
        for n in range(1, count + 1)
    ]


def test_an_appended_row_that_stands_alone_between_two_releases_stops_it(cast: Cast) -> None:
    dataset = public_dataset(cast, csv_of(people(), PEOPLE), header=PEOPLE, quasi=["age", "zip"])
    refresh = refreshed(
        dataset,
        csv_of([["C-0061", "34", "90012", "2026-05-11"]], PEOPLE),
        actor=cast.steward,
        method="append",
    )
    context = context_of(refresh.release_id)
    # The whole table hides everybody; what came since the last release hides nobody.
    assert context.data("risk", "k") >= context.data("risk", "k_min")
    assert refresh.decision == "privacy"
    assert context.facts["risk"].sentences[0] in reasons(refresh)
    assert not Permit.objects.filter(release=refresh.release_id).exists()


def test_a_refresh_that_cannot_be_put_together_stops_and_somebody_is_told(
    cast: Cast, dataset: Dataset
) -> None:
    twice = [*rows(118, 119), rows(119, 119)[0]]
    refresh = refreshed(dataset, csv_of(twice), actor=cast.steward, method="upsert")
    assert (refresh.status, refresh.decision) == ("dead", "")
    assert "“permit_no” tells rows apart" in refresh.error
    assert refresh.release_id in releases_with_ended_work(since=timezone.now() - timedelta(hours=1))
    letters = OutgoingMessage.objects.filter(message_id="refresh_stopped")
    assert cast.steward in {letter.recipient for letter in letters}
    (line,) = [line for line in my_work_of(cast.steward).on_me if line.release.pk == refresh.release_id]
    assert "look why the refresh stopped" in line.turn.what
