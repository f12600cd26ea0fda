"""Everything is presumed open unless a ground is recorded: by whom, under which law, until when."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import ProgramProfile
from accounts.profiles import digest_of
from accounts.selectors import profile_current
from audit.models import AuditEvent
from notifications.models import OutgoingMessage
from tests.cast import Cast
from tests.factories.workflow import dataset_make, release_at
from workflow.context import context_of
from workflow.gates.withholding import not_withheld
from workflow.models import Dataset, Withholding
from workflow.services.sweeps import inventory_sweep
from workflow.services.withholding import withholding_lift, withholding_record
from workflow.stages import Stage

pytestmark = pytest.mark.django_db
ANSWERS: dict[str, Any] = {"kind": "forbidden", "ground": "personal", "citation": "NCGS 132-1.10"}


def presume_open(cast: Cast) -> None:
    current = profile_current(cast.program)
    content = {**current.content, "inventory": {"presumption_of_openness": True}}
    ProgramProfile.objects.create(
        program=cast.program, version=current.version + 1, content=content, digest=digest_of(content)
    )


def withhold(dataset: Dataset, cast: Cast, **other: Any) -> Withholding:
    return withholding_record(dataset=dataset, actor=cast.coordinator, **ANSWERS | other)


def test_a_ground_is_recorded_with_its_law_and_the_dataset_rests(cast: Cast) -> None:
    dataset = dataset_make(cast)
    row = withhold(dataset, cast, details="Names of minors.")
    dataset.refresh_from_db()
    assert dataset.not_for_release_reason == "Privacy of persons: NCGS 132-1.10."
    assert row.decided_by == cast.coordinator
    event = AuditEvent.objects.get(action="workflow.withheld")
    assert event.data == {"kind": "forbidden", "ground": "personal", "until": ""}
    assert "Names of minors." in event.note.text


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"citation": "  "}, "Name the law"),
        ({"kind": "elected"}, "say who elected to withhold"),
        ({"kind": "wish"}, "forbids disclosure, or permits"),
        ({"ground": "mood"}, "Choose the ground"),
        ({"ground": "other"}, "what the other ground is"),
        ({"until": date(2020, 1, 1)}, "lies in the future"),
        ({"citation": "x" * 301}, "Shorten the citation"),
    ],
)
def test_a_ground_that_is_no_ground_is_refused(wrong: dict[str, Any], sentence: str, cast: Cast) -> None:
    dataset = dataset_make(cast)
    with pytest.raises(ValidationError, match=sentence):
        withhold(dataset, cast, **wrong)
    assert not Withholding.objects.exists()


def test_the_database_holds_the_rules_too(cast: Cast) -> None:
    dataset = dataset_make(cast)
    row = withhold(dataset, cast, kind="elected", elected_by="The city manager")
    rows = Withholding.objects.filter(pk=row.pk)
    for change in ({"elected_by": ""}, {"citation": ""}, {"lifted_at": timezone.now()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        Withholding.objects.create(dataset=dataset, kind="forbidden", ground="tax", citation="x")


def test_a_new_ground_takes_the_place_of_the_one_that_stood(cast: Cast) -> None:
    dataset = dataset_make(cast)
    first = withhold(dataset, cast)
    second = withhold(dataset, cast, ground="tax", citation="NCGS 105-259")
    first.refresh_from_db()
    assert first.lift_reason == "Another ground took its place."
    assert list(Withholding.objects.filter(lifted_at=None)) == [second]


def test_a_ground_is_lifted_once_and_with_a_reason(cast: Cast) -> None:
    dataset = dataset_make(cast)
    row = withhold(dataset, cast)
    with pytest.raises(ValidationError, match="no longer holds"):
        withholding_lift(withholding=row, reason=" ", actor=cast.coordinator)
    withholding_lift(withholding=row, reason="The law changed.", actor=cast.cdo)
    dataset.refresh_from_db()
    assert dataset.not_for_release_reason == ""
    with pytest.raises(ValidationError, match="lifted already"):
        withholding_lift(withholding=row, reason="Again.", actor=cast.cdo)


def test_another_reason_for_resting_stays_when_a_ground_is_lifted(cast: Cast) -> None:
    dataset = dataset_make(cast)
    row = withhold(dataset, cast)
    Dataset.objects.filter(pk=dataset.pk).update(not_for_release_reason="Too small.")
    withholding_lift(withholding=row, reason="The law changed.", actor=cast.cdo)
    dataset.refresh_from_db()
    assert dataset.not_for_release_reason == "Too small."


def test_nothing_is_withheld_while_a_release_is_on_its_way(cast: Cast) -> None:
    release = release_at(Stage.QUALITY, cast)
    with pytest.raises(ValidationError, match="Withdraw it first"):
        withhold(release.dataset, cast)
    assert not Withholding.objects.exists()


def test_a_withheld_dataset_may_not_begin_and_after_its_review_date_it_may(cast: Cast) -> None:
    dataset = dataset_make(cast)
    release = dataset.current_release
    assert not_withheld(context_of(release.pk)).ok
    until = timezone.localdate() + timedelta(days=30)
    withhold(dataset, cast, until=until)
    (unmet,) = not_withheld(context_of(release.pk)).unmet
    assert "Privacy of persons (NCGS 132-1.10), recorded by Dana Reed" in unmet.text
    later = timezone.now() + timedelta(days=32)
    assert not_withheld(context_of(release.pk, now=later)).ok


def test_who_may_withhold(cast: Cast) -> None:
    dataset = dataset_make(cast)
    for person in (cast.steward, cast.other_coordinator, cast["auditor"], cast.outsider, cast.foreign_cdo):
        with pytest.raises(PermissionDenied):
            withholding_record(dataset=dataset, actor=person, **ANSWERS)
    for person in (cast.coordinator, cast.approver, cast["legal"], cast.cdo, cast["open_data_team"]):
        row = withholding_record(dataset=dataset, actor=person, **ANSWERS)
        with pytest.raises(PermissionDenied):
            withholding_lift(withholding=row, reason="I think so.", actor=cast.steward)


# --- pages ---


def page_of(response: Any) -> str:
    return str(response.content.decode())


def test_a_program_that_presumes_openness_asks_for_a_ground_not_for_a_reason(
    cast: Cast, client: Client
) -> None:
    dataset = dataset_make(cast)
    client.force_login(cast.coordinator)
    assert client.get(reverse("dataset_not_for_release", args=[dataset.pk])).status_code == 200
    presume_open(cast)
    overview = reverse("release", args=[dataset.current_release.pk])
    assert "To be published" in page_of(client.get(overview))
    url = reverse("dataset_withhold", args=[dataset.pk])
    assert client.get(reverse("dataset_not_for_release", args=[dataset.pk])).headers["Location"] == url
    assert "presumes openness" in page_of(client.get(url))
    refused = client.post(url, ANSWERS | {"kind": "elected"})
    assert refused.status_code == 422
    assert "say who elected to withhold" in page_of(refused)
    page = page_of(client.post(url, ANSWERS | {"kind": "elected", "elected_by": "City manager"}, follow=True))
    assert "Elected by" in page
    assert "Withheld: Privacy of persons (NCGS 132-1.10)" in page_of(client.get(overview))
    lift = reverse("withholding_lift", args=[dataset.pk])
    assert client.post(lift, {"reason": ""}).status_code == 422
    assert "is no longer withheld" in page_of(client.post(lift, {"reason": "It changed."}, follow=True))
    assert client.post(lift, {"reason": "Again."}).status_code == 404
    assert "To be published" in page_of(client.get(overview))


def test_the_list_finds_what_is_withheld_and_what_is_to_be_reviewed(cast: Cast, client: Client) -> None:
    dataset_make(cast, title="Open one")
    withhold(dataset_make(cast, title="Held one"), cast)
    passed = withhold(
        dataset_make(cast, title="Passed one"), cast, until=timezone.localdate() + timedelta(days=1)
    )
    Withholding.objects.filter(pk=passed.pk).update(until=timezone.localdate() - timedelta(days=1))
    client.force_login(cast.cdo)

    def titles(openness: str) -> list[str]:
        return [row.title for row in client.get("/datasets/", {"openness": openness}).context["page"]]

    assert titles("withheld") == ["Held one"]
    assert titles("review") == ["Passed one"]
    assert titles("open") == ["Open one"]
    page = page_of(client.get("/datasets/"))
    assert "Ground to be reviewed" in page
    assert "To be reviewed" in page_of(client.get(reverse("dataset_withhold", args=[passed.dataset_id])))


def test_who_may_not_withhold_reads_the_ground_and_strangers_do_not(cast: Cast, client: Client) -> None:
    dataset = dataset_make(cast)
    withhold(dataset, cast)
    url = reverse("dataset_withhold", args=[dataset.pk])
    client.force_login(cast.steward)
    page = page_of(client.get(url))
    assert "NCGS 132-1.10" in page
    assert "Lift it" not in page
    assert client.post(url, ANSWERS).status_code == 403
    assert client.post(reverse("withholding_lift", args=[dataset.pk]), {"reason": "x"}).status_code == 403
    for stranger in (cast.other_coordinator, cast.foreign_cdo):
        client.force_login(stranger)
        assert client.get(url).status_code == 404
        assert client.post(url, ANSWERS).status_code == 404


def test_after_its_review_date_a_ground_lets_the_dataset_go_and_asks_for_a_review(cast: Cast) -> None:
    dataset = dataset_make(cast)
    withhold(dataset, cast, until=timezone.localdate() + timedelta(days=5))
    assert inventory_sweep() == (0, 0)
    later = timezone.now() + timedelta(days=7)
    assert inventory_sweep(now=later) == (1, 0)
    assert inventory_sweep(now=later) == (0, 0), "told once"
    dataset.refresh_from_db()
    assert dataset.not_for_release_reason == ""
    letter = OutgoingMessage.objects.get(message_id="withholding_expired")
    assert (letter.recipient, letter.asked) == (cast.coordinator, True)
    assert AuditEvent.objects.filter(action="workflow.withholding_expired").count() == 1
