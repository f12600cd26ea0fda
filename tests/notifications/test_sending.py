"""Sending: what a mail server answers, and what becomes of the letter. The server is a real one."""

from datetime import timedelta

import pytest
from django.core.mail import EmailMessage
from django.utils import timezone

from audit.models import AuditEvent
from notifications.models import MailboxMail, OutgoingMessage
from notifications.services import message_send_again
from notifications.tasks import message_send

pytestmark = pytest.mark.django_db


def run(row):
    """Run the worker's task on a row, as if its wait were over."""
    OutgoingMessage.objects.filter(pk=row.pk).update(due_at=timezone.now() - timedelta(seconds=1))
    message_send(row.pk)
    return OutgoingMessage.objects.get(pk=row.pk)


def test_letter_goes_out_as_text_and_html_with_its_headers(queue, mail_server):
    (row,) = queue()
    row = run(row)

    (mail,) = mail_server.letters
    assert mail["To"] == "stella@example.org"
    assert mail["Subject"] == "Building permits: passed the quality check"
    assert mail["Message-ID"] == row.header_id
    assert mail["Auto-Submitted"] == "auto-generated"
    assert "List-Id" in mail
    assert "Priya Raman passed" in mail.get_body(["plain"]).get_content()
    assert "<a class=" in mail.get_body(["html"]).get_content()
    assert (row.status, row.channel, row.outcome) == ("done", "smtp", "Handed to the mail server.")
    assert row.sent_at is not None


def test_server_that_says_later_gets_the_same_letter_again(queue, mail_server):
    mail_server.refuse_with = "451 Try again later"
    (row,) = queue()

    row = run(row)
    assert (row.status, row.attempts, row.sent_at) == ("queued", 1, None)
    assert "come back later (answer 451)" in row.error
    assert mail_server.letters == []

    mail_server.clear()
    again = run(row)
    assert (again.status, again.error) == ("done", "")
    assert [mail["Message-ID"] for mail in mail_server.letters] == [row.header_id]


def test_server_that_is_away_is_tried_again(queue, mail_server, settings):
    settings.EMAIL_PORT = 1
    row = run(queue()[0])

    assert row.status == "queued"
    assert "could not be reached" in row.error


def test_address_that_is_refused_stops_with_a_sentence(queue, server_that_knows_nobody):
    row = run(queue()[0])

    assert row.status == "dead"
    assert row.error.startswith("The mail server refuses the address. Correct it under People")


def test_letter_that_is_refused_stops_and_a_person_can_send_it_again(queue, mail_server, officer):
    mail_server.refuse_with = "554 Rejected as spam"
    row = run(queue()[0])
    assert row.status == "dead"
    assert row.error == (
        "The mail server refuses the letter. Ask who runs it why, then send it again (answer 554)."
    )

    mail_server.clear()
    assert message_send_again(message=row, actor=officer)
    assert run(row).status == "done"
    assert not message_send_again(message=run(row), actor=officer)
    assert AuditEvent.objects.filter(action="work.retried", actor=officer).count() == 1


def test_letter_that_was_sent_is_not_sent_twice(queue, mail_server):
    (row,) = queue()
    run(row)
    OutgoingMessage.objects.filter(pk=row.pk).update(status="queued")

    assert run(row).status == "done"
    assert len(mail_server.letters) == 1


def test_account_closed_in_between_gets_nothing_and_the_row_says_why(queue, mail_server, steward):
    (row,) = queue()
    steward.is_active = False
    steward.save()

    row = run(row)
    assert mail_server.letters == []
    assert (row.status, row.outcome) == ("done", "Not sent: the account is closed.")


def test_site_that_marks_its_subjects_writes_to_its_allow_list_only(
    queue, mail_server, settings, steward, officer
):
    settings.EMAIL_SUBJECT_PREFIX = "[staging]"
    settings.EMAIL_ALLOW_LIST = ["Stella@example.org"]
    rows = [run(row) for row in queue(recipients=[steward, officer], actor=None)]

    (mail,) = mail_server.letters
    assert mail["To"] == "stella@example.org"
    assert mail["Subject"].startswith("[staging] Building permits")
    assert [row.status for row in rows] == ["done", "done"]
    assert "allow-list" in rows[1].outcome


def test_site_with_a_mark_and_no_list_writes_to_nobody(queue, mail_server, settings):
    settings.EMAIL_SUBJECT_PREFIX = "[staging]"
    row = run(queue()[0])
    EmailMessage("Password reset", "Choose a new one.", to=["stella@example.org"]).send()

    assert mail_server.letters == []
    assert row.sent_at is None


def test_whole_domains_may_be_allowed(mail_server, settings):
    settings.EMAIL_ALLOW_LIST = ["@example.org"]
    EmailMessage("Password reset", "Choose.", to=["a@example.org", "b@elsewhere.example"]).send()

    assert [mail["To"] for mail in mail_server.letters] == ["a@example.org"]


def test_link_that_opens_without_a_log_in_is_forgotten_once_it_left(queue, mail_server):
    context = {"program": "City of Exampleville", "role": "data steward"}
    (row,) = queue("invited", context=context, path="/invitation/abc/secret-token/")

    row = run(row)
    assert "secret-token" in mail_server.letters[0].get_body(["plain"]).get_content()
    assert row.path == ""


def test_mailbox_channel_delivers_without_sending(queue, settings):
    settings.NOTIFICATION_CHANNEL = "mailbox"
    row = run(queue()[0])

    assert (row.status, row.channel) == ("done", "mailbox")
    assert row.sent_at is not None


def test_mail_of_django_itself_reaches_the_mailbox(settings):
    settings.EMAIL_BACKEND = "notifications.backends.MailboxBackend"
    EmailMessage("Password reset", "Choose a new one.", to=["stella@example.org"]).send()

    mail = MailboxMail.objects.get()
    assert (mail.to, mail.subject, mail.text) == ("stella@example.org", "Password reset", "Choose a new one.")
