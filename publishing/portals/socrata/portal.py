"""The Socrata portal over sodapy: how each thing that publishing asks for is said to Socrata."""

from __future__ import annotations

from publishing.portals.base import Proof
from publishing.portals.socrata.connection import Connection
from publishing.portals.socrata.drafts import Drafts
from publishing.portals.socrata.filtered import Filtered
from publishing.portals.socrata.sharing import Sharing
from publishing.records import PortalRecord


class SocrataPortal(Drafts, Connection, Filtered, Sharing):
    """publishing.portals.base.Portal for Socrata, with what it can do besides."""

    def proofs(self, remote_id: str, record: PortalRecord) -> list[Proof]:
        return [*super().proofs(remote_id, record), *self.point_proofs(remote_id, record)]
