"""Atom feeds (RFC 4287) of a program's catalogue: datasets that are new, and datasets that changed."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

from django.contrib.syndication.views import Feed
from django.http import HttpRequest
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape

from accounts.models import Program
from notifications.messages import absolute_link
from publishing.dcat import words
from workflow.selectors.catalogue_lines import CatalogueLine, lines_changed, lines_new
from workflow.selectors.public_page import lines_removed

ENTRIES = 50
_SUMMARY = 600
# Names made under it stay the same for ever, wherever the product stands.
_NAMESPACE = uuid.UUID("4c1f2b53-5a1e-4ac8-9d0a-6f3f2d3f6c1d")


def name_of(*parts: str) -> str:
    """A permanent name: the same parts give the same urn:uuid for ever."""
    return f"urn:uuid:{uuid.uuid5(_NAMESPACE, '/'.join(parts))}"


class _CatalogueFeed(Feed):
    """What both feeds share. Its object is the program."""

    feed_type = Atom1Feed
    kind = ""
    heading = ""
    about = ""

    def get_object(self, request: HttpRequest, *args: Any, program: Program) -> Program:  # type: ignore[override]
        return program

    def title(self, program: Program) -> str:
        return f"{program.name}: {self.heading}"

    def subtitle(self, program: Program) -> str:
        return self.about

    def link(self, program: Program) -> str:
        return absolute_link(reverse("catalogue_program", args=[program.code]))

    def feed_url(self, program: Program) -> str:
        return absolute_link(reverse(f"catalogue_feed_{self.kind}", args=[program.code]))

    def feed_guid(self, program: Program) -> str:
        return name_of("feed", program.code, self.kind)

    def author_name(self, program: Program) -> str:
        return program.name

    def item_title(self, item: CatalogueLine) -> str:
        return words.line(item.title)

    def item_description(self, item: CatalogueLine) -> str:
        # Django's feeds give it out as HTML.
        return escape(words.shortened(words.plain(item.description), _SUMMARY))

    def item_link(self, item: CatalogueLine) -> str:
        return item.url

    def item_author_name(self, item: CatalogueLine) -> str:
        return item.department

    def item_categories(self, item: CatalogueLine) -> tuple[str, ...]:
        return tuple(filter(None, (words.line(item.category),)))


class NewDatasets(_CatalogueFeed):
    """Datasets in the order in which they became public for the first time."""

    kind = "new"
    heading = "new datasets"
    about = "Datasets that became public for the first time."

    def items(self, program: Program) -> list[CatalogueLine]:
        return lines_new(program, ENTRIES)

    def item_guid(self, item: CatalogueLine) -> str:
        return name_of("dataset", item.identifier)

    def item_pubdate(self, item: CatalogueLine) -> datetime:
        return item.issued.astimezone(UTC)

    def item_updateddate(self, item: CatalogueLine) -> datetime:
        return item.issued.astimezone(UTC)


class ChangedDatasets(_CatalogueFeed):
    """Datasets of which a newer version became public, each version an entry of its own; and what leaves."""

    kind = "changed"
    heading = "changed datasets"
    about = "Datasets of which a newer version became public, and those that are retired or are to be."

    def items(self, program: Program) -> list[CatalogueLine]:
        both = [*lines_changed(program, ENTRIES), *lines_removed(program, ENTRIES)]
        return sorted(both, key=lambda line: line.modified, reverse=True)[:ENTRIES]

    def item_guid(self, item: CatalogueLine) -> str:
        return name_of("release", item.identifier, str(item.number))

    def item_pubdate(self, item: CatalogueLine) -> datetime:
        return item.modified.astimezone(UTC)

    def item_updateddate(self, item: CatalogueLine) -> datetime:
        return item.modified.astimezone(UTC)


FEEDS: dict[str, type[_CatalogueFeed]] = {"new": NewDatasets, "changed": ChangedDatasets}
