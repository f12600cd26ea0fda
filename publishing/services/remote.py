"""The portals as the settings name them, and how a worker spends the waits that a portal asks for."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from publishing.errors import PublishingError
from publishing.portals.arcgis import ArcgisConfig, ArcgisPortal
from publishing.portals.base import Portal, PortalError, Throttled
from publishing.portals.ckan import CkanConfig, CkanPortal
from publishing.portals.socrata import SocrataConfig, SocrataPortal
from publishing.portals.static import StaticConfig, StaticPortal
from publishing.refusals import EncodingError
from work.errors import Retry, Stop

# A request must end before the lease of the work does.
_SHARE_OF_LEASE = 0.75
_SHORTEST_READ = 2.0


@dataclass(frozen=True)
class Kind:
    """One kind of portal. `place` is the setting that says where it is, `needed` what must be set besides."""

    place: str
    needed: tuple[str, ...]
    make: Callable[[dict[str, Any]], Portal]


def _socrata(waits: dict[str, Any]) -> Portal:
    return SocrataPortal(
        SocrataConfig(
            domain=settings.SOCRATA_DOMAIN,
            scheme=settings.SOCRATA_SCHEME,
            key_id=settings.SOCRATA_KEY_ID,
            key_secret=settings.SOCRATA_KEY_SECRET,
            app_token=settings.SOCRATA_APP_TOKEN,
            federated_sites=tuple(settings.SOCRATA_FEDERATED_SITES),
            file_bytes=settings.SOCRATA_FILE_MEGABYTES << 20,
            **waits,
        )
    )


def _ckan(waits: dict[str, Any]) -> Portal:
    return CkanPortal(
        CkanConfig(
            domain=settings.CKAN_DOMAIN,
            scheme=settings.CKAN_SCHEME,
            api_token=settings.CKAN_API_TOKEN,
            organization=settings.CKAN_ORGANIZATION,
            **waits,
        )
    )


def _arcgis(waits: dict[str, Any]) -> Portal:
    return ArcgisPortal(
        ArcgisConfig(
            domain=settings.ARCGIS_DOMAIN,
            scheme=settings.ARCGIS_SCHEME,
            username=settings.ARCGIS_USERNAME,
            password=settings.ARCGIS_PASSWORD,
            service_hosts=tuple(settings.ARCGIS_SERVICE_HOSTS),
            group=settings.ARCGIS_GROUP,
            **waits,
        )
    )


def _static(waits: dict[str, Any]) -> Portal:
    return StaticPortal(
        StaticConfig.at(settings.STATIC_CATALOGUE_URL, settings.STATIC_CATALOGUE_ROOT, **waits)
    )


# By the codes that program profiles use.
KINDS: dict[str, Kind] = {
    "socrata": Kind("SOCRATA_DOMAIN", ("SOCRATA_KEY_ID", "SOCRATA_KEY_SECRET"), _socrata),
    "ckan": Kind("CKAN_DOMAIN", ("CKAN_API_TOKEN", "CKAN_ORGANIZATION"), _ckan),
    "arcgis_geo": Kind("ARCGIS_DOMAIN", ("ARCGIS_USERNAME", "ARCGIS_PASSWORD"), _arcgis),
    "static": Kind("STATIC_CATALOGUE_URL", ("STATIC_CATALOGUE_ROOT",), _static),
}


def place_of(portal: str) -> str:
    """Where the portal of this code is, as the settings say now; empty when they do not."""
    return (
        str(getattr(settings, KINDS[portal].place))
        .removeprefix("https://")
        .removeprefix("http://")
        .rstrip("/")
    )


def is_set_up(portal: str) -> bool:
    """Do the settings say where the portal of this code is, and how we get in?"""
    kind = KINDS[portal]
    return all(getattr(settings, name) for name in (kind.place, *kind.needed))


def open_portal(tell: Callable[[str], None], portal: str = "socrata", **changes: Any) -> Portal:
    """The portal of this code; `tell` shows people why we wait. Raises Stop when it is not set up.

    `changes` are other values of PortalConfig, for a page that cannot wait, or one that must not write.
    """
    kind = KINDS[portal]
    names = (kind.place, *kind.needed)
    if not is_set_up(portal):
        listed = f"{', '.join(names[:-1])} and {names[-1]}"
        raise Stop(f"No portal is set up. Ask your portal admin to set {listed}, then press Resume.")

    def pause(seconds: float, why: str) -> None:
        tell(why)
        time.sleep(seconds)

    lease = settings.WORK_LEASE_SECONDS * settings.TIME_SCALE
    waits = {
        "read_seconds": max(_SHORTEST_READ, lease * _SHARE_OF_LEASE),
        "wait_scale": settings.TIME_SCALE,
        "pause": pause,
    }
    try:
        return kind.make(waits | changes)
    except ValueError as error:
        raise Stop(f"The portal is not set up rightly: {error} Then press Resume.") from None


@contextmanager
def told_as_work() -> Iterator[None]:
    """What a portal or the copy itself refuses, in the terms of the queue: Retry while waiting may help, else Stop."""
    try:
        yield
    except PortalError as error:
        if error.permanent:
            raise Stop(error.sentence) from None
        after = error.retry_after if isinstance(error, Throttled) else None
        raise Retry(error.sentence, after=after) from None
    except (EncodingError, PublishingError) as error:
        raise Stop(error.sentence) from None
