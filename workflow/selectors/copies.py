"""Where the copies of a release can be looked at, out of the facts that publishing records."""

from __future__ import annotations

from publishing.places import place_words
from workflow.context import ReleaseContext


def copies_of(context: ReleaseContext) -> list[dict[str, str]]:
    """The private copies, each with its address and its place in words ("the portal" where there is one only)."""
    places = context.data("private_copy", "places") or ()
    if len(places) > 1:
        return [
            {"url": place["url"], "where": place_words(place["portal"], place["domain"])}
            for place in places
            if place["url"]
        ]
    url = context.data("private_copy", "url")
    return [{"url": url, "where": "the portal"}] if url else []
