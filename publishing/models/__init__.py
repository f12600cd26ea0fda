"""The rows of the publishing station."""

from publishing.models.publication import Chunk, Permit, PortalAsset, Publication

__all__ = ["Chunk", "Permit", "PortalAsset", "Publication"]
