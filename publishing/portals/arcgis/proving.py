"""What an item of ArcGIS tells of a dataset."""

from __future__ import annotations

import html
from typing import Any

from publishing.portals.shared.proving import plain


def told_of(item: dict[str, Any]) -> dict[str, Any]:
    """What an item says of itself, by the words for people: one of ArcGIS, or one as we would write it."""
    return {
        "title": plain(item.get("title")),
        "summary": plain(item.get("snippet")),
        "description": plain(html.unescape(item.get("description") or "")),
        "keywords": sorted({plain(tag).lower() for tag in item.get("tags") or []}),
        "source": plain(item.get("accessInformation")),
        "licence": plain(item.get("licenseInfo")),
    }
