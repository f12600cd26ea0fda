"""Priorities of datasets: stored with all they rest on, set by hand only with a reason, ranked again by weights."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import ProgramProfile
from accounts.profiles import digest_of
from accounts.selectors import profile_current, profile_for
from audit.models import AuditEvent
from tests.cast import Cast
from tests.factories.workflow import dataset_make
from workflow.models import Dataset, PriorityScore, PriorityWeights
from workflow.selectors.priority import newest_score, ranked, scale_of
from workflow.services.priority import (
    priority_override,
    priority_rescore,
    priority_score,
    priority_weights_set,
)

pytestmark = pytest.mark.django_db


def rank_by(cast: Cast, scale: str, **weights: float) -> None:
    """Let the program adopt a profile that ranks by `scale`."""
    current = profile_current(cast.program)
    content = {**current.content, "inventory": {"priority": scale, "weights": weights}}
    ProgramProfile.objects.create(
        program=cast.program, version=current.version + 1, content=content, digest=digest_of(content)
    )


def order(cast: Cast, **tried: float) -> list[str]:
    profile = profile_for(cast.program)
    return [row.dataset.title for row in ranked(cast.cdo, cast.program, profile, tried=tried or None)]


def score(dataset: Dataset, cast: Cast, **answers: Any) -> PriorityScore:
    return priority_score(dataset=dataset, answers=answers, actor=cast.coordinator)


def two_by_demand(cast: Cast) -> tuple[Dataset, Dataset]:
    """One that people ask for, one that programs depend on."""
    rank_by(cast, "demand")
    asked, used = dataset_make(cast, title="Asked for"), dataset_make(cast, title="Used inside")
    score(asked, cast, records_requests=12)
    score(used, cast, records_requests=1, interest="2")
    return asked, used


def test_the_grid_takes_the_class_from_the_record_and_the_demand_from_people(cast: Cast) -> None:
    dataset = dataset_make(cast, classification="public")
    row = score(dataset, cast, demand="high")
    assert (row.label, row.band, row.inputs["classification"]) == ("P1", 0, "public")
    Dataset.objects.filter(pk=dataset.pk).update(classification="sensitive")
    assert score(dataset, cast, demand="high").label == "P2"
    assert PriorityScore.objects.filter(dataset=dataset).count() == 2


def test_equal_answers_write_nothing_new(cast: Cast) -> None:
    dataset = dataset_make(cast)
    assert score(dataset, cast, demand="low") == score(dataset, cast, demand="low")
    assert AuditEvent.objects.filter(action="workflow.priority_scored").count() == 1


def test_a_priority_is_set_by_hand_only_with_a_reason(cast: Cast) -> None:
    dataset = dataset_make(cast)
    computed = score(dataset, cast, demand="low")
    with pytest.raises(ValidationError, match="Say why"):
        priority_override(dataset=dataset, band="P1", reason="  ", actor=cast.coordinator)
    with pytest.raises(IntegrityError), transaction.atomic():
        PriorityScore.objects.filter(pk=computed.pk).update(override="P1")
    row = priority_override(dataset=dataset, band="P1", reason="The mayor asks.", actor=cast.coordinator)
    assert (row.label, row.band, row.override_reason) == ("P1", 0, "The mayor asks.")
    again = score(dataset, cast, demand="medium")
    assert (again.label, again.override) == ("P1", "P1"), "an override stays until it is lifted"
    lifted = priority_override(dataset=dataset, band="", reason="No longer.", actor=cast.coordinator)
    assert (lifted.label, lifted.override) == ("P2", "")
    note = AuditEvent.objects.filter(action="workflow.priority_overridden").get().note.text
    assert note == "The mayor asks."


def test_changing_a_weight_ranks_again_and_is_logged(cast: Cast) -> None:
    asked, used = two_by_demand(cast)
    assert order(cast) == ["Asked for", "Used inside"]
    before = newest_score(used, scale_of(profile_for(cast.program)))
    weights = {"records_requests": 0, "interest": 3, "votes": 1}
    changed = priority_weights_set(
        program=cast.program, weights=weights, reason="Programs come first this year.", actor=cast.cdo
    )
    assert changed == 2
    assert order(cast) == ["Used inside", "Asked for"]
    event = AuditEvent.objects.get(action="workflow.priority_weights_set")
    assert event.data["weights"] == {"records_requests": 0.0, "interest": 3.0, "votes": 1.0}
    assert event.note.text == "Programs come first this year."
    assert before is not None
    before.refresh_from_db()
    assert before.weights["interest"] == 1.0, "the score of that day keeps the weights of that day"
    assert asked.priority_scores.count() == 2


def test_trying_other_weights_saves_nothing(cast: Cast) -> None:
    two_by_demand(cast)
    assert order(cast, interest=5.0, records_requests=0.0) == ["Used inside", "Asked for"]
    assert order(cast) == ["Asked for", "Used inside"]
    assert not PriorityWeights.objects.exists()


def test_a_profile_with_other_weights_ranks_again_too(cast: Cast) -> None:
    two_by_demand(cast)
    rank_by(cast, "demand", records_requests=0, interest=2)
    assert order(cast) == ["Used inside", "Asked for"]
    assert priority_rescore(program=cast.program, actor=cast.cdo) == 2
    assert priority_rescore(program=cast.program, actor=cast.cdo) == 0


@pytest.mark.parametrize(
    ("weights", "sentence"),
    [
        ({"records_requests": 11, "interest": 1, "votes": 1}, "from 0 to 10"),
        ({"records_requests": -1, "interest": 1, "votes": 1}, "from 0 to 10"),
        ({"records_requests": "nan", "interest": 1, "votes": 1}, "from 0 to 10"),
        ({"interest": 1, "votes": 1}, "from 0 to 10"),
        ({"records_requests": 0, "interest": 0, "votes": 0}, "Let at least one count"),
    ],
)
def test_weights_that_make_no_sense_are_refused(weights: dict[str, Any], sentence: str, cast: Cast) -> None:
    rank_by(cast, "demand")
    with pytest.raises(ValidationError, match=sentence):
        priority_weights_set(program=cast.program, weights=weights, reason="Because.", actor=cast.cdo)
    with pytest.raises(ValidationError, match="Say why"):
        priority_weights_set(
            program=cast.program,
            weights={"records_requests": 1, "interest": 1, "votes": 1},
            reason=" ",
            actor=cast.cdo,
        )


def test_who_may_score_and_who_may_weigh(cast: Cast) -> None:
    dataset = dataset_make(cast)
    for person in (cast.steward, cast.other_coordinator, cast.outsider, cast.foreign_cdo):
        with pytest.raises(PermissionDenied):
            priority_score(dataset=dataset, answers={}, actor=person)
        with pytest.raises(PermissionDenied):
            priority_override(dataset=dataset, band="P1", reason="Mine.", actor=person)
    for person in (cast.coordinator, cast.foreign_cdo, cast["open_data_team"]):
        with pytest.raises(PermissionDenied):
            priority_weights_set(program=cast.program, weights={}, reason="Mine.", actor=person)


def test_the_record_answers_what_it_knows(cast: Cast) -> None:
    import datetime

    rank_by(cast, "scoring")
    dataset = dataset_make(cast, coverage_start=datetime.date(2001, 1, 1), accrual_periodicity="daily")
    row = score(dataset, cast, interest="5")
    assert {key: row.inputs[key] for key in ("years", "frequency", "timeliness")} == {
        "years": "3",
        "frequency": "4",
        "timeliness": "4",
    }
    assert row.value == 16.0


# --- pages ---


def page_of(response: Any) -> str:
    return str(response.content.decode())


def test_the_page_explains_scores_and_keeps_their_history(cast: Cast, client: Client) -> None:
    dataset = dataset_make(cast)
    url = reverse("dataset_priority", args=[dataset.pk])
    client.force_login(cast.coordinator)
    assert "Nobody has scored this dataset" in page_of(client.get(url))
    page = page_of(client.post(url, {"demand": "high"}, follow=True))
    assert "The priority is P1." in page
    assert "The grid gives P1 to public data with high demand." in page
    refused = client.post(reverse("priority_override", args=[dataset.pk]), {"band": "P4", "reason": ""})
    assert refused.status_code == 422
    assert "only set by hand with its reason" in page_of(refused)
    page = page_of(
        client.post(
            reverse("priority_override", args=[dataset.pk]), {"band": "P4", "reason": "Later."}, follow=True
        )
    )
    assert "P4, set by hand" in page
    assert "The scale computes P1." in page


def test_who_may_not_score_sees_the_score_and_no_form(cast: Cast, client: Client) -> None:
    dataset = dataset_make(cast)
    url = reverse("dataset_priority", args=[dataset.pk])
    client.force_login(cast["auditor"])
    assert "Set it by hand" not in page_of(client.get(url))
    assert client.post(url, {"demand": "high"}).status_code == 403
    for stranger in (cast.foreign_cdo, cast.other_coordinator):
        client.force_login(stranger)
        assert client.get(url).status_code == 404
        assert client.post(reverse("priority_override", args=[dataset.pk])).status_code == 404


def test_the_ranking_tries_weights_and_sets_them(cast: Cast, client: Client) -> None:
    two_by_demand(cast)
    client.force_login(cast.cdo)
    list_url, weights_url = reverse("priority_list"), reverse("priority_weights")
    page = page_of(client.get(list_url, {"records_requests": 0, "interest": 5, "votes": 1}))
    assert "Tried out, not saved" in page
    assert "2 of 2 datasets would stand in another place" in page
    assert client.post(weights_url, {"records_requests": 1}).status_code == 422
    answers = {"records_requests": 0, "interest": 5, "votes": 1, "reason": "Programs first."}
    page = page_of(client.post(weights_url, answers, follow=True))
    assert "2 scores were computed again" in page
    assert page.index("Used inside") < page.index("Asked for")
    client.force_login(cast.coordinator)
    assert client.get(weights_url).status_code == 403
    assert client.post(reverse("priority_again")).status_code == 403


def test_the_ranking_shows_only_what_the_person_may_see(cast: Cast, client: Client) -> None:
    dataset_make(cast, title="Of public works")
    dataset_make(cast, title="Of health", department=cast.health, steward=None, coordinator=None)
    client.force_login(cast.other_coordinator)
    page = page_of(client.get(reverse("priority_list")))
    assert "Of health" in page
    assert "Of public works" not in page
    client.force_login(cast.foreign_cdo)
    assert "Nothing to rank yet" in page_of(client.get(reverse("priority_list")))


def test_the_list_is_filtered_and_sorted_by_priority(cast: Cast, client: Client) -> None:
    low, high = dataset_make(cast, title="A low one"), dataset_make(cast, title="High one", high_value=["A"])
    dataset_make(cast, title="Unscored")
    score(low, cast, demand="low")
    score(high, cast, demand="high")
    client.force_login(cast.cdo)

    def titles(**asked: str) -> list[str]:
        return [row.title for row in client.get("/datasets/", asked).context["page"]]

    assert titles(priority="P1") == ["High one"]
    assert titles(priority="unscored") == ["Unscored"]
    assert titles(high_value="on") == ["High one"]
    assert titles(sort="priority") == ["High one", "A low one", "Unscored"]
    assert titles(sort="-priority") == ["A low one", "High one", "Unscored"]


def test_a_record_that_loses_its_class_counts_as_protected_again(cast: Cast) -> None:
    dataset = dataset_make(cast, classification="public")
    assert score(dataset, cast, demand="low").label == "P2"
    Dataset.objects.filter(pk=dataset.pk).update(classification="")
    again = score(dataset, cast, demand="low")
    assert (again.label, "classification" in again.inputs) == ("P4", False)
