"""The public catalogue: what is truly public stands in it, what is not never does, and gaps are told."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import ProgramProfile
from accounts.profiles import faults_of
from accounts.selectors import profile_current
from publishing.models import Publication
from publishing.services import publication_make_private
from tests.cast import Cast
from tests.factories.endings import retirement_ready
from tests.factories.publications import copies_many, copy_edit, earlier_version, published, stage_put
from tests.factories.workflow import dataset_make, release_at, review_all
from tests.publishing.dcat_rules import faults_11, faults_30
from workflow.models import Dataset, Release
from workflow.selectors import catalogue_file
from workflow.selectors.catalogue import records_of
from workflow.selectors.catalogue_file import standing_of
from workflow.selectors.catalogue_gaps import gaps_for, left_out_waiting_on
from workflow.services.endings import retirement_complete
from workflow.services.transitions import release_transition
from workflow.services.withholding import withholding_record
from workflow.stages import Stage
from workflow.views import catalogue as views

pytestmark = pytest.mark.django_db


def adopt(cast: Cast, **parts: Any) -> None:
    """The program's next profile version with these parts changed."""
    row = profile_current(cast.program)
    content = {**row.content, **parts}
    assert faults_of(content) == []
    ProgramProfile.objects.create(
        program=cast.program, version=row.version + 1, content=content, digest=f"v{row.version + 1}"
    )


def catalogue(client: Client, version: str = "1.1") -> dict[str, Any]:
    response = client.get(reverse("catalogue_file"), {"version": version})
    assert response.status_code == 200
    return json.loads(response.content)


def titles(client: Client, version: str = "1.1") -> list[str]:
    return [row["title"] for row in catalogue(client, version)["dataset"]]


def test_what_is_public_stands_in_the_catalogue_in_both_versions(cast: Cast, client: Client) -> None:
    release = published(cast, coverage_start=datetime(2019, 1, 1, tzinfo=UTC).date())
    older, newer = catalogue(client), catalogue(client, "3.0")
    assert faults_11(older) == faults_30(newer) == []
    row = older["dataset"][0]
    assert row["title"] == "Building permits 2019-2026"
    assert row["identifier"] == f"{cast.program.code}/{release.dataset.inventory_id}"
    assert row["publisher"]["name"] == cast.public_works.name
    assert row["accessLevel"] == "public"
    assert row["accrualPeriodicity"] == "R/P1M"
    assert row["temporal"].startswith("2019-01-01/")
    assert newer["dataset"][0]["identifier"] == row["identifier"]


NOT_PUBLIC: dict[str, Callable[[Cast, Release], Any]] = {
    "taken back": lambda cast, release: publication_make_private(release_id=release.pk),
    "retracted": lambda cast, release: release_transition(
        release_id=release.pk, name="retract", actor=cast.cdo, reason="It names a person."
    ),
    "retired": lambda cast, release: retirement_complete(
        retirement=retirement_ready(release, cast), actor=cast.cdo
    ),
    "private copy only": lambda cast, release: Publication.objects.update(reached="private"),
    "to be hidden": lambda cast, release: Publication.objects.update(goal="hidden"),
    "no place on the portal": lambda cast, release: _nobody_public(),
}


def _nobody_public() -> None:
    copy = Publication.objects.get()
    copy.asset.public_publication = None
    copy.asset.save(update_fields=["public_publication"])


@pytest.mark.parametrize("why", NOT_PUBLIC)
def test_what_is_not_public_any_more_is_gone_at_once_from_everywhere(
    cast: Cast, client: Client, why: str
) -> None:
    release = published(cast)
    assert titles(client) == ["Building permits 2019-2026"]
    NOT_PUBLIC[why](cast, release)
    for address in addresses(cast, release):
        said = client.get(address).content.decode()
        # The feed of changes tells that it was retired; of its data it says nothing.
        assert "Building permits" not in said.replace("Retired: Building permits", ""), address


def addresses(cast: Cast, release: Release) -> list[str]:
    """Everything of the catalogue that strangers can open."""
    code = cast.program.code
    return [
        reverse("catalogue_file"),
        reverse("catalogue_file") + "?version=3.0",
        reverse("catalogue_program_file", args=[code]),
        reverse("catalogue_program", args=[code]),
        reverse("catalogue_feed_new", args=[code]),
        reverse("catalogue_feed_changed", args=[code]),
        reverse("catalogue_dictionary", args=[code, release.dataset.inventory_id]),
    ]


@pytest.mark.parametrize("stage", [Stage.INVENTORY, Stage.PRIVACY, Stage.CDO_REVIEW, Stage.STAGED])
def test_what_is_on_its_way_or_waits_for_its_date_is_not_told(
    cast: Cast, client: Client, stage: Stage
) -> None:
    release = published(cast)
    stage_put(release, stage, timezone.now())
    for address in addresses(cast, release):
        assert "Building permits" not in client.get(address).content.decode(), address


def test_words_written_for_the_next_release_are_not_told_before_they_are_approved(
    cast: Cast, client: Client
) -> None:
    release = published(cast, described={"limitations": "Fees are estimates."})
    Dataset.objects.filter(pk=release.dataset_id).update(
        title="Embargoed figures",
        description="Secret plans.",
        keywords=["secret"],
        geographic_coverage="Secret place",
        metadata={"limitations": "Secret limits."},
    )
    text = client.get(reverse("catalogue_file"), {"version": "3.0"}).content.decode()
    assert "Fees are estimates." in text
    assert "ecret" not in text
    assert "Embargoed" not in text


def test_the_approval_keeps_what_the_catalogue_will_say(cast: Cast) -> None:
    release = release_at(Stage.CDO_REVIEW, cast, geographic_coverage="City")
    Dataset.objects.filter(pk=release.dataset_id).update(
        metadata={"purpose": "The fire code.", "citation": ""}
    )
    review_all(release, "approve", cast)
    release_transition(release_id=release.pk, name="approve", actor=cast.cdo)
    Dataset.objects.filter(pk=release.dataset_id).update(metadata={"purpose": "Another."})
    assert release.permits.get().described == {
        "purpose": "The fire code.",
        "spatial": "City",
        "update_frequency": "monthly",
    }


def test_while_the_next_release_goes_public_the_present_one_stays_and_after_a_failure_it_does_not(
    cast: Cast, client: Client
) -> None:
    release = published(cast)
    present = Publication.objects.get(release=release)
    following = Publication.objects.create(
        release=release,
        asset=present.asset,
        treated_sha256="8" * 64,
        record=present.record | {"name": "Not yet"},
        record_digest="9" * 64,
        goal="public",
        reached="private",
        permit=present.permit,
    )
    present.asset.public_publication = following
    present.asset.save(update_fields=["public_publication"])
    assert titles(client) == ["Building permits 2019-2026"]
    Publication.objects.filter(pk=following.pk).update(status="dead")
    assert titles(client) == []


def test_the_first_day_and_the_replaced_version_are_told(cast: Cast, client: Client) -> None:
    release = published(cast, at=datetime(2026, 5, 1, tzinfo=UTC))
    earlier_version(release, datetime(2025, 5, 1, tzinfo=UTC))
    row = catalogue(client, "3.0")["dataset"][0]
    assert row["issued"] == "2025-05-01T00:00:00Z"
    assert row["modified"] == "2026-05-01T00:00:00Z"
    assert row["previousVersion"]["version"] == "1"
    assert row["previousVersion"]["title"] == row["title"]


def test_the_quality_that_the_machine_measured_is_told_by_dimension(cast: Cast, client: Client) -> None:
    release = published(cast)
    fact = release.facts.get(kind="quality_checks")
    fact.data = fact.data | {"dimensions": {"completeness": 0.97, "sparkle": 1}}
    fact.save(update_fields=["data"])
    [measured] = catalogue(client, "3.0")["dataset"][0]["hasQualityMeasurement"]
    assert measured["value"] == "0.97"
    assert measured["isMeasurementOf"]["inDimension"].endswith("#completeness")


def test_a_dataset_on_two_portals_stands_there_once_with_the_forms_of_both(
    cast: Cast, client: Client
) -> None:
    release = published(cast)
    first = Publication.objects.get(release=release)
    second = Publication.objects.create(
        release=release,
        asset=type(first.asset).objects.create(
            dataset_id=release.dataset_id, portal="ckan", domain="ckan.example.gov", remote_id="permits"
        ),
        treated_sha256="8" * 64,
        record=first.record,
        record_digest=first.record_digest,
        goal="public",
        reached="public",
        permit=first.permit,
        receipt={"public": {"public_url": "https://ckan.example.gov/dataset/permits"}},
    )
    second.asset.public_publication = second
    second.asset.save(update_fields=["public_publication"])
    [row] = catalogue(client)["dataset"]
    titles_of_forms = [form["title"] for form in row["distribution"]]
    assert titles_of_forms[-1] == "Page on the portal, CKAN (ckan.example.gov)"
    assert len(titles_of_forms) == 3 and titles_of_forms[0].endswith(", Socrata (data.example.gov)")
    page = client.get(reverse("catalogue_program", args=[cast.program.code])).content.decode()
    assert page.count('class="long-title"') == 1
    assert 'href="https://ckan.example.gov/dataset/permits">Also on CKAN (ckan.example.gov)' in page


# contact and gaps


def test_a_dataset_without_a_contact_is_left_out_and_the_others_stand(cast: Cast, client: Client) -> None:
    published(cast)
    broken = published(cast, title="Trees")
    copy_edit(broken, contact_email="")
    assert titles(client) == ["Building permits 2019-2026"]
    assert faults_11(catalogue(client)) == []


def test_its_coordinator_finds_the_gap_among_their_work_and_on_a_page(cast: Cast, client: Client) -> None:
    broken = published(cast, title="Trees")
    copy_edit(broken, contact_email="")
    [line] = left_out_waiting_on(cast.coordinator)
    assert line.dataset.title == "Trees"
    assert line.versions == ("1.1", "3.0")
    assert left_out_waiting_on(cast.steward) == []
    client.force_login(cast.coordinator)
    assert "end what keeps it out of the public catalogue" in client.get(reverse("my_work")).content.decode()
    page = client.get(reverse("catalogue_gaps")).content.decode()
    assert "no e-mail address for questions" in page
    assert "Left out of DCAT-US 1.1 and 3.0" in page


def test_what_the_profile_lacks_waits_on_the_portal_admin_and_not_on_the_department(cast: Cast) -> None:
    published(cast)
    adopt(cast, catalogue={"contact": "program"})
    [line] = left_out_waiting_on(cast.portal_admin)
    assert "[catalogue]" in line.gap.sentence
    assert left_out_waiting_on(cast.coordinator) == []


def test_where_contacts_are_private_the_office_of_the_program_is_named(cast: Cast, client: Client) -> None:
    published(cast)
    adopt(
        cast,
        catalogue={
            "contact": "program",
            "contact_name": "Open data office",
            "contact_email": "od@example.gov",
        },
    )
    text = client.get(reverse("catalogue_file")).content.decode()
    assert "mailto:od@example.gov" in text
    assert "permits@example.gov" not in text


def test_nobody_sees_the_gaps_of_a_department_that_is_not_theirs(cast: Cast) -> None:
    broken = published(cast, title="Trees")
    copy_edit(broken, contact_email="")
    assert [line.dataset.title for line in gaps_for(cast.cdo)] == ["Trees"]
    assert gaps_for(cast.outsider) == []


def test_a_licence_is_found_by_its_code_or_by_the_address_in_the_profile(cast: Cast, client: Client) -> None:
    release = published(cast, licence="CC0_10")
    assert catalogue(client)["dataset"][0]["license"] == "https://creativecommons.org/publicdomain/zero/1.0/"
    copy_edit(release, licence="OWN")
    own = {"code": "OWN", "label": "Our licence", "uri": "https://example.gov/licence"}
    adopt(cast, licences=[*profile_current(cast.program).content["licences"], own])
    assert catalogue(client)["dataset"][0]["license"] == "https://example.gov/licence"


# withheld


def withhold(cast: Cast, **fields: Any) -> Dataset:
    dataset = dataset_make(cast, title="Juvenile cases", **fields)
    withholding_record(
        dataset=dataset,
        kind="forbidden",
        ground="confidential",
        citation="NCGS 7B-3000",
        details="Reporter Ann asked twice.",
        actor=cast.coordinator,
    )
    return dataset


OFFICE = {"contact_name": "Open data office", "contact_email": "od@example.gov"}


def test_withheld_data_is_not_listed_where_the_profile_does_not_say_so(cast: Cast, client: Client) -> None:
    withhold(cast)
    assert titles(client) == titles(client, "3.0") == []


def test_withheld_data_is_listed_with_its_law_where_the_profile_says_so(cast: Cast, client: Client) -> None:
    dataset = withhold(cast)
    adopt(cast, catalogue={"withheld": True, **OFFICE})
    older, newer = catalogue(client), catalogue(client, "3.0")
    assert faults_11(older) == faults_30(newer) == []
    [row] = older["dataset"]
    assert row["title"] == "Juvenile cases"
    assert row["accessLevel"] == "non-public"
    assert "NCGS 7B-3000" in row["rights"]
    assert "distribution" not in row
    for told in (json.dumps(older), json.dumps(newer)):
        assert dataset.description not in told
        assert "Reporter Ann" not in told
        assert "permits@example.gov" not in told


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ({"redacted_classes": ["protected"]}, ["[[REDACTED]]"]),
        ({"unlisted_classes": ["protected"]}, []),
        ({"redacted_classes": ["sensitive"]}, ["Juvenile cases"]),
    ],
)
def test_the_class_says_how_much_is_told_of_withheld_data(
    cast: Cast, client: Client, rules: dict[str, Any], expected: list[str]
) -> None:
    withhold(cast, classification="protected", classification_ground="A law.")
    adopt(cast, catalogue={"withheld": True, **OFFICE, **rules})
    for version in ("1.1", "3.0"):
        assert titles(client, version) == expected


def test_withheld_data_without_a_class_is_listed_without_its_title(cast: Cast, client: Client) -> None:
    dataset = withhold(cast)
    Dataset.objects.filter(pk=dataset.pk).update(classification="")
    adopt(cast, catalogue={"withheld": True, **OFFICE})
    assert titles(client) == ["[[REDACTED]]"]


def test_a_ground_that_has_run_out_or_was_lifted_is_not_listed(cast: Cast, client: Client) -> None:
    dataset = withhold(cast)
    adopt(cast, catalogue={"withheld": True, **OFFICE})
    row = dataset.withholdings.get()
    row.until = timezone.localdate() - timedelta(days=2)
    row.save(update_fields=["until"])
    assert titles(client) == []


@pytest.mark.parametrize(
    ("rules", "place"),
    [
        ({"withheld": True}, "catalogue.withheld"),
        ({"redacted_classes": ["protected"]}, "catalogue.redacted_classes"),
        ({"withheld": True, **OFFICE, "unlisted_classes": ["secret"]}, "catalogue.unlisted_classes"),
        ({"withheld": True, **OFFICE, "cui_markings": {"secret": "CUI"}}, "catalogue.cui_markings"),
        (
            {
                "withheld": True,
                **OFFICE,
                "unlisted_classes": ["protected"],
                "redacted_classes": ["protected"],
            },
            "catalogue.unlisted_classes",
        ),
        ({"contact_email": "nobody"}, "catalogue.contact_email"),
        ({"contact": "anybody"}, "catalogue.contact"),
    ],
)
def test_a_profile_whose_catalogue_makes_no_sense_is_refused(
    cast: Cast, rules: dict[str, Any], place: str
) -> None:
    content = profile_current(cast.program).content
    assert any(fault.startswith(place) for fault in faults_of({**content, "catalogue": rules}))
    licences = [{"code": "OWN", "label": "Our licence", "uri": "licence.pdf"}]
    assert any("licences[1].uri" in fault for fault in faults_of({**content, "licences": licences}))


# the command


def test_the_command_prints_the_same_file_and_says_what_is_missing(
    cast: Cast, client: Client, capfd: pytest.CaptureFixture[str]
) -> None:
    published(cast)
    call_command("catalogue_export", "--version", "3.0")
    assert json.loads(capfd.readouterr().out) == catalogue(client, "3.0")
    copy_edit(published(cast, title="Trees"), contact_email="")
    with pytest.raises(SystemExit) as ended:
        call_command("catalogue_export", "--program", cast.program.code)
    assert ended.value.code == 3
    said = capfd.readouterr()
    assert len(json.loads(said.out)["dataset"]) == 1
    assert "left out" in said.err
    assert "Trees: There is no e-mail address" in said.err


# how it is served


def test_any_site_may_read_it_and_who_has_it_is_told_that_nothing_changed(cast: Cast, client: Client) -> None:
    release = published(cast)
    address = reverse("catalogue_file")
    first = client.get(address)
    assert first["Access-Control-Allow-Origin"] == "*"
    assert first["Content-Type"].startswith("application/json")
    assert first["Cache-Control"] == "public, no-cache"
    by_tag = client.get(address, headers={"If-None-Match": first["ETag"]})
    by_date = client.get(address, headers={"If-Modified-Since": first["Last-Modified"]})
    assert by_tag.status_code == by_date.status_code == 304
    assert by_tag["Access-Control-Allow-Origin"] == "*"
    publication_make_private(release_id=release.pk)
    assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_the_two_versions_have_tags_of_their_own(cast: Cast, client: Client) -> None:
    published(cast)
    older = client.get(reverse("catalogue_file"))
    newer = client.get(reverse("catalogue_file"), {"version": "3"}, headers={"If-None-Match": older["ETag"]})
    assert newer.status_code == 200


def test_a_state_that_comes_back_is_new_to_who_asks_by_date(cast: Cast) -> None:
    release = published(cast)
    at = timezone.now()
    first = standing_of([cast.program], now=at)
    Publication.objects.filter(release=release).update(goal="hidden")
    gone = standing_of([cast.program], now=at + timedelta(hours=1))
    Publication.objects.filter(release=release).update(goal="public")
    back = standing_of([cast.program], now=at + timedelta(hours=2))
    assert first.digest == back.digest != gone.digest
    assert first.since < gone.since < back.since


def test_a_file_made_while_something_changed_is_not_kept(
    cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    release, made = published(cast), catalogue_file.catalogue_of

    def meanwhile(*args: Any, **about: Any) -> Any:
        found = made(*args, **about)
        Publication.objects.filter(release=release).update(goal="hidden")
        return found

    before = standing_of([cast.program])
    monkeypatch.setattr(catalogue_file, "catalogue_of", meanwhile)
    catalogue_file.file_kept([cast.program], before, version="1.1")
    monkeypatch.undo()
    kept = catalogue_file.file_kept([cast.program], before, version="1.1")
    assert b"Building permits" not in gzip.decompress(kept.packed)


def test_it_is_packed_for_who_takes_it_packed(cast: Cast, client: Client) -> None:
    published(cast)
    plain = client.get(reverse("catalogue_file"))
    packed = client.get(reverse("catalogue_file"), headers={"Accept-Encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert "Accept-Encoding" in packed["Vary"]


def test_a_version_that_there_is_not_is_refused_with_a_sentence(cast: Cast, client: Client) -> None:
    response = client.get(reverse("catalogue_file"), {"version": "2"})
    assert response.status_code == 400
    assert b"version=3.0" in response.content


def test_too_many_requests_from_one_place_have_to_wait(
    cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "FILES_PER_PLACE", 3)
    answers = [client.get(reverse("catalogue_file")) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[-1]["Retry-After"]
    assert client.get(reverse("catalogue_program", args=[cast.program.code])).status_code == 200


def test_the_number_of_queries_does_not_grow_with_the_datasets(cast: Cast, client: Client) -> None:
    def queries() -> tuple[int, int]:
        made = _counted(lambda: records_of(cast.program, now=timezone.now()))
        return made, _counted(lambda: client.get(reverse("catalogue_file")))

    release = published(cast)
    client.get(reverse("catalogue_file"))
    few = queries()
    copies_many(release, 60)
    client.get(reverse("catalogue_file"))
    assert len(titles(client)) == 61
    assert queries() == few


def _counted(act: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as seen:
        act()
    return len(seen)
