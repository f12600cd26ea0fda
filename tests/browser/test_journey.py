"""The whole journey of one dataset, from the inventory to the public, as five different people walk it."""

from __future__ import annotations

import io
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import requests
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection

from audit.models import AuditEvent
from audit.services import events_seal
from datafiles.table import read_columnar
from dossier.models import StoredFile
from dossier.selectors import facts
from dossier.storage import local_path
from notifications.models import OutgoingMessage
from publishing import encode
from publishing.models import Permit, Publication
from publishing.records import PortalRecord
from tests.browser.people import Approver, Cdo, Coordinator, PrivacyOfficer, Steward
from tests.browser.permits import ROWS, TITLE, Permits, permits_make
from tests.browser.person import Person, Watch
from tests.cast import Cast, cast_create
from tests.services.processes import wait_until
from tests.services.smtp import SmtpSink
from tests.services.standin import StandIn
from workflow.models import Release
from workflow.stages import Stage

# move -> who made it (None: the system), and who got a letter about it
TOLD: dict[str, tuple[str | None, set[str]]] = {
    "begin_readiness": ("Dana Reed", {"Maria Lopez"}),
    "submit_for_quality": ("Maria Lopez", {"Dana Reed"}),
    "pass_quality": ("Dana Reed", {"Maria Lopez", "Grace Okafor", "Priya Raman"}),
    "clear_privacy": (
        "Priya Raman",
        {"Dana Reed", "Maria Lopez", "Grace Okafor", "Helen Park", "Ruth Abbott"},
    ),
    "approve": (
        "Helen Park",
        {"Dana Reed", "Maria Lopez", "Grace Okafor", "Priya Raman", "Cody Brooks", "Pat Silva"},
    ),
    "publish": (
        None,
        {
            *("Dana Reed", "Maria Lopez", "Grace Okafor", "Priya Raman", "Helen Park", "Ruth Abbott"),
            *("Paul Adeyemi", "Ida Novak", "Cody Brooks"),
        },
    ),
}

# How the privacy officer rates the file; how likely an attempt succeeds is proposed from what was measured.
FACTORS = {
    "Value": "High",
    "Likelihood of the value": "High",
    "Expectation of privacy": "Low",
    "Harm to a person": "Low",
    "Harm to the government": "Low",
    "Likelihood of an attempt": "Low",
}


@pytest.fixture
def permits() -> Permits:
    return permits_make()


@pytest.fixture
def watch(assert_accessible: Callable[..., None], permits: Permits) -> Watch:
    return Watch(assert_accessible, permits.secrets)


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    cache.clear()
    return cast_create()


@pytest.fixture
def arrive(cast: Cast, open_page: Any, live_server_url: str, watch: Watch) -> Callable[..., Any]:
    """A person comes to work, at a browser of their own."""

    def come(kind: type[Person], role: str) -> Person:
        person = kind(cast[role], open_page(), live_server_url, watch)
        person.log_in()
        return person

    return come


@pytest.mark.slow
def test_five_people_take_a_dataset_from_the_inventory_to_the_public(
    arrive: Callable[..., Any],
    permits: Permits,
    watch: Watch,
    standin: StandIn,
    smtp_sink: SmtpSink,
    celery_worker_process: Any,
    tmp_path: Path,
) -> None:
    dana = arrive(Coordinator, "coordinator")
    dana.register_dataset()
    dana.answer_checklist("inventory")
    dana.answer_checklist("eligibility")
    dana.move("Begin readiness", TITLE)

    maria = arrive(Steward, "steward")
    maria.upload(permits.write(tmp_path))
    maria.look_at_the_rows()
    maria.describe_columns()
    maria.answer_checklist("readiness")
    maria.answer_checklist("submission")
    dana.attest()
    maria.move("Submit for quality", TITLE)

    grace = arrive(Approver, "department_approver")
    grace.approve_for_the_department()
    dana.check_quality()
    dana.move("Pass to privacy", TITLE)

    priya = arrive(PrivacyOfficer, "privacy_officer")
    priya.read_findings()
    priya.decide("contact_email", "Drop the column", "Readers do not need to write to the applicant.")
    priya.decide("contact_phone", "Drop the column", "Readers do not need to call the applicant.")
    priya.decide("remarks", "Redact the cells", "The notes are useful; the number in one of them is not.")
    priya.decide("date_of_birth", "Keep only the year", "The year is enough to see who builds.")
    priya.decide("zip", "Cut the ZIP code", "The area is enough to see where they build.")
    priya.decide("applicant_sex", "Personal, and stays", "Two large groups; it singles nobody out.")
    priya.confirm_quasi_identifiers("zip", "applicant_sex", "date_of_birth")
    priya.weigh_benefit(FACTORS)
    priya.move("Clear privacy", TITLE)

    dana.plan_publication()
    helen = arrive(Cdo, "cdo")
    helen.approve()
    maria.accept_preview()
    maria.open_tab("Publication")
    # The tab may have been opened before the copy was on its way, and then does not refresh itself.
    maria.until(maria.page.get_by_text("Public, checked from outside").first)
    maria.look()
    maria.open_tab("History")
    maria.look()
    maria.open_tab("Overview")
    maria.until(maria.page.get_by_text("It is public").first)
    helen.read_dashboard()
    helen.sees("in the pipeline, of 1 dataset in the inventory")
    helen.sees("the median of 1 release published")

    assert watch.missed == set(), "pages that nobody looked at"
    release = Release.objects.get(dataset__title=TITLE)
    assert release.stage == Stage.PUBLISHED
    _public_rows_are_what_was_approved(release, permits, standin)
    _the_right_people_were_told(release)
    _the_trail_is_whole_and_the_facts_hold()
    _nothing_personal_left_private_storage(permits, smtp_sink)


def _public_rows_are_what_was_approved(release: Release, permits: Permits, standin: StandIn) -> None:
    """Asked without a key, as anybody may."""
    url = f"{standin.url}/resource/{facts(release.pk)['public_copy'].data['remote_id']}.json"
    count = requests.get(url, params={"$select": "count(*)"}, timeout=30).json()
    assert [list(row.values()) for row in count] == [[str(ROWS)]]
    rows = requests.get(url, params={"$limit": 10 * ROWS, "$order": "permit_number"}, timeout=30).json()
    assert rows == permits.published()
    text = str(rows)
    assert [secret for secret in permits.secrets if secret in text] == []

    publication = Publication.objects.get(release=release)
    assert Permit.objects.get(release=release).treated_sha256 == publication.treated_sha256
    treated = StoredFile.objects.get(release=release, sha256=publication.treated_sha256)
    record = PortalRecord.from_json(publication.record)
    with local_path(treated.storage_key) as path:
        approved = encode.encode_table(read_columnar(path), record)
    assert encode.rows_fingerprint(rows, record) == encode.table_fingerprint(approved)


def _the_right_people_were_told(release: Release) -> None:
    for move, (actor, people) in TOLD.items():
        letters = OutgoingMessage.objects.filter(release_id=release.pk, message_id=move)
        told = [letter.recipient.full_name for letter in letters.select_related("recipient")]
        assert sorted(told) == sorted(people), move
        assert actor not in told


def _the_trail_is_whole_and_the_facts_hold() -> None:
    events_seal()
    call_command("audit_verify", stdout=io.StringIO())
    said = io.StringIO()
    call_command("facts_rebuild", stdout=said)
    assert "0 facts changed" in said.getvalue(), said.getvalue()


def _nothing_personal_left_private_storage(permits: Permits, sink: SmtpSink) -> None:
    """In every row of the database (audit events among them), every letter, and the worker's log."""
    places = {table: _text_of(table) for table in connection.introspection.table_names()}
    assert AuditEvent._meta.db_table in places
    places |= {f"letter {n} to {letter['To']}": _words_of(letter) for n, letter in enumerate(sink.letters)}
    written = OutgoingMessage.objects.count()
    wait_until(lambda: len(sink.letters) == written, seconds=30, what="The last letter on its way")
    places["the worker's log"] = (Path(settings.VAR_DIR) / "log" / "worker.log").read_text()
    for place, text in places.items():
        assert [secret for secret in permits.secrets if secret in text] == [], place


def _words_of(letter: EmailMessage) -> str:
    return "\n".join(part.get_content() for part in letter.walk() if not part.is_multipart())


def _text_of(table: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
        return str(cursor.fetchall())
