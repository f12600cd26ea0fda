"""The rows of the publishing station."""

from publishing.models.bounds import PermitBounds
from publishing.models.notice import PortalNotice
from publishing.models.publication import Chunk, Permit, PortalAsset, Publication
from publishing.models.recheck import PublicCheck
from publishing.models.source import EtlRecord, Fetch, RefreshState, SourceHost

__all__ = [
    "Chunk",
    "EtlRecord",
    "Fetch",
    "Permit",
    "PermitBounds",
    "PortalAsset",
    "PortalNotice",
    "PublicCheck",
    "Publication",
    "RefreshState",
    "SourceHost",
]
