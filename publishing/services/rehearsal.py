"""A dry run: what publishing this copy would do on each portal, asked of the portal itself, and written nowhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from publishing.models import PortalAsset
from publishing.places import place_words
from publishing.portals.base import PortalError
from publishing.records import PortalRecord
from publishing.rehearsal import Planned, Wish, plan_of
from publishing.selectors import is_our_place
from publishing.services.remote import open_portal, place_of
from work.errors import Stop

# Nobody waits long for a page, and an adapter opened so refuses every write before it is sent.
_LOOKING = {"tries": 2, "read_seconds": 10.0, "read_only": True}


@dataclass(frozen=True)
class Rehearsed:
    """The plan for one place, or the sentence that says why there is none."""

    place: str
    lines: list[Planned] = field(default_factory=list)
    trouble: str = ""


def publication_rehearse(
    *, dataset_id: int, portals: Sequence[str], record: PortalRecord, rows: int | None, to_public: bool
) -> list[Rehearsed]:
    """The plan for each of these portals. Changes nothing there and nothing here."""
    return [_one(dataset_id, code, record, rows, to_public) for code in portals]


def _one(dataset_id: int, code: str, record: PortalRecord, rows: int | None, to_public: bool) -> Rehearsed:
    domain = place_of(code)
    place = place_words(code, domain)
    asset = PortalAsset.objects.filter(dataset_id=dataset_id, portal=code, domain=domain).first()
    wish = Wish(record, rows, to_public)
    if asset is not None:
        wish = replace(wish, remote_id=asset.remote_id, is_ours=is_our_place(asset))
    try:
        with open_portal(_quiet, code, **_LOOKING) as portal:
            return Rehearsed(place, plan_of(portal, wish))
    except (Stop, PortalError) as error:
        return Rehearsed(place, trouble=error.sentence)


def _quiet(why: str) -> None:
    """Nobody watches a progress bar here."""
