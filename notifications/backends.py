"""Where mail goes that Django sends itself (password reset), and our own letters on their last step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend

from notifications.guard import address_allowed, subject_marked
from notifications.models import MailboxMail


class SmtpBackend(EmailBackend):
    """SMTP that keeps mail home outside production: only allowed addresses, and a mark in the subject."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        allowed = []
        for mail in email_messages:
            mail.to = [address for address in mail.to if address_allowed(address)]
            mail.cc = [address for address in mail.cc if address_allowed(address)]
            mail.bcc = [address for address in mail.bcc if address_allowed(address)]
            mail.subject = subject_marked(str(mail.subject))
            if mail.recipients():
                allowed.append(mail)
        return super().send_messages(allowed) or 0


class MailboxBackend(BaseEmailBackend):
    """Development: mail is kept as rows that the mailbox page shows."""

    def __init__(self, fail_silently: bool = False, **options: Any) -> None:
        super().__init__(fail_silently=fail_silently)

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        rows = [
            MailboxMail(to=address, subject=" ".join(mail.subject.split())[:300], text=str(mail.body))
            for mail in email_messages
            for address in mail.recipients()
        ]
        MailboxMail.objects.bulk_create(rows)
        return len(email_messages)
