"""How a letter reaches its reader. A channel delivers, or says whether trying again makes sense.

CHANNELS is the whole list; settings.NOTIFICATION_CHANNEL names the one this site uses.
"""

from __future__ import annotations

import smtplib
from collections.abc import Callable

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from notifications.guard import address_allowed
from notifications.messages import Letter


class ChannelBusy(Exception):
    """Not now: the same letter may pass later."""


class ChannelRefused(Exception):
    """Not this letter: waiting does not cure it."""


class ChannelKept(Exception):
    """Not sent, on purpose."""


Deliver = Callable[[str, Letter, dict[str, str]], str]


def smtp_deliver(address: str, letter: Letter, headers: dict[str, str]) -> str:
    """Hand the letter to the mail server. Returns what became of it, in words.

    Raises ChannelKept when this site may not write to the address, ChannelBusy when the server is away or
    says "later" (4xx), ChannelRefused when it refuses the address or the letter for good (5xx).
    """
    if not address_allowed(address):
        raise ChannelKept("Not sent: the address is not on this site's allow-list (EMAIL_ALLOW_LIST).")
    mail = EmailMultiAlternatives(letter.subject, letter.text, to=[address], headers=headers)
    mail.attach_alternative(letter.html, "text/html")
    try:
        mail.send()
    except smtplib.SMTPRecipientsRefused as error:
        code = max((answer[0] for answer in error.recipients.values()), default=0)
        raise _fault(
            code, "refuses the address. Correct it under People, then send the letter again"
        ) from error
    except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
        raise _fault(
            error.smtp_code, "refuses the letter. Ask who runs it why, then send it again"
        ) from error
    except smtplib.SMTPNotSupportedError as error:
        raise ChannelRefused(
            "The mail server cannot write to this address. Correct it under People."
        ) from error
    except smtplib.SMTPAuthenticationError as error:
        raise ChannelBusy("The mail server did not accept our log-in. It is tried again.") from error
    except (smtplib.SMTPException, OSError) as error:
        raise ChannelBusy("The mail server could not be reached. It is tried again.") from error
    return "Handed to the mail server."


def mailbox_deliver(address: str, letter: Letter, headers: dict[str, str]) -> str:
    """Development: nothing leaves; the mailbox page shows the row itself."""
    return "Delivered to the mailbox page."


CHANNELS: dict[str, Deliver] = {"smtp": smtp_deliver, "mailbox": mailbox_deliver}


def channel_current() -> tuple[str, Deliver]:
    """The channel that the settings name, with its name."""
    return settings.NOTIFICATION_CHANNEL, CHANNELS[settings.NOTIFICATION_CHANNEL]


def _fault(code: int, words: str) -> ChannelBusy | ChannelRefused:
    if code >= 500:
        return ChannelRefused(f"The mail server {words} (answer {code}).")
    return ChannelBusy(f"The mail server asks us to come back later (answer {code}).")
