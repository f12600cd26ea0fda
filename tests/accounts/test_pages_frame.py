"""The frame of every page, one's own profile, error pages, and the admin in the same look."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django import forms
from django.conf import settings
from django.template import engines
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone as clock
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Department, User
from accounts.roles import Role
from accounts.services import role_assign
from accounts.templatetags.ui import business_days, due
from accounts.views.statements import server_error
from audit.models import AuditEvent
from tests.cast import PASSWORD, Cast

As = Callable[[User], Client]


def text_of(response: object) -> str:
    return response.content.decode()


def links_of(response: object) -> list[str]:
    return [entry["label"] for entry in response.context["nav_links"]]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "more"),
    [
        (Role.STEWARD, []),
        (Role.OPEN_DATA_TEAM, ["Requests", "Retirements"]),
        (Role.PRIVACY_OFFICER, ["Retirements", "Retractions"]),
        (Role.CDO, ["Requests", "Retirements", "Retractions", "Approval queue"]),
        (Role.PORTAL_ADMIN, ["Retirements", "Retractions", "People", "Programs", "Admin"]),
    ],
)
def test_the_header_shows_the_pages_that_a_role_may_open(
    cast: Cast, as_: As, role: Role, more: list[str]
) -> None:
    response = as_(cast[role]).get(reverse("profile"))
    shared = {"My work", "Datasets", "Dashboard", "Proposals", "Mailbox"}
    assert [label for label in links_of(response) if label not in shared] == more
    assert "My work" in links_of(response)


@pytest.mark.django_db
def test_somebody_without_a_role_gets_no_links_and_is_told_whom_to_ask(cast: Cast, as_: As) -> None:
    response = as_(cast.outsider).get(reverse("profile"))
    assert links_of(response) == []
    assert "You hold no role yet" in text_of(response)


@pytest.mark.django_db
def test_the_program_gives_the_page_its_name(cast: Cast, as_: As) -> None:
    page = text_of(as_(cast.steward).get(reverse("profile")))
    assert "<title>Your profile | City of Riverbend</title>" in page


@pytest.mark.django_db
def test_a_person_of_two_programs_sees_which_role_is_whose(cast: Cast, as_: As) -> None:
    role_assign(user=cast.steward, role=Role.LEGAL, program=cast.other_program, actor=None)
    page = text_of(as_(cast.steward).get(reverse("profile")))
    assert "Data steward, Public Works, City of Riverbend" in page
    assert "Legal, Lakeside County" in page


@pytest.mark.django_db
def test_a_person_changes_their_own_name(cast: Cast, as_: As) -> None:
    client = as_(cast.steward)
    client.post(reverse("profile"), {"full_name": "  Maria Lopez Garcia "})
    assert User.objects.get(pk=cast.steward.pk).full_name == "Maria Lopez Garcia"
    assert AuditEvent.objects.filter(action="accounts.person_renamed").exists()
    refused = client.post(reverse("profile"), {"full_name": "  "})
    assert "others need to know who acted" in text_of(refused)


@pytest.mark.django_db
def test_a_person_changes_their_password_and_stays_logged_in(cast: Cast, as_: As) -> None:
    client, elsewhere = as_(cast.steward), as_(cast.steward)
    new = "seven quiet herons"
    data = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    response = client.post(reverse("password_change"), data, follow=True)
    assert "Your password is changed." in text_of(response)
    assert elsewhere.get(reverse("profile")).status_code == 302


@pytest.mark.django_db
def test_a_page_that_is_not_there_says_what_to_do_and_names_the_request(cast: Cast, as_: As) -> None:
    response = as_(cast.steward).get("/people/999999999/nothing/")
    assert response.status_code == 404
    assert "There is no such page for you" in text_of(response)
    assert response["X-Request-Id"] in text_of(response)


@pytest.mark.django_db
def test_a_refusal_is_a_human_page_with_its_reason(cast: Cast, as_: As) -> None:
    response = as_(cast.steward).get(reverse("people"))
    assert response.status_code == 403
    assert "This page is not part of your role." in text_of(response)
    assert response["X-Request-Id"] in text_of(response)


@pytest.mark.django_db
def test_a_form_without_its_token_is_refused_with_a_human_page(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post(reverse("login"), {"username": cast.steward.email, "password": PASSWORD})
    assert response.status_code == 403
    assert "too old to be sent" in text_of(response)


def test_the_page_after_our_own_error_needs_no_database_and_names_the_request(rf: RequestFactory) -> None:
    request = rf.get("/")
    request.request_id = "abc123"
    response = server_error(request)
    assert response.status_code == 500
    assert "abc123" in text_of(response)


@pytest.mark.django_db
def test_anybody_can_read_the_accessibility_statement(client: Client) -> None:
    assert client.get(reverse("accessibility")).status_code == 200


@pytest.mark.django_db
def test_the_admin_stands_in_the_same_frame(cast: Cast, as_: As) -> None:
    page = text_of(as_(cast.portal_admin).get(reverse("admin:index")))
    assert 'class="app-header"' in page
    assert "| City of Riverbend</title>" in page
    assert "<style" not in page


@pytest.mark.django_db
def test_a_portal_admin_keeps_the_departments_of_the_own_program_only(cast: Cast, as_: As) -> None:
    from django.core.management import call_command

    call_command("sync_roles")
    client = as_(User.objects.get(pk=cast.portal_admin.pk))
    listed = text_of(client.get(reverse("admin:accounts_department_changelist")))
    assert "Public Works" in listed
    assert "Parks" not in listed
    data = {"program": cast.program.pk, "name": "Libraries", "code": "LIB"}
    client.post(reverse("admin:accounts_department_add"), data)
    assert Department.objects.filter(program=cast.program, code="LIB").exists()
    assert AuditEvent.objects.filter(action="accounts.department_added").exists()
    parks = Department.objects.get(code="PRK")
    foreign = client.get(reverse("admin:accounts_department_change", args=[parks.pk]))
    assert foreign.status_code == 302
    client.post(
        reverse("admin:accounts_department_add"), {**data, "program": cast.other_program.pk, "code": "LIX"}
    )
    assert not Department.objects.filter(code="LIX").exists()


# --- Dates ---
@given(start=st.dates(date(2020, 1, 1), date(2030, 1, 1)), days=st.integers(-400, 400))
def test_business_days_are_the_weekdays_between(start: date, days: int) -> None:
    end = start + timedelta(days=days)
    first, last = sorted([start, end])
    counted = sum(1 for n in range(1, (last - first).days + 1) if (first + timedelta(days=n)).weekday() < 5)
    assert business_days(start, end) == (counted if days >= 0 else -counted)


@pytest.mark.parametrize(
    ("when", "sentence"),
    [
        (date(2026, 11, 18), "due today"),
        (date(2026, 11, 19), "due tomorrow"),
        (date(2026, 12, 4), "due Fri 4 Dec, in 12 business days"),
        (date(2026, 11, 21), "due Sat 21 Nov, in 2 business days"),
        (date(2026, 11, 16), "was due Mon 16 Nov, 2 business days late"),
        (date(2027, 1, 4), "due Mon 4 Jan 2027, in 33 business days"),
        (None, ""),
    ],
)
def test_a_date_is_said_with_its_distance(
    when: date | None, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "localdate", lambda *args: date(2026, 11, 18))
    assert due(when) == sentence


def test_a_moment_counts_as_the_day_it_is_here(settings: object, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.TIME_ZONE = "America/New_York"
    monkeypatch.setattr(clock, "localdate", lambda *args: date(2026, 11, 18))
    with clock.override("America/New_York"):
        assert due(datetime(2026, 11, 19, 2, 0, tzinfo=UTC)) == "due today"


# --- The form pack ---
class EveryKind(forms.Form):
    title = forms.CharField(help_text="As the public reads it.")
    kind = forms.ChoiceField(choices=[("a", "One"), ("b", "Two")], widget=forms.RadioSelect)
    marks = forms.MultipleChoiceField(
        choices=[("x", "X"), ("y", "Y")], widget=forms.CheckboxSelectMultiple, required=False
    )
    sure = forms.BooleanField(label="I am sure")


def drawn(form: forms.Form) -> str:
    return (
        engines["django"].from_string("{% load crispy_forms_tags %}{{ form|crispy }}").render({"form": form})
    )


def test_help_and_errors_are_tied_to_their_control() -> None:
    page = drawn(EveryKind({}))
    assert 'aria-describedby="id_title_helptext id_title_error"' in page
    assert 'id="id_title_helptext"' in page
    assert 'id="id_title_error"' in page
    assert page.count('aria-invalid="true"') >= 1


def test_the_list_of_errors_links_to_every_control_by_its_id() -> None:
    page = drawn(EveryKind({}))
    for target in ("id_title", "id_kind", "id_sure"):
        assert f'href="#{target}"' in page
        assert f'id="{target}"' in page


def test_a_group_of_options_is_a_fieldset_with_its_question_and_keeps_what_was_chosen() -> None:
    page = drawn(EveryKind({"title": "T", "kind": "b", "marks": ["y"], "sure": "on"}))
    assert page.count("<fieldset") == 2
    assert "<legend" in page
    assert page.count(" checked") == 3
    assert "error-summary" not in page


def test_what_people_typed_is_escaped_in_every_place_of_a_form() -> None:
    class Refused(EveryKind):
        def clean_title(self) -> str:
            raise forms.ValidationError("Not %(it)s", params={"it": self.cleaned_data["title"]})

    page = drawn(Refused({"title": "<b>x</b>", "kind": "a", "sure": "on"}))
    assert "<b>x" not in page


# --- Vendored files ---
def test_vendored_files_are_those_that_their_version_file_names() -> None:
    """Nobody edits them in place, and the style sheet refers to nothing that is missing."""
    folder = Path(settings.BASE_DIR) / "static" / "vendor" / "uswds"
    lines = (folder / "VERSION").read_text("utf-8").split("sha256 of each file:\n")[1].splitlines()
    named = dict(reversed(line.split("  ")) for line in lines)
    found = {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "VERSION"
    }
    assert found == named
    sheet = (folder / "css" / "uswds.min.css").read_text("utf-8")
    referred = {ref for ref in re.findall(r"url\(([^)]+)\)", sheet) if not ref.startswith("data:")}
    assert [ref for ref in referred if not (folder / "css" / ref).is_file()] == []
