"""The mailbox of development, the letters in the admin, and the choice of news."""

import io
from datetime import timedelta

import pytest
from django.core.mail import EmailMessage
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from notifications.models import OutgoingMessage, Preference
from notifications.services import message_queue
from tests.cast import cast_create

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return cast_create()


@pytest.fixture
def mailbox(settings):
    settings.NOTIFICATION_CHANNEL = "mailbox"
    settings.EMAIL_BACKEND = "notifications.backends.MailboxBackend"


def write(cast, title, *people, message_id="pass_quality", **given):
    return message_queue(
        message_id=message_id,
        recipients=people,
        actor=cast.coordinator,
        context={"dataset": title},
        path="/releases/1/",
        **given,
    )


def page(client, **query):
    return client.get(reverse("mailbox"), query).content.decode()


def test_mailbox_lists_letters_and_mail_of_django_newest_first(client, cast, mailbox):
    write(cast, "Permits", cast.steward, now=timezone.now() - timedelta(hours=1))
    EmailMessage("Choose a new password", "http://127.0.0.1/x/", to=["maria.lopez@example.gov"]).send()

    text = page(client)
    assert "2 letters" in text
    assert text.index("Choose a new password") < text.index("Permits: passed the quality check")


def test_mailbox_can_be_narrowed_to_a_person_and_searched(client, cast, mailbox):
    write(cast, "Permits", cast.steward, asked=[cast.privacy_officer])
    write(cast, "Potholes", cast.steward)

    assert "1 letter," in page(client, person=cast.privacy_officer.email)
    assert "1 letter," in page(client, search="pothole")
    assert "Permits: please review its privacy" in page(client, search="Priya")
    assert "No letter fits" in page(client, search="nothing like this")
    assert "3 letters" in page(client, person="nobody@example.org")


def test_mailbox_without_letters_says_when_there_will_be_some(client, mailbox, db):
    assert "No letters yet" in page(client)


def test_mailbox_has_pages(client, cast, mailbox):
    for number in range(30):
        write(cast, f"Survey {number}", cast.steward)

    assert "1 to 25 of 30" in page(client)
    assert "26 to 30 of 30" in page(client, page=2)


def test_letter_is_shown_as_html_and_as_plain_text_without_inline_style(client, cast, mailbox):
    (row,) = write(cast, "Fire & <rescue>", cast.steward)

    text = client.get(reverse("mailbox_letter", args=["letter", row.pk])).content.decode()
    assert text.count("Fire &amp; &lt;rescue&gt;") >= 4
    assert "<rescue>" not in text
    assert " style=" not in text and "<style" not in text
    assert "As plain text" in text and "Maria Lopez" in text


def test_mail_of_django_is_shown_with_its_link(client, cast, mailbox):
    from notifications.models import MailboxMail

    EmailMessage("Choose <b>", "Here: http://127.0.0.1:8000/reset/a/b/", to=["a@example.gov"]).send()

    text = client.get(reverse("mailbox_letter", args=["mail", MailboxMail.objects.get().pk])).content.decode()
    assert 'href="http://127.0.0.1:8000/reset/a/b/"' in text
    assert "Choose &lt;b&gt;" in text


def test_site_that_sends_mail_has_no_mailbox(client, cast, settings):
    settings.NOTIFICATION_CHANNEL = "smtp"
    (row,) = write(cast, "Permits", cast.steward)

    assert client.get(reverse("mailbox")).status_code == 404
    assert client.get(reverse("mailbox_letter", args=["letter", row.pk])).status_code == 404


def test_site_that_is_served_to_people_never_has_a_mailbox(client, mailbox, settings, db):
    from notifications.checks import letters_leave_the_house

    settings.SESSION_COOKIE_SECURE = True

    assert client.get(reverse("mailbox")).status_code == 404
    assert [fault.id for fault in letters_leave_the_house(None)] == ["notifications.E002"]


def test_unknown_channel_is_an_error_at_the_start(settings):
    from notifications.checks import channel_is_known

    settings.NOTIFICATION_CHANNEL = "pigeon"

    assert [fault.id for fault in channel_is_known(None)] == ["notifications.E001"]


def test_person_chooses_their_news(client, cast):
    client.force_login(cast.steward)
    address = reverse("letter_preferences")

    assert "a release became public" in client.get(address).content.decode()
    client.post(address, {"wanted": ["publish", "review_requested", "made up"]})

    wanted = Preference.objects.filter(user=cast.steward, wanted=True)
    assert list(wanted.values_list("message_id", flat=True)) == ["publish"]
    assert client.get(address).content.decode().count(" checked") == 1


def test_portal_admin_sees_the_letters_of_their_program_only(client, cast):
    write(cast, "Permits", cast.steward, cast.foreign_cdo)
    call_command("sync_roles", stdout=io.StringIO())
    client.force_login(cast.portal_admin)

    text = client.get(reverse("admin:notifications_outgoingmessage_changelist")).content.decode()
    assert "Maria Lopez" in text
    assert "Felix Far" not in text


def test_others_cannot_look_into_the_outbox(client, cast):
    call_command("sync_roles", stdout=io.StringIO())
    client.force_login(cast.cdo)

    assert client.get(reverse("admin:notifications_outgoingmessage_changelist")).status_code == 403


def test_portal_admin_sends_stopped_letters_again(client, cast):
    rows = write(cast, "Permits", cast.steward, cast.cdo)
    OutgoingMessage.objects.filter(pk=rows[0].pk).update(status="dead", error="The mail server refuses.")
    call_command("sync_roles", stdout=io.StringIO())
    client.force_login(cast.portal_admin)

    client.post(
        reverse("admin:notifications_outgoingmessage_changelist"),
        {"action": "send_again", "_selected_action": [row.pk for row in rows]},
    )
    assert set(OutgoingMessage.objects.values_list("status", "error")) == {("queued", "")}
