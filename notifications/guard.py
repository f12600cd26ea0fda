"""Outside production, mail stays home: whom this site writes to, how it marks subjects, who reads letters."""

from __future__ import annotations

from django.conf import settings


def address_allowed(address: str) -> bool:
    """True when this site may write to `address`.

    A site that has an allow-list, or marks its subjects, is not the real one: it writes to the list only, and
    to nobody while the list is empty. Entries are addresses, or domains that begin with "@".
    """
    if not settings.EMAIL_ALLOW_LIST and not settings.EMAIL_SUBJECT_PREFIX:
        return True
    address = address.lower()
    allowed = {entry.strip().lower() for entry in settings.EMAIL_ALLOW_LIST}
    return address in allowed or f"@{address.rpartition('@')[2]}" in allowed


def mailbox_open() -> bool:
    """True where letters are kept in the product for its developers to read.

    The mailbox shows everybody's letters, links that set a password included, so a site that is served to
    people (its cookies travel over HTTPS only) never has one, whatever its settings say.
    """
    return settings.NOTIFICATION_CHANNEL == "mailbox" and not settings.SESSION_COOKIE_SECURE


def subject_marked(subject: str) -> str:
    """The subject with the site's mark before it, once."""
    mark = settings.EMAIL_SUBJECT_PREFIX.strip()
    return f"{mark} {subject}" if mark and not subject.startswith(mark) else subject
