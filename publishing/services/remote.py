"""The portal as the settings name it, and how a worker spends the waits that the portal asks for."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.conf import settings

from publishing.portals.socrata import SocrataConfig, SocrataPortal
from work.errors import Stop

# A request must end before the lease of the work does.
_SHARE_OF_LEASE = 0.75
_SHORTEST_READ = 2.0


def open_portal(tell: Callable[[str], None]) -> SocrataPortal:
    """The configured portal; `tell` shows people why we wait. Raises Stop when it is not set up."""
    if not (settings.SOCRATA_DOMAIN and settings.SOCRATA_KEY_ID and settings.SOCRATA_KEY_SECRET):
        raise Stop(
            "No portal is set up. Ask your portal admin to set SOCRATA_DOMAIN, SOCRATA_KEY_ID and "
            "SOCRATA_KEY_SECRET, then press Resume."
        )

    def pause(seconds: float, why: str) -> None:
        tell(why)
        time.sleep(seconds)

    try:
        return SocrataPortal(
            SocrataConfig(
                domain=settings.SOCRATA_DOMAIN,
                scheme=settings.SOCRATA_SCHEME,
                key_id=settings.SOCRATA_KEY_ID,
                key_secret=settings.SOCRATA_KEY_SECRET,
                app_token=settings.SOCRATA_APP_TOKEN,
                read_seconds=max(
                    _SHORTEST_READ, settings.WORK_LEASE_SECONDS * settings.TIME_SCALE * _SHARE_OF_LEASE
                ),
                wait_scale=settings.TIME_SCALE,
                pause=pause,
            )
        )
    except ValueError as error:
        raise Stop(f"The portal is not set up rightly: {error} Then press Resume.") from None
