"""Letters to people without an account: the address is kept no longer than the letter needs it."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from notifications.messages import letter_render
from notifications.models import OutgoingMessage
from notifications.selectors import preferences_of
from notifications.services import message_queue_to_address
from tests.notifications.test_sending import run

pytestmark = pytest.mark.django_db
ADDRESS = "resident@example.net"


def write(message_id="request_changed", **given):
    return message_queue_to_address(
        message_id=message_id,
        address=ADDRESS,
        context={"dataset": "Bicycle counts", "verdict": "Accepted"},
        path="/requests/riverbend/7/",
        **given,
    )


def test_letter_goes_to_the_address_and_the_row_forgets_it(mail_server):
    row = run(write())

    (mail,) = mail_server.letters
    assert mail["To"] == ADDRESS
    assert "this address was given to us" in mail.get_body(["plain"]).get_content()
    assert (row.status, row.recipient, row.to_address) == ("done", None, "")


def test_link_with_a_secret_is_forgotten_too(mail_server):
    row = run(write("request_confirm"))

    assert (row.path, row.to_address) == ("", "")


def test_letter_that_the_server_refuses_for_good_keeps_no_address(server_that_knows_nobody):
    row = run(write())

    assert (row.status, row.to_address) == ("dead", "")


def test_letter_with_a_secret_that_the_server_refuses_keeps_no_link(server_that_knows_nobody):
    row = run(write("request_confirm"))

    assert (row.status, row.path, row.to_address) == ("dead", "", "")


def test_letter_that_comes_later_keeps_the_address_until_its_last_try(mail_server):
    mail_server.refuse_with = "451 Try again later"
    row = run(write())
    assert (row.status, row.to_address) == ("queued", ADDRESS)

    OutgoingMessage.objects.filter(pk=row.pk).update(attempts=OutgoingMessage.MAX_ATTEMPTS - 1)
    row = run(row)
    assert (row.status, row.to_address) == ("dead", "")


def test_letter_whose_address_is_forgotten_is_not_sent(mail_server):
    row = write()
    OutgoingMessage.objects.filter(pk=row.pk).update(to_address="")

    row = run(row)
    assert (row.status, row.sent_at, mail_server.letters) == ("done", None, [])
    assert "forgotten" in row.outcome


def test_letter_of_the_house_does_not_leave_it():
    with pytest.raises(ValueError, match="people with an account"):
        write("publish")


def test_letter_has_one_reader(steward):
    with pytest.raises(IntegrityError), transaction.atomic():
        OutgoingMessage.objects.create(recipient=steward, to_address=ADDRESS, message_id="publish")


def test_letters_to_strangers_are_no_news_to_turn_off(steward):
    assert "request_changed" not in {message.id for message, _ in preferences_of(steward)}
    assert (
        "profile"
        not in letter_render("request_changed", {"dataset": "x", "verdict": "y"}, path="/", asked=False).text
    )


def test_mailbox_of_development_shows_them(client, settings):
    settings.NOTIFICATION_CHANNEL = "mailbox"
    row = run(write())

    assert row.to_address == ADDRESS
    assert ADDRESS in client.get(reverse("mailbox")).content.decode()
    assert ADDRESS in client.get(reverse("mailbox_letter", args=["letter", row.pk])).content.decode()
    assert "1 letter" in client.get(reverse("mailbox"), {"person": ADDRESS}).content.decode()
