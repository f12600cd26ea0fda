"""The pages of programs: read by everybody who works there, changed by the portal admin, unknown to others."""

from __future__ import annotations

import json
import tomllib
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import Program, User
from accounts.roles import Role
from accounts.selectors import profile_current
from accounts.services import PROGRAMS_DIR, program_load, role_assign
from tests.cast import Cast
from tests.factories.workflow import release_at
from workflow.stages import Stage

pytestmark = pytest.mark.django_db
TEXT = (PROGRAMS_DIR / "default.toml").read_text("utf-8")
SHORTER = TEXT.replace("valid_days = 365", "valid_days = 90")


def as_person(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def words(response: Any) -> str:
    return response.content.decode()


def url(name: str, code: str = "default", *more: str) -> str:
    return reverse(name, args=[code, *more])


def test_everybody_of_the_program_reads_how_it_works(cast: Cast) -> None:
    for person in (cast.steward, cast[Role.AUDITOR], cast.portal_admin):
        page = as_person(person).get(url("program_detail"))
        assert page.status_code == 200
        assert "Chief data officer turns the final key." in words(page)
    assert "City of Riverbend" in words(as_person(cast.steward).get(reverse("program_list")))


@pytest.mark.parametrize("code", ["los_angeles", "san_francisco", "connecticut", "durham"])
def test_every_shipped_program_reads_in_words(cast: Cast, code: str) -> None:
    program = program_load(path=PROGRAMS_DIR / f"{code}.toml").program
    role_assign(user=cast.steward, role=Role.AUDITOR, program=program, actor=None)
    page = words(as_person(cast.steward).get(url("program_detail", code)))
    expected = {
        "los_angeles": [
            "The private copy is made on the portal in CDO review",
            "never on the portal",
            "Level Three",
        ],
        "san_francisco": ["City Attorney", "each without seeing the others", "needs the privacy checklist"],
        "connecticut": [
            "Agency Data Officer",
            "it is the Chief Data Officer",
            "never replaces what is published",
        ],
        "durham": ["needs the approval of each side", "Subject matter expert", "ITP-5"],
    }[code]
    for sentence in expected:
        assert sentence.lower() in page.lower()


def test_people_of_another_program_find_nothing(cast: Cast) -> None:
    for name, more in (("program_detail", ()), ("program_download", ("toml",)), ("program_check_upload", ())):
        assert as_person(cast.foreign_cdo).get(url(name, "default", *more)).status_code in (403, 404)
    assert as_person(cast.foreign_cdo).get(url("program_detail")).status_code == 404
    assert as_person(cast.outsider).get(url("program_detail")).status_code == 403


def test_only_the_portal_admin_of_this_program_changes_it(cast: Cast) -> None:
    role_assign(user=cast.foreign_cdo, role=Role.PORTAL_ADMIN, program=cast.other_program, actor=None)
    for person in (cast.steward, cast.cdo):
        for name in ("program_check_upload", "program_copy"):
            assert as_person(person).get(url(name)).status_code == 403
        assert as_person(person).post(url("program_adopt"), {}).status_code == 403
    assert as_person(cast.foreign_cdo).get(url("program_check_upload")).status_code == 404
    assert as_person(cast.portal_admin).get(url("program_check_upload", "lakeside")).status_code == 404


def test_the_download_reads_back_as_what_is_adopted(cast: Cast) -> None:
    client, content = as_person(cast.steward), profile_current(cast.program).content
    toml = client.get(url("program_download", "default", "toml"))
    assert tomllib.loads(words(toml)) == content
    assert "attachment" in toml["Content-Disposition"]
    assert json.loads(words(client.get(url("program_download", "default", "json")))) == content
    assert client.get(url("program_download", "default", "xml")).status_code == 404


@pytest.mark.parametrize("version", ["7", "x", "9" * 40, "-1", "٣"])
def test_a_version_that_is_none_is_not_found(cast: Cast, version: str) -> None:
    assert as_person(cast.steward).get(url("program_detail"), {"version": version}).status_code == 404


def test_the_text_begins_with_the_present_version(cast: Cast) -> None:
    page = as_person(cast.portal_admin).get(url("program_check_upload"))
    assert page.status_code == 200
    assert tomllib.loads(page.context["form"].initial["text"]) == profile_current(cast.program).content


def test_faults_are_shown_with_their_place_and_the_text_is_kept(cast: Cast) -> None:
    text = TEXT.replace('PRIVACY = "privacy_officer"', 'PRIVACY = "wizard"')
    page = as_person(cast.portal_admin).post(url("program_check_upload"), {"text": text})
    assert page.status_code == 422
    assert "stages.PRIVACY: &quot;wizard&quot; is not a role" in words(page)
    assert "wizard" in page.context["form"].initial["text"]
    assert "Adopt this version" not in words(page)


@pytest.mark.parametrize(
    ("posted", "sentence"),
    [
        ({"text": ""}, "There is nothing to check"),
        ({"text": "= 3"}, "This is not TOML"),
        ({"text": "x" * 200_001}, "at most 200 KB"),
        ({"file": SimpleUploadedFile("p.toml", b"\xff\xfe")}, "The file is no text"),
        ({"file": SimpleUploadedFile("p.toml", b"x" * 200_001)}, "Is this the right file?"),
    ],
)
def test_what_is_no_profile_is_said_in_a_sentence(cast: Cast, posted: dict[str, Any], sentence: str) -> None:
    page = as_person(cast.portal_admin).post(url("program_check_upload"), posted)
    assert page.status_code == 422
    assert sentence in words(page)


def test_a_text_is_checked_replayed_on_the_past_and_adopted(cast: Cast) -> None:
    release_at(Stage.CDO_REVIEW, cast)
    client = as_person(cast.portal_admin)
    text = SHORTER.replace('QUALITY = "coordinator"', 'QUALITY = "open_data_team"')
    page = client.post(url("program_check_upload"), {"file": SimpleUploadedFile("p.toml", text.encode())})
    assert page.status_code == 200
    assert "Of 1 past release, 0 would have gone the same way and 1 not." in words(page)
    assert "Quality would have lain with the open data team" in words(page)
    posted = {"text": text, "based_on": "1", "reason": "The team checks quality now."}
    done = client.post(url("program_adopt"), posted, follow=True)
    assert "Version 2 is adopted." in words(done)
    assert "The team checks quality now." in words(done)
    assert profile_current(cast.program).content["permit"] == {"valid_days": 90}
    earlier = client.get(url("program_detail"), {"version": "1"})
    assert "Read the present version" in words(earlier)


def test_the_second_of_two_admins_sees_the_first_ones_version(cast: Cast) -> None:
    client = as_person(cast.portal_admin)
    client.post(url("program_adopt"), {"text": SHORTER, "based_on": "1", "reason": "First."})
    other = TEXT.replace("valid_days = 365", "valid_days = 30")
    page = client.post(url("program_adopt"), {"text": other, "based_on": "1", "reason": "Second."})
    assert page.status_code == 422
    assert "was adopted while you looked at version 1" in words(page)
    assert profile_current(cast.program).version == 2


def test_without_a_reason_or_with_faults_nothing_is_adopted(cast: Cast) -> None:
    client = as_person(cast.portal_admin)
    page = client.post(url("program_adopt"), {"text": SHORTER, "based_on": "1", "reason": ""})
    assert page.status_code == 422
    assert "Say why the profile changes." in words(page)
    bad = client.post(
        url("program_adopt"), {"text": SHORTER + "\ncolour = 1\n", "based_on": "1", "reason": "x"}
    )
    assert bad.status_code == 422
    assert "there is no such key here" in words(bad)
    assert profile_current(cast.program).version == 1


def test_a_profile_is_copied_to_a_new_program_that_the_copier_administers(cast: Cast) -> None:
    client = as_person(cast.portal_admin)
    assert client.get(url("program_copy")).status_code == 200
    page = client.post(url("program_copy"), {"name": "Springfield", "code": "springfield"}, follow=True)
    assert page.status_code == 200
    assert "You are its portal admin." in words(page)
    assert Program.objects.filter(code="springfield").exists()
    assert "Springfield" in words(client.get(reverse("program_list")))


def test_a_short_name_that_is_taken_is_refused_and_what_was_typed_is_kept(cast: Cast) -> None:
    page = as_person(cast.portal_admin).post(url("program_copy"), {"name": "Again", "code": "default"})
    assert page.status_code == 422
    assert "There is a program" in words(page)
    assert 'value="Again"' in words(page)


def test_somebody_without_a_role_is_told_what_to_do(cast: Cast) -> None:
    assert as_person(cast.outsider).get(reverse("program_list")).status_code == 403
