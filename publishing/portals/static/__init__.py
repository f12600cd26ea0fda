"""A catalogue of plain files behind the Portal protocol: for a town without any portal.

A folder on disk that a web server shows to the public. What is private lies beside that folder, never in it.
"""

from publishing.portals.static.config import StaticConfig
from publishing.portals.static.portal import StaticPortal

__all__ = ["StaticConfig", "StaticPortal"]
