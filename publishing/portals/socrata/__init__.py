"""Socrata (Tyler Data & Insights) behind the Portal protocol."""

from publishing.portals.socrata.portal import SocrataPortal
from publishing.portals.socrata.session import SocrataConfig

__all__ = ["SocrataConfig", "SocrataPortal"]
