"""A large import is taken over by a worker: the same rows, once, all or nothing, and a page that says how far it is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEvent
from dossier.models import Dossier, Fact
from notifications.models import OutgoingMessage
from tests.cast import Cast
from tests.factories.workflow import dataset_make
from tests.workflow.test_inventory_import import plan_of, upload
from workflow.models import Dataset, Distribution, InventoryImport, InventoryTakeover, Release, StageVisit
from workflow.services import inventory_takeover, registering
from workflow.services.datasets import dataset_register
from workflow.services.facts import facts_rebuild
from workflow.services.inventory_import import (
    imports_forget,
    inventory_apply,
    inventory_discard,
)
from workflow.services.inventory_takeover import inventory_confirm, takeover_stop
from workflow.services.settle import releases_settle
from workflow.tasks import inventory_takeover as worker

pytestmark = pytest.mark.django_db
HEAD = ["Dataset name", "Description", "Data steward e-mail", "Start date", "High-value criteria"]


@pytest.fixture(autouse=True)
def _three_rows_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inventory_takeover, "AT_ONCE_MAX", 2)


def rows_of(cast: Cast, many: int = 3) -> list[list[str]]:
    return [[f"Set {n}", f"About {n}.", cast.steward.email, "2026-01-31", "A; C"] for n in range(many)]


def confirm(cast: Cast, row: InventoryImport) -> Any:
    return inventory_confirm(
        row=row, digest=plan_of(cast, row).digest, leave_out_errors=False, actor=row.uploaded_by
    )


def queued(cast: Cast, **more: Any) -> InventoryTakeover:
    row = upload(cast, rows_of(cast), head=HEAD, **more)
    assert confirm(cast, row) is None
    return row.takeovers.get()


def told(model: Any, *without: str) -> list[dict[str, Any]]:
    """All rows as they stand, without what names them in the database or says when they were written."""
    left_out = {"id", "recorded_at", "created_at", *without}
    return [
        {name: value for name, value in one.items() if name not in left_out}
        for one in model.objects.order_by("pk").values()
    ]


def test_rows_entered_at_once_are_those_that_are_entered_one_by_one(cast: Cast) -> None:
    now = timezone.now()
    dataset_make(cast, title="Old one")
    models = (Dataset, Distribution, Release, StageVisit, Dossier, Fact, AuditEvent)
    places = ("dataset_id", "release_id", "subject_id", "about", "digest")

    def since(before: list[int]) -> list[Any]:
        found = [told(model, *places) for model in models]
        return [rows[start:] for rows, start in zip(found, before, strict=True)]

    row = upload(cast, rows_of(cast), head=HEAD)
    plan = plan_of(cast, row)
    before = [model.objects.count() for model in models]
    for planned in plan.rows:
        dataset_register(department=cast.public_works, actor=cast.coordinator, fields=planned.fields, now=now)
    one_by_one = since(before)
    for model in reversed(models[:-1]):
        mine = model.objects.order_by("-pk")[:3]
        model.objects.filter(pk__in=[one.pk for one in mine])._raw_delete("default")
    before[-1] = AuditEvent.objects.count()
    inventory_apply(row=row, digest=plan.digest, leave_out_errors=False, actor=cast.coordinator, now=now)
    at_once = since(before)
    at_once[-1] = [event for event in at_once[-1] if event["action"] != "workflow.inventory_imported"]
    assert at_once == one_by_one
    assert [row["inventory_id"] for row in at_once[0]] == ["PUB0002", "PUB0003", "PUB0004"]
    # The facts speak of the records as they stand.
    known = list(Fact.objects.order_by("pk").values())
    for release in Release.objects.all():
        facts_rebuild(release_id=release.pk)
    assert list(Fact.objects.order_by("pk").values()) == known


def test_one_nudge_settles_every_release_that_an_import_opened(
    cast: Cast, django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = upload(cast, rows_of(cast), head=HEAD)
    sent: list[Any] = []
    monkeypatch.setattr(registering, "task_nudge", lambda *task: sent.append(task))
    with django_capture_on_commit_callbacks(execute=True):
        inventory_apply(
            row=row, digest=plan_of(cast, row).digest, leave_out_errors=False, actor=cast.coordinator
        )
    assert sent == [("workflow.tasks.settle_all",)]
    assert releases_settle() == 3


def test_the_cost_of_another_row_is_one_statement(cast: Cast, django_assert_max_num_queries: Any) -> None:
    row = upload(cast, rows_of(cast, 40), head=HEAD)
    digest = plan_of(cast, row).digest
    with django_assert_max_num_queries(40 + 45):
        inventory_apply(row=row, digest=digest, leave_out_errors=False, actor=cast.coordinator)


def test_new_and_changed_rows_stand_in_the_history_in_the_order_of_the_file(cast: Cast) -> None:
    dataset_make(cast, title="Old one")
    row = upload(cast, [["First", "x"], ["Old one", "Other words."], ["Last", "y"]])
    inventory_apply(row=row, digest=plan_of(cast, row).digest, leave_out_errors=False, actor=cast.coordinator)
    actions = ["workflow.dataset_registered", "workflow.record_changed"]
    labels = AuditEvent.objects.filter(action__in=actions).order_by("id")
    assert [event.subject_label for event in labels][-3:] == ["First", "Old one", "Last"]


def test_a_number_that_the_next_one_would_take_is_refused_with_its_row(cast: Cast) -> None:
    row = upload(cast, [["", "Next"], ["PUB0001", "Taken"]], head=["Inventory ID", "Dataset name"])
    digest = plan_of(cast, row).digest
    with pytest.raises(ValidationError, match=r"Row 3 \(“Taken”\).*already exists.*Nothing was taken over"):
        inventory_apply(row=row, digest=digest, leave_out_errors=False, actor=cast.coordinator)
    assert not Dataset.objects.exists()


def test_a_worker_takes_a_large_import_over_once(cast: Cast) -> None:
    item = queued(cast)
    assert not Dataset.objects.exists()
    worker(item.pk)
    item.refresh_from_db()
    assert (item.status, item.error) == ("done", "")
    row = InventoryImport.objects.get()
    assert (row.status, row.counts, row.rows) == ("applied", {"new": 3}, [])
    assert OutgoingMessage.objects.get(recipient=cast.steward).context["dataset"].startswith("3 datasets")
    events = AuditEvent.objects.count()
    # The worker died after its end, before it could say so: the sweep nudges the row again.
    InventoryTakeover.objects.update(status="running", lease_until=timezone.now() - timedelta(minutes=1))
    worker(item.pk)
    item.refresh_from_db()
    assert item.status == "done"
    assert (Dataset.objects.count(), AuditEvent.objects.count()) == (3, events)


def test_a_worker_that_dies_has_written_nothing_and_the_next_one_begins_anew(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = queued(cast)

    def die(found: Any) -> None:
        raise SystemExit

    with monkeypatch.context() as patch, pytest.raises(SystemExit):
        patch.setattr(inventory_takeover, "_check_wanted", die)
        worker(item.pk)
    item.refresh_from_db()
    assert item.status == "running"
    assert not Dataset.objects.exists()
    InventoryTakeover.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    worker(item.pk)
    assert Dataset.objects.count() == 3


def test_a_small_import_is_taken_over_while_the_person_waits(cast: Cast) -> None:
    row = upload(cast, rows_of(cast, 2), head=HEAD)
    assert confirm(cast, row) == {"new": 2}
    assert not InventoryTakeover.objects.exists()


def test_what_a_person_must_look_at_is_said_before_it_is_queued_or_stops_the_worker(cast: Cast) -> None:
    row = upload(cast, [*rows_of(cast), ["Bad", "", "hugo.brandt@example.gov", "", ""]], head=HEAD)
    with pytest.raises(ValidationError, match="1 row has errors, so nothing was taken over"):
        confirm(cast, row)
    assert not InventoryTakeover.objects.exists()
    item = queued(cast)
    dataset_make(cast, title="Set 1")
    worker(item.pk)
    item.refresh_from_db()
    assert item.status == "dead"
    assert "The inventory has changed since this preview was drawn" in item.error
    assert Dataset.objects.count() == 1


def test_confirming_twice_queues_one_worker(cast: Cast) -> None:
    item = queued(cast)
    assert confirm(cast, item.inventory_import) is None
    assert InventoryTakeover.objects.get() == item


def test_an_import_at_work_is_neither_replaced_nor_discarded_nor_forgotten(cast: Cast) -> None:
    item = queued(cast)
    newer = upload(cast, [["Newer", ""]])
    with pytest.raises(ValidationError, match="Stop it first"):
        inventory_discard(row=item.inventory_import, actor=cast.coordinator)
    assert imports_forget(now=timezone.now() + timedelta(days=8)) == 1
    newer.refresh_from_db()
    assert newer.status == "discarded"
    worker(item.pk)
    assert Dataset.objects.count() == 3


def test_stopping_undoes_what_a_running_worker_has_written(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = queued(cast)
    check = inventory_takeover._check_wanted

    def stopped_meanwhile(found: InventoryTakeover) -> None:
        assert Dataset.objects.count() == 3
        InventoryTakeover.objects.update(status="cancelled", finished_at=timezone.now())
        check(found)

    monkeypatch.setattr(inventory_takeover, "_check_wanted", stopped_meanwhile)
    worker(item.pk)
    assert not Dataset.objects.exists()
    assert InventoryImport.objects.get().status == "preview"


def test_an_import_that_is_taken_over_cannot_be_stopped_any_more(cast: Cast) -> None:
    item = queued(cast)
    worker(item.pk)
    assert not takeover_stop(row=item.inventory_import, actor=cast.coordinator)


def test_the_page_says_how_far_the_import_is_stops_it_and_shows_what_came_of_it(
    cast: Cast, client: Client
) -> None:
    client.force_login(cast.coordinator)
    row = upload(cast, rows_of(cast), head=HEAD)
    there = {
        name: reverse(f"inventory_import_{name}", args=[row.pk])
        for name in ("preview", "apply", "progress", "stop", "discard")
    }

    def page(name: str, **answers: str) -> str:
        sent = client.post if name in ("apply", "stop", "discard") else client.get
        return str(sent(there[name], answers, follow=True).content.decode())

    digest = plan_of(cast, row).digest
    assert "The import is under way" in page("apply", digest=digest)
    assert "Waiting for a free worker" in page("progress")
    assert "An import is under way" in str(client.get(reverse("inventory")).content.decode())
    assert "Stop it first" in page("discard")
    client.force_login(cast.steward)
    assert {client.get(there["progress"]).status_code, client.post(there["stop"]).status_code} == {404}
    client.force_login(cast.coordinator)
    stopped = page("stop")
    assert "The import is stopped. The inventory is as it was." in stopped
    assert "Import 3 new and 0 changed" in stopped
    page("apply", digest=digest)
    worker(row.takeovers.get(status="queued").pk)
    assert client.get(there["progress"])["HX-Refresh"] == "true"
    assert "3 new, 0 changed, 0 unchanged" in page("preview")
