"""A real SMTP server that keeps what it is sent."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

from tests.services.processes import free_port


class SmtpSink:
    """`letters` are the messages received so far; `refuse_with` makes the server answer that instead."""

    def __init__(self) -> None:
        self.port = free_port()
        self.letters: list[EmailMessage] = []
        self.refuse_with = ""

    @property
    def environment(self) -> dict[str, str]:
        """What a process of ours must be told to send its letters here."""
        return {
            "NOTIFICATION_CHANNEL": "smtp",
            "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": str(self.port),
        }

    def clear(self) -> None:
        self.letters.clear()
        self.refuse_with = ""

    def to(self, address: str) -> list[EmailMessage]:
        """The letters to one person."""
        return [letter for letter in self.letters if address in str(letter["To"])]

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.refuse_with:
            return self.refuse_with
        letter = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(letter, EmailMessage)
        self.letters.append(letter)
        return "250 OK"


@contextlib.contextmanager
def smtp_server() -> Iterator[SmtpSink]:
    sink = SmtpSink()
    controller = Controller(sink, hostname="127.0.0.1", port=sink.port)
    controller.start()
    try:
        yield sink
    finally:
        controller.stop()
