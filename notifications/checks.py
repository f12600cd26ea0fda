"""System checks: the channel exists, and a real site does not keep its letters to itself."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from notifications.channels import CHANNELS
from notifications.guard import mailbox_open


@register()
def channel_is_known(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """The setting names a channel that there is."""
    if settings.NOTIFICATION_CHANNEL in CHANNELS:
        return []
    return [
        Error(
            f"There is no channel {settings.NOTIFICATION_CHANNEL!r}.",
            hint=f"Set NOTIFICATION_CHANNEL to one of {', '.join(CHANNELS)}.",
            id="notifications.E001",
        )
    ]


@register()
def letters_leave_the_house(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """A site that is served to people sends its letters."""
    if settings.NOTIFICATION_CHANNEL != "mailbox" or mailbox_open():
        return []
    return [
        Error(
            "NOTIFICATION_CHANNEL is mailbox: letters would stay here, where nobody can read them.",
            hint="Set NOTIFICATION_CHANNEL=smtp and the EMAIL_* settings.",
            id="notifications.E002",
        )
    ]
