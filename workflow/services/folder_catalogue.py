"""data.json of a catalogue of plain files: written whenever what its programs have public becomes another.

Only the workflow knows what is public, and only the portal where the file goes; here the two meet.
"""

from __future__ import annotations

import logging
from datetime import datetime

from django.core.cache import cache

from accounts.models import Program
from accounts.selectors import profile_for
from publishing import dcat
from publishing.places import PortalRules
from publishing.portals.base import PlacesFiles, PortalError
from publishing.services.remote import is_set_up, open_portal
from work.errors import Stop
from workflow.selectors.catalogue import programs_in_catalogue
from workflow.selectors.catalogue_file import catalogue_of, standing_of, text_of

log = logging.getLogger(__name__)

NAME = "data.json"
_PORTAL = "static"
# A folder that was put back from a backup has the right file after a day at the latest.
_KNOWN_SECONDS = 24 * 3600
# What is public may become another while the file is made: then it is made once more.
_TRIES = 5


def folder_catalogue_write(*, now: datetime | None = None) -> bool:
    """Bring data.json of the catalogue of files up to date; returns whether it became another.

    Does nothing where no such catalogue is set up or no program publishes there. Trouble with the folder is
    logged, and the sweep tries again (FEATURES M37).
    """
    if not is_set_up(_PORTAL):
        return False
    programs = [program for program in programs_in_catalogue() if _goes_there(program)]
    if not programs:
        return False
    try:
        with open_portal(log.info, _PORTAL) as portal:
            return isinstance(portal, PlacesFiles) and _write(portal, programs, now)
    except (PortalError, Stop) as error:
        log.warning("%s of the catalogue of files was not written: %s", NAME, error)
        return False


def _goes_there(program: Program) -> bool:
    return _PORTAL in PortalRules.of(profile_for(program).publication).portals


def _write(portal: PlacesFiles, programs: list[Program], now: datetime | None) -> bool:
    address = portal.file_url(NAME)
    key = f"folder-catalogue:{address}"
    is_new = False
    for _ in range(_TRIES):
        standing = standing_of(programs, now=now).digest
        if cache.get(key) == standing:
            break
        file = catalogue_of(programs, version=dcat.V1, address=address, now=now)
        is_new |= portal.place(NAME, text_of(file))
        # Another worker may have written what was right a moment ago: whoever writes looks once more.
        if standing_of(programs, now=now).digest == standing:
            cache.set(key, standing, _KNOWN_SECONDS)
            break
    return is_new
