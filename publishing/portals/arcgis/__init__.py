"""ArcGIS Online and its Hub behind the Portal protocol, over its REST interface."""

from publishing.portals.arcgis.portal import ArcgisPortal
from publishing.portals.arcgis.session import ArcgisConfig

__all__ = ["ArcgisConfig", "ArcgisPortal"]
