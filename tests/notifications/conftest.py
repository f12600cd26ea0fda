"""Two people, and a mail server on this machine that answers as a test tells it to."""

from __future__ import annotations

import socket
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller

from accounts.models import User
from notifications.services import message_queue


class Sink:
    """An SMTP handler that keeps what it accepts. `answers` are given to the next letters, one each."""

    def __init__(self):
        self.answers = []
        self.at_recipient = []
        self.received = []

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.at_recipient:
            return self.at_recipient.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if answer.startswith("250"):
            mail = message_from_bytes(envelope.content, policy=policy.default)
            self.received.append((envelope.rcpt_tos, mail))
        return answer


@pytest.fixture
def mail_server(settings):
    """A running mail server that the SMTP channel writes to."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    sink = Sink()
    controller = Controller(sink, hostname="127.0.0.1", port=port)
    controller.start()
    settings.NOTIFICATION_CHANNEL = "smtp"
    settings.EMAIL_BACKEND = "notifications.backends.SmtpBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    yield sink
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
