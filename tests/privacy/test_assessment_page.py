"""The page Benefit and risk, and the memo: what the officer does there, what others read, what nobody sees."""

from __future__ import annotations

import contextlib
import re
import zlib
from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags

from privacy.models import Assessment, AssessmentDecision
from privacy.services import quasi_confirm
from privacy.weighing import Run
from tests.cast import Cast
from tests.factories.workflow import release_at
from tests.privacy.samples import SSN
from tests.privacy.test_assessments import RATIONALE, STEPS, decided, rated
from tests.privacy.test_decisions import decide_all
from workflow import pdf
from workflow.models import Release


@pytest.fixture
def release(cast: Cast) -> Release:
    return release_at("PRIVACY", cast)


@pytest.fixture
def treated(scanned: Release, cast: Cast, work: Callable[[], None]) -> Release:
    decide_all(scanned, cast, quasi=["permit_no", "sex"], k_min=5)
    work()
    return scanned


@pytest.fixture
def officer(client: Client, cast: Cast) -> Client:
    client.force_login(cast.privacy_officer)
    return client


def page(client: Client, release: Release, name: str = "privacy_assessment") -> str:
    response = client.get(reverse(name, args=[release.pk]))
    assert response.status_code == 200
    return response.content.decode()


def unpacked(document: bytes) -> bytes:
    """A PDF with its streams as they were before they were packed."""
    parts = [document]
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", document, re.DOTALL):
        with contextlib.suppress(zlib.error):
            parts.append(zlib.decompress(stream))
    return b"".join(parts)


def rating(success: str, **more: str) -> dict[str, str]:
    steps = STEPS | {"success": success}
    return steps | {f"why_{name}": "As the office knows its permits." for name in steps} | more


def test_the_officer_rates_before_and_after_and_decides(officer: Client, treated: Release) -> None:
    text = page(officer, treated)
    assert (
        "Benefit and risk are not weighed yet" in text and "Rate the data as it was handed in first" in text
    )
    assert "2 columns identify people directly" in text and "contractor_phone" in text

    first = officer.post(
        reverse("assessment_rate", args=[treated.pk, "inherent"]), rating("very_high"), follow=True
    )
    assert "Before the remedies: risk moderate, benefit high" in first.content.decode()
    second = officer.post(
        reverse("assessment_rate", args=[treated.pk, "residual"]), rating("low"), follow=True
    )
    text = second.content.decode()
    assert "The matrix proposes: <strong>Publish</strong>" in text
    assert text.count("this release is here") == 2

    refused = officer.post(
        reverse("assessment_decide", args=[treated.pk]), {"decision": "open", "rationale": RATIONALE}
    )
    assert refused.status_code == 422
    assert RATIONALE in refused.content.decode() and "Say it in a sentence" in refused.content.decode()
    words = {"decision": "open", "rationale": RATIONALE, "public_summary": "Personal details were removed."}
    officer.post(reverse("assessment_decide", args=[treated.pk]), words)
    assert AssessmentDecision.objects.get().decision == "open"
    assert "Personal details were removed." in page(officer, treated)

    memo = page(officer, treated, "privacy_memo")
    assert "Not taken" not in memo and RATIONALE in memo and "by the privacy officer" in memo
    for text in (memo, page(officer, treated)):
        assert SSN not in text and "*********88" not in text


def test_a_rating_that_is_not_whole_keeps_what_was_chosen(officer: Client, treated: Release) -> None:
    data = rating("very_high", why_attempt=f"It was tried with {SSN}.", value="")
    url = reverse("assessment_rate", args=[treated.pk, "inherent"])
    response = officer.post(url, data)
    text = response.content.decode()
    assert response.status_code == 422 and "looks like a Social Security number" in text
    response = officer.post(url, data | {"why_attempt": "It was tried elsewhere."})
    text = response.content.decode()
    assert response.status_code == 422 and "Value: choose one of the five steps." in text
    assert "It was tried elsewhere." in text
    assert not Assessment.objects.exists()
    assert officer.post(reverse("assessment_rate", args=[treated.pk, "other"]), data).status_code == 422


def test_others_read_and_people_elsewhere_do_not_know_of_it(
    client: Client, cast: Cast, treated: Release
) -> None:
    rated(treated, cast, Run.INHERENT, "very_high")
    rated(treated, cast, Run.RESIDUAL, "low")
    decided(treated, cast)
    client.force_login(cast.steward)
    text = page(client, treated)
    assert RATIONALE in text and "Record the rating" not in text and "Record the decision" not in text
    assert RATIONALE in page(client, treated, "privacy_memo")
    for name, args in (("assessment_rate", ["inherent"]), ("assessment_decide", [])):
        assert client.post(reverse(name, args=[treated.pk, *args]), rating("low")).status_code == 403
    for person in (cast.other_steward, cast.foreign_cdo):
        client.force_login(person)
        for name in ("privacy_assessment", "privacy_memo", "privacy_memo_pdf"):
            assert client.get(reverse(name, args=[treated.pk])).status_code == 404


def test_the_memo_tells_the_columns_and_the_measures_before_and_after(
    officer: Client, scanned: Release, cast: Cast, work: Callable[[], None]
) -> None:
    decide_all(scanned, cast, quasi=[])
    quasi_confirm(
        release_id=scanned.pk,
        columns=["permit_no", "sex"],
        sensitive=["status"],
        k_min=20,
        actor=cast.privacy_officer,
    )
    work()
    text = re.sub(r"\s+", " ", strip_tags(page(officer, scanned, "privacy_memo")))
    assert "Columns that together could single somebody out: permit_no, sex." in text
    assert "Sensitive, because nobody should learn it about a person: status." in text
    assert "The program asks for groups of at least 20." in text
    for measure in (
        "Smallest group of rows that look alike (k)",
        "Rows in groups under 20",
        "status: fewest different values in a group (l)",
        "status: largest distance of a group from the whole (t)",
        "status: rows of which the value is certain",
    ):
        assert re.search(re.escape(measure) + r"\s*[\d.,]+", text), measure
    assert "l: how many different values" in text


def test_the_memo_has_no_page_with_a_gap(officer: Client, treated: Release) -> None:
    """Rows of a table may stand on the next page; a table that must not be broken leaves half a page empty."""
    css = (settings.BASE_DIR / "static/css/memo.css").read_text()
    rules = re.findall(r"([^{}]+)\{([^{}]*)\}", css)
    kept_with_next = {
        one.strip() for names, body in rules if "break-after: avoid" in body for one in names.split(",")
    }
    assert kept_with_next == {".memo h2", ".memo h3", ".memo caption"}


def test_the_memo_is_a_tagged_pdf_where_the_machine_can_write_one(
    officer: Client, cast: Cast, treated: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = reverse("privacy_memo_pdf", args=[treated.pk])
    try:
        import weasyprint  # noqa: F401
    except OSError:
        assert "needs the system library Pango" in officer.get(url, follow=True).content.decode()
    else:
        response = officer.get(url)
        assert response["Content-Type"] == "application/pdf" and "no-store" in response["Cache-Control"]
        assert response.content.startswith(b"%PDF-")
        written = unpacked(response.content)
        assert b"/StructTreeRoot" in written and b"/Table" in written and b"pdfuaid" in written

    def unable(*args: object, **kwargs: object) -> bytes:
        raise pdf.PdfUnavailable

    monkeypatch.setattr("workflow.views.privacy_assessment.pdf_of", unable)
    text = officer.get(url, follow=True).content.decode()
    assert "needs the system library Pango" in text and "Draft: nothing is decided yet" in text
