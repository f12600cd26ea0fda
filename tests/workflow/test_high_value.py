"""Connecticut's yearly high-value inventory: drafted from the records, signed by the head, and on its way."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import ProgramProfile
from accounts.profiles import digest_of
from audit.models import AuditEvent
from dossier.models import Contribution, FileRead, StoredFile
from dossier.services import dossier_open
from dossier.storage import open_key
from notifications.models import OutgoingMessage
from tests.cast import Cast
from tests.factories.workflow import dataset_make
from workflow.models import Dataset, HighValueInventory, Withholding
from workflow.services import high_value as services
from workflow.services.datasets import dataset_change, dataset_not_for_release

pytestmark = pytest.mark.django_db


@pytest.fixture
def records(cast: Cast) -> dict[str, Dataset]:
    """Five records of Public Works: public, planned, withheld twice, and one that meets no criterion."""
    public = dataset_make(
        cast,
        title="Bridges",
        high_value=["A", "H"],
        geographic_granularity="point",
        existing_url="https://data.example.gov/d/brid-ge01",
    )
    planned = dataset_make(cast, title="Contracts", high_value=["B"], geographic_granularity="none")
    law = dataset_make(cast, title="Injuries", high_value=["F"])
    Withholding.objects.create(
        dataset=law, kind="forbidden", ground="personal", citation="CGS 1-210(b)(2)", decided_by=cast.cdo
    )
    rests = dataset_make(cast, title="Drafts", high_value=["D"])
    dataset_not_for_release(dataset=rests, reason="Preliminary drafts.", actor=cast.coordinator)
    plain = dataset_make(cast, title="Furniture")
    return {"public": public, "planned": planned, "law": law, "rests": rests, "plain": plain}


def draft(cast: Cast, year: int = 2026, **given: Any) -> HighValueInventory:
    return services.inventory_draft(department=cast.public_works, year=year, actor=cast.coordinator, **given)


def signed(cast: Cast, year: int = 2026) -> HighValueInventory:
    row = draft(cast, year)
    services.inventory_hand_in(inventory=row, actor=cast.coordinator)
    return services.inventory_sign(inventory=row, actor=cast.approver)


def lines_of(stored: StoredFile) -> list[dict[str, str]]:
    with open_key(stored.storage_key) as file:
        return list(csv.DictReader(io.StringIO(file.read().decode())))


def test_a_draft_takes_the_records_that_meet_a_criterion_as_they_are(
    cast: Cast, records: dict[str, Dataset]
) -> None:
    rows = {row["title"]: row for row in draft(cast).rows}
    assert set(rows) == {"Bridges", "Contracts", "Injuries", "Drafts"}
    assert rows["Bridges"]["criteria"] == ["A", "H"]
    assert (rows["Bridges"]["geographic"], rows["Contracts"]["geographic"]) == (True, False)
    states = {title: (row["status"], row["ground"]) for title, row in rows.items()}
    assert states == {
        "Bridges": ("published", ""),
        "Contracts": ("planned", ""),
        "Injuries": ("withheld", "Privacy of persons, CGS 1-210(b)(2)"),
        "Drafts": ("withheld", "Preliminary drafts."),
    }
    assert rows["Bridges"]["classification"] == "Public"


def test_a_row_without_a_criterion_is_named_and_keeps_the_draft_from_the_signature(
    cast: Cast, records: dict[str, Dataset]
) -> None:
    row = draft(cast, chosen=[records["plain"].pk])
    with pytest.raises(ValidationError, match="PUB0005 Furniture meets no criterion"):
        services.inventory_hand_in(inventory=row, actor=cast.coordinator)
    row = draft(cast, chosen=[])
    with pytest.raises(ValidationError, match="empty"):
        services.inventory_hand_in(inventory=row, actor=cast.coordinator)


def test_the_head_signs_what_was_handed_in_and_never_the_drafter(
    cast: Cast, records: dict[str, Dataset]
) -> None:
    row = draft(cast)
    with pytest.raises(ValidationError, match="not handed in"):
        services.inventory_sign(inventory=row, actor=cast.approver)
    services.inventory_hand_in(inventory=row, actor=cast.coordinator)
    letter = OutgoingMessage.objects.get(message_id="high_value_ready")
    assert (letter.recipient, letter.asked) == (cast.approver, True)
    for person in (cast.coordinator, cast.steward, cast.cdo, cast.other_coordinator, cast.foreign_cdo):
        with pytest.raises(PermissionDenied):
            services.inventory_sign(inventory=row, actor=person)
    draft(cast)
    with pytest.raises(ValidationError, match="not handed in"):
        services.inventory_sign(inventory=row, actor=cast.approver)


def test_nobody_holds_both_pens(cast: Cast, records: dict[str, Dataset]) -> None:
    row = draft(cast)
    HighValueInventory.objects.filter(pk=row.pk).update(drafted_by=cast.approver)
    row.refresh_from_db()
    services.inventory_hand_in(inventory=row, actor=cast.coordinator)
    with pytest.raises(PermissionDenied, match="You drafted"):
        services.inventory_sign(inventory=row, actor=cast.approver)
    done = signed(cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        HighValueInventory.objects.filter(pk=done.pk).update(signed_by=done.drafted_by)
    with pytest.raises(IntegrityError), transaction.atomic():
        HighValueInventory.objects.filter(pk=done.pk).update(digest="")


def test_signing_puts_the_table_into_a_release_like_any_other(
    cast: Cast, records: dict[str, Dataset]
) -> None:
    row = signed(cast)
    assert row.dataset is not None and row.release is not None
    assert row.dataset.title == "High-value data inventory of Public Works"
    assert row.dataset.accrual_periodicity == "annually"
    assert (row.dataset.coordinator, row.dataset.classification) == (cast.coordinator, "public")
    assert row.release.stage == "INVENTORY"
    assert not row.is_published
    stored = StoredFile.objects.get(release=row.release)
    assert stored.name == "high-value-inventory-PUB-2026.csv"
    assert FileRead.objects.filter(release=row.release, raw=stored).exists()
    lines = lines_of(stored)
    assert [line["Dataset"] for line in lines] == ["Bridges", "Contracts", "Injuries", "Drafts"]
    assert lines[0]["High-value criteria"] == "A H"
    assert {line["Year"] for line in lines} == {"2026"}
    hands = Contribution.objects.filter(release=row.release, what="file")
    assert [hand.user for hand in hands] == [cast.coordinator]
    assert AuditEvent.objects.get(action="high_value.signed").data["digest"] == row.digest


def test_years_are_consolidated_in_one_dataset(cast: Cast, records: dict[str, Dataset]) -> None:
    first = signed(cast, 2025)
    dataset_change(dataset=records["planned"], actor=cast.coordinator, fields={"title": "Contracts awarded"})
    second = signed(cast, 2026)
    assert second.dataset == first.dataset
    assert Dataset.objects.filter(title__startswith="High-value data inventory").count() == 1
    assert second.release == first.release
    newest = StoredFile.objects.filter(release=second.release).order_by("-pk").first()
    assert newest is not None
    found = {(line["Year"], line["Dataset"]) for line in lines_of(newest)}
    assert {("2025", "Contracts"), ("2026", "Contracts awarded")} <= found
    assert "High-value data inventory of Public Works" not in {title for _, title in found}


def test_a_year_is_not_signed_while_the_one_before_is_decided(
    cast: Cast, records: dict[str, Dataset]
) -> None:
    first = signed(cast, 2025)
    dossier_open(release_id=first.release_id, parts=["plan"])  # type: ignore[arg-type]
    row = draft(cast)
    services.inventory_hand_in(inventory=row, actor=cast.coordinator)
    with pytest.raises(ValidationError, match="once it is finished"):
        services.inventory_sign(inventory=row, actor=cast.approver)
    row.refresh_from_db()
    assert (row.state, row.digest) == ("draft", "")


def test_what_is_signed_is_not_drafted_again(cast: Cast, records: dict[str, Dataset]) -> None:
    row = signed(cast)
    with pytest.raises(ValidationError, match="is signed"):
        draft(cast)
    with pytest.raises(ValidationError, match="signed already"):
        services.inventory_sign(inventory=row, actor=cast.approver)
    with pytest.raises(ValidationError, match="year"):
        draft(cast, 1999)


def test_a_formula_stays_text_in_a_spreadsheet(cast: Cast) -> None:
    dataset_make(cast, title="=HYPERLINK(1)", high_value=["A"])
    text = services.csv_of([draft(cast)])
    assert "'=HYPERLINK(1)" in text


@pytest.fixture
def yearly(cast: Cast) -> None:
    """The program asks for a yearly inventory."""
    row = cast.program.profiles.order_by("-version")[0]
    content = row.content | {"inventory": {**row.content.get("inventory", {}), "yearly_high_value": True}}
    ProgramProfile.objects.create(
        program=cast.program, version=row.version + 1, content=content, digest=digest_of(content)
    )


def test_an_inventory_is_drafted_handed_in_and_signed_in_the_browser(
    cast: Cast, client: Client, records: dict[str, Dataset], yearly: None
) -> None:
    def text(response: Any) -> str:
        return str(response.content.decode())

    client.force_login(cast.coordinator)
    answers = {"department": cast.public_works.pk, "year": 2026}
    assert client.post(reverse("high_value_draft"), {"year": "x"}).status_code == 422
    assert "The draft holds 4 datasets" in text(
        client.post(reverse("high_value_draft"), answers, follow=True)
    )
    row = HighValueInventory.objects.get()
    page = reverse("high_value_inventory", args=[row.pk])
    choose = reverse("high_value_choose", args=[row.pk])
    wrong = text(client.post(choose, {"datasets": [records["plain"].pk]}, follow=True))
    assert "It cannot be signed yet" in wrong
    assert "Hand it in" not in wrong
    both = {"datasets": [records["public"].pk, records["planned"].pk]}
    assert "Hand it in" in text(client.post(choose, both, follow=True))
    assert "It is handed in" in text(client.post(reverse("high_value_hand_in", args=[row.pk]), follow=True))
    assert "Sign the inventory" not in text(client.get(page))

    client.force_login(cast.approver)
    assert "Waits for your signature" in text(client.get(reverse("high_value_inventories")))
    assert "Sign the inventory" in text(client.get(page))
    assert "You signed it" in text(client.post(reverse("high_value_sign", args=[row.pk]), follow=True))
    table = client.get(reverse("high_value_csv", args=[row.pk]))
    assert table["Content-Type"].startswith("text/csv")
    assert text(table).splitlines()[0].startswith("Year,Inventory ID,Dataset")


def test_who_drafts_and_who_sees(
    cast: Cast, client: Client, records: dict[str, Dataset], yearly: None
) -> None:
    row = draft(cast)
    page = reverse("high_value_inventory", args=[row.pk])
    expected = [
        (cast.steward, 200, 200),
        (cast.approver, 200, 403),
        (cast.cdo, 200, 403),
        (cast.other_coordinator, 404, 200),
        (cast.foreign_cdo, 404, 403),
    ]
    for person, sees, drafts in expected:
        client.force_login(person)
        assert client.get(page).status_code == sees, person
        assert client.get(reverse("high_value_draft")).status_code == drafts, person
        assert client.post(reverse("high_value_sign", args=[row.pk])).status_code in (302, 403, 404)
    row.refresh_from_db()
    assert row.state == "draft"


def test_a_program_that_asks_for_none_offers_none(cast: Cast, client: Client) -> None:
    client.force_login(cast.coordinator)
    assert client.get(reverse("high_value_draft")).status_code == 403
