"""Two people, and the mail server of this run, reached through the backend of the product."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from aiosmtpd.controller import Controller

from accounts.models import User
from notifications.services import message_queue
from tests.services.smtp import SmtpSink


class RefusesPeople(SmtpSink):
    """A mail server that knows nobody."""

    async def handle_RCPT(self, server, session, envelope, address, options):
        return "550 No such person"


@pytest.fixture
def mail_server(smtp_sink, settings) -> SmtpSink:
    """The mail server of this run; set `refuse_with` to make it answer that."""
    settings.EMAIL_BACKEND = "notifications.backends.SmtpBackend"
    return smtp_sink


@pytest.fixture
def server_that_knows_nobody(mail_server, settings) -> Iterator[None]:
    sink = RefusesPeople()
    controller = Controller(sink, hostname="127.0.0.1", port=sink.port)
    controller.start()
    settings.EMAIL_PORT = sink.port
    yield
    controller.stop()


@pytest.fixture
def steward(db):
    return User.objects.create_user("stella@example.org", full_name="Stella Steward")


@pytest.fixture
def officer(db):
    return User.objects.create_user("priya@example.org", full_name="Priya Raman")


@pytest.fixture
def queue(steward, officer):
    """Queue a letter with sensible words, unless a test says otherwise."""

    def queue(message_id="pass_quality", **given):
        arguments = {
            "message_id": message_id,
            "recipients": [steward],
            "actor": officer,
            "context": {"dataset": "Building permits"},
            "path": "/datasets/42/",
            **given,
        }
        return message_queue(**arguments)

    return queue
