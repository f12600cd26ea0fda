"""CKAN (Action API, version 3) behind the Portal protocol."""

from publishing.portals.ckan.portal import CkanPortal
from publishing.portals.ckan.session import CkanConfig

__all__ = ["CkanConfig", "CkanPortal"]
