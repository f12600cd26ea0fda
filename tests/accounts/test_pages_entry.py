"""Getting in: log-in, the limit on failures, a forgotten password, an invitation."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core import mail
from django.core.signing import TimestampSigner, b62_encode
from django.test import Client
from django.urls import reverse

from accounts.forms import WAIT_SENTENCE
from accounts.limits import LOGIN_FAILURES, RESET_LETTERS
from accounts.models import Invitation, User
from accounts.roles import Role
from accounts.services import invitation_path, person_deactivate, person_invite
from audit.models import AuditEvent
from tests.cast import PASSWORD, Cast

pytestmark = pytest.mark.django_db
NEW_PASSWORD = "seven quiet herons"


@pytest.fixture(autouse=True)
def _mail_stays_here(settings: object) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


def log_in(client: Client, email: str, password: str = PASSWORD, **options: object) -> object:
    return client.post(reverse("login"), {"username": email, "password": password}, **options)


def logged_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_an_address_is_recognised_however_its_letters_are_written(cast: Cast, client: Client) -> None:
    response = log_in(client, cast.steward.email.upper())
    assert response.status_code == 302
    assert logged_in(client)
    assert AuditEvent.objects.filter(action="accounts.logged_in", actor=cast.steward).count() == 1


def test_a_wrong_password_and_an_unknown_address_get_the_same_sentence(cast: Cast, client: Client) -> None:
    wrong = log_in(client, cast.steward.email, "not this one")
    unknown = log_in(client, "nobody@example.gov", "not this one")
    sentences = [response.context["form"].non_field_errors() for response in (wrong, unknown)]
    assert sentences[0] == sentences[1]
    assert "do not belong together" in sentences[0][0]
    assert not logged_in(client)


def test_a_closed_account_cannot_log_in(cast: Cast, client: Client) -> None:
    person_deactivate(user=cast.steward, actor=cast.portal_admin)
    log_in(client, cast.steward.email)
    assert not logged_in(client)


def test_closing_an_account_ends_the_sessions_that_are_open(
    cast: Cast, as_: Callable[[User], Client]
) -> None:
    client = as_(cast.steward)
    assert client.get(reverse("profile")).status_code == 200
    person_deactivate(user=cast.steward, actor=cast.portal_admin)
    assert client.get(reverse("profile")).status_code == 302


def test_after_ten_failures_even_the_right_password_has_to_wait(cast: Cast, client: Client) -> None:
    for _ in range(LOGIN_FAILURES):
        log_in(client, cast.steward.email, "guess")
    response = log_in(client, cast.steward.email)
    assert response.context["form"].non_field_errors() == [WAIT_SENTENCE]
    assert not logged_in(client)
    assert AuditEvent.objects.filter(action="accounts.login_refused").count() == 1


def test_the_wait_is_for_one_address_from_one_place(cast: Cast, client: Client) -> None:
    for _ in range(LOGIN_FAILURES):
        log_in(client, cast.steward.email, "guess")
    log_in(client, cast.coordinator.email)
    assert logged_in(client)
    elsewhere = Client(REMOTE_ADDR="203.0.113.7")
    log_in(elsewhere, cast.steward.email)
    assert logged_in(elsewhere)


def test_a_log_in_that_works_wipes_the_slate(cast: Cast, client: Client) -> None:
    for _ in range(LOGIN_FAILURES - 1):
        log_in(client, cast.steward.email, "guess")
    log_in(client, cast.steward.email)
    client.logout()
    log_in(client, cast.steward.email, "guess")
    log_in(client, cast.steward.email)
    assert logged_in(client)


def test_log_in_does_not_send_people_to_another_site(cast: Cast, client: Client) -> None:
    response = client.post(
        reverse("login"),
        {"username": cast.steward.email, "password": PASSWORD, "next": "https://evil.example/"},
    )
    assert response["Location"].startswith("/")


def test_log_out_needs_a_post_and_ends_the_session(cast: Cast, as_: Callable[[User], Client]) -> None:
    client = as_(cast.steward)
    assert client.get(reverse("logout")).status_code == 405
    assert logged_in(client)
    response = client.post(reverse("logout"), follow=True)
    assert not logged_in(client)
    assert "You are logged out." in response.content.decode()


def test_a_forgotten_password_is_replaced_through_the_letter(cast: Cast, client: Client) -> None:
    client.post(reverse("password_reset"), {"email": cast.steward.email})
    (letter,) = mail.outbox
    assert letter.to == [cast.steward.email]
    link = re.search(r"https?://[^/]+(/\S+)", letter.body)[1]
    form = client.get(link, follow=True)
    response = client.post(
        form.request["PATH_INFO"], {"new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}
    )
    assert response["Location"] == reverse("password_reset_complete")
    log_in(client, cast.steward.email, NEW_PASSWORD)
    assert logged_in(client)
    assert AuditEvent.objects.filter(action="accounts.password_changed").exists()
    again = client.get(link, follow=True)
    assert "This link has ended" in again.content.decode()


def test_an_unknown_address_gets_the_same_answer_and_no_letter(cast: Cast, client: Client) -> None:
    known = client.post(reverse("password_reset"), {"email": cast.steward.email})
    mail.outbox.clear()
    unknown = client.post(reverse("password_reset"), {"email": "nobody@example.gov"})
    assert unknown["Location"] == known["Location"]
    assert mail.outbox == []


def test_nobody_is_flooded_with_letters_for_a_new_password(cast: Cast, client: Client) -> None:
    for _ in range(RESET_LETTERS + 2):
        response = client.post(reverse("password_reset"), {"email": cast.steward.email})
        assert response["Location"] == reverse("password_reset_done")
    assert len(mail.outbox) == RESET_LETTERS


def invited(cast: Cast) -> User:
    return person_invite(
        email="New.Steward@Example.gov",
        full_name="Nora Newcomer",
        role=Role.STEWARD,
        program=cast.program,
        department=cast.public_works,
        actor=cast.portal_admin,
    )


def test_an_invited_person_chooses_a_password_and_is_in(cast: Cast, client: Client) -> None:
    user = invited(cast)
    form = client.get(invitation_path(user), follow=True)
    client.post(form.request["PATH_INFO"], {"new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD})
    assert client.session["_auth_user_id"] == str(user.pk)
    assert Invitation.objects.get(user=user).accepted_at is not None
    assert AuditEvent.objects.filter(action="accounts.invitation_accepted", actor=user).exists()
    log_in(fresh := Client(), "new.steward@example.gov", NEW_PASSWORD)
    assert logged_in(fresh)


def test_an_invitation_works_once(cast: Cast, client: Client) -> None:
    user = invited(cast)
    link = invitation_path(user)
    form = client.get(link, follow=True)
    client.post(form.request["PATH_INFO"], {"new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD})
    assert "This invitation has ended" in Client().get(link, follow=True).content.decode()


def test_an_invitation_ends_after_its_days(
    cast: Cast, client: Client, settings: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = invited(cast)
    last_moment = time.time() - timedelta(days=settings.INVITATION_DAYS).total_seconds()
    with monkeypatch.context() as then:
        then.setattr(TimestampSigner, "timestamp", lambda self: b62_encode(int(last_moment) - 5))
        link = invitation_path(user)
    assert "This invitation has ended" in client.get(link, follow=True).content.decode()


def test_an_invitation_of_a_closed_account_opens_nothing(cast: Cast, client: Client) -> None:
    user = invited(cast)
    link = invitation_path(user)
    person_deactivate(user=user, actor=cast.portal_admin)
    assert "This invitation has ended" in client.get(link, follow=True).content.decode()


@pytest.mark.parametrize("name", ["invitation_accept", "password_reset_confirm"])
def test_a_made_up_link_is_answered_with_a_human_page(cast: Cast, client: Client, name: str) -> None:
    response = client.get(reverse(name, args=["MQ", "made-up"]))
    assert response.status_code == 200
    assert "has ended" in response.content.decode()


def test_a_password_that_is_too_short_is_refused_with_the_reason(cast: Cast, client: Client) -> None:
    form = client.get(invitation_path(invited(cast)), follow=True)
    response = client.post(form.request["PATH_INFO"], {"new_password1": "short", "new_password2": "short"})
    assert "at least 12 characters" in response.content.decode()
    assert not logged_in(client)
