"""The test of a portal's connection, for the portal admin: it reads, and writes only when asked to try it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.db import transaction

from audit.services import event_record
from publishing.portals.base import Examines, Finding, PortalError
from publishing.services.remote import open_portal, place_of
from work.errors import Stop

if TYPE_CHECKING:
    from accounts.models import User

# A person waits for the page: one try of each request, and no long wait for any.
_IMPATIENT = {"tries": 1, "read_seconds": 8.0}
# What the trial writes may take longer than a look.
_PATIENT = {"tries": 3, "read_seconds": 20.0}


def connection_examine(*, portal: str = "socrata") -> list[Finding]:
    """What the portal says of itself and of us, line by line. Sends nothing that changes anything there."""
    return _lines(portal, {**_IMPATIENT, "read_only": True}, by_doing=False)


def connection_try(*, actor: User, portal: str = "socrata") -> list[Finding]:
    """Make, fill and remove a private test dataset on the portal, by a person's wish; the trail says so."""
    with transaction.atomic():
        event_record(action="publishing.connection_tried", actor=actor, data={"place": place_of(portal)})
    return _lines(portal, _PATIENT, by_doing=True)


def _lines(code: str, changes: Mapping[str, object], *, by_doing: bool) -> list[Finding]:
    def quiet(why: str) -> None:
        """Nobody watches a progress bar here."""

    try:
        with open_portal(quiet, code, **changes) as portal:
            if not isinstance(portal, Examines):
                return [Finding("A test of the connection", "", "This kind of portal has none yet.")]
            return portal.rehearse() if by_doing else portal.examine()
    except Stop as stop:
        return [Finding("The settings of the portal", "bad", stop.sentence)]
    except PortalError as error:
        return [Finding("The connection", "bad", error.sentence)]
