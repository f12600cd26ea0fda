"""The Socrata portal over sodapy: how each thing that publishing asks for is said to Socrata."""

from __future__ import annotations

from publishing.portals.base import Proof
from publishing.portals.socrata.assets import Assets
from publishing.portals.socrata.audience import Audience
from publishing.portals.socrata.describing import Describing
from publishing.portals.socrata.sharing import Sharing
from publishing.records import PortalRecord


class SocrataPortal(Assets, Describing, Sharing, Audience):
    """publishing.portals.base.Portal for Socrata, with what it can do besides."""

    def proofs(self, remote_id: str, record: PortalRecord) -> list[Proof]:
        return [*super().proofs(remote_id, record), *self.point_proofs(remote_id, record)]
