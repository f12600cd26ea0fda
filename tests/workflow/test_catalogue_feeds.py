"""The Atom feeds of the catalogue keep RFC 4287, and the public page leads to them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree

import pytest
from django.conf import settings as site
from django.test import Client
from django.urls import reverse

from tests.cast import Cast
from tests.factories.publications import copy_edit, earlier_version, published
from workflow.models import Release

pytestmark = pytest.mark.django_db

ATOM = "{http://www.w3.org/2005/Atom}"


def feed(client: Client, cast: Cast, kind: str) -> ElementTree.Element:
    response = client.get(reverse(f"catalogue_feed_{kind}", args=[cast.program.code]))
    assert response.status_code == 200
    assert response["Content-Type"].startswith("application/atom+xml")
    return ElementTree.fromstring(response.content)


def one(element: ElementTree.Element, name: str) -> str:
    """The text of the one child of this name: RFC 4287 wants exactly one."""
    [found] = element.findall(f"{ATOM}{name}")
    assert found.text and found.text.strip()
    return found.text


@pytest.mark.parametrize("kind", ["new", "changed"])
@pytest.mark.parametrize("number", [0, 2])
def test_a_feed_keeps_the_rules_empty_or_not(cast: Cast, client: Client, kind: str, number: int) -> None:
    for count in range(number):
        release = published(
            cast, title=f"Straße & <b>Ä</b> {count}", at=datetime(2026, 1, 1 + count, tzinfo=UTC)
        )
        _earlier(release)
    root = feed(client, cast, kind)
    assert root.tag == f"{ATOM}feed"
    assert one(root, "id").startswith("urn:uuid:")
    assert _is_utc(one(root, "updated"))
    one(root, "title")
    assert [name.text for name in root.findall(f"{ATOM}author/{ATOM}name")] == [cast.program.name]
    links = {link.get("rel"): link.get("href") for link in root.findall(f"{ATOM}link")}
    address = reverse(f"catalogue_feed_{kind}", args=[cast.program.code])
    assert links["self"] == f"{site.BASE_URL}{address}"
    entries = root.findall(f"{ATOM}entry")
    assert len(entries) == number
    for entry in entries:
        assert one(entry, "id").startswith("urn:uuid:")
        assert one(entry, "title").startswith("Straße & <b>Ä</b>")
        assert _is_utc(one(entry, "updated"))
        [link] = entry.findall(f"{ATOM}link")
        assert link.get("href", "").startswith("https://data.example.gov/d/")
    assert len({one(entry, "id") for entry in entries}) == number
    if entries:
        assert one(root, "updated") == max(one(entry, "updated") for entry in entries)


def _earlier(release: Release) -> None:
    earlier_version(release, datetime(2025, 1, release.pk % 28 + 1, tzinfo=UTC))


def entry_id(client: Client, cast: Cast) -> str:
    [entry] = feed(client, cast, "new").findall(f"{ATOM}entry")
    return one(entry, "id")


def _is_utc(text: str) -> bool:
    return datetime.fromisoformat(text).utcoffset() == datetime.now(UTC).utcoffset()


def test_a_first_release_is_new_and_a_later_one_is_a_change(cast: Cast, client: Client) -> None:
    release = published(cast, at=datetime(2026, 1, 1, tzinfo=UTC))
    assert len(feed(client, cast, "new").findall(f"{ATOM}entry")) == 1
    assert feed(client, cast, "changed").findall(f"{ATOM}entry") == []
    _earlier(release)
    [entry] = feed(client, cast, "changed").findall(f"{ATOM}entry")
    assert one(entry, "updated") == "2026-01-01T00:00:00+00:00"


def test_the_name_of_an_entry_stays_when_its_words_or_our_address_change(
    cast: Cast, client: Client, settings: Any
) -> None:
    release = published(cast)
    before = entry_id(client, cast)
    copy_edit(release, name="Permits")
    settings.BASE_URL = "https://elsewhere.example.gov"
    after = entry_id(client, cast)
    assert before == after


def test_control_characters_do_not_break_a_feed(cast: Cast, client: Client) -> None:
    copy_edit(published(cast), name="A\x0bB", description="\x01\x1f", category="\x0c")
    [entry] = feed(client, cast, "new").findall(f"{ATOM}entry")
    assert one(entry, "title") == "AB"


def test_a_description_is_text_and_no_markup_of_a_reader(cast: Cast, client: Client) -> None:
    copy_edit(published(cast), description="Fees < 5 <script>alert(1)</script>")
    [entry] = feed(client, cast, "new").findall(f"{ATOM}entry")
    assert one(entry, "summary") == "Fees &lt; 5 &lt;script&gt;alert(1)&lt;/script&gt;"


def test_who_has_the_feed_is_told_that_nothing_changed(cast: Cast, client: Client) -> None:
    published(cast)
    address = reverse("catalogue_feed_new", args=[cast.program.code])
    first = client.get(address)
    assert first["Access-Control-Allow-Origin"] == "*"
    assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 304
    assert client.get(address, headers={"If-Modified-Since": first["Last-Modified"]}).status_code == 304


def test_the_page_leads_to_the_feeds_and_files_and_names_what_is_public(cast: Cast, client: Client) -> None:
    release = published(cast)
    page = client.get(reverse("catalogue_program", args=[cast.program.code])).content.decode()
    for kind in ("new", "changed"):
        address = reverse(f"catalogue_feed_{kind}", args=[cast.program.code])
        assert page.count(f'href="{address}"') == 2
    assert 'rel="alternate" type="application/atom+xml"' in page
    assert "?version=3.0" in page
    assert "https://data.example.gov/d/" in page
    assert "leaves out" not in page
    dictionary = client.get(
        reverse("catalogue_dictionary", args=[cast.program.code, release.dataset.inventory_id])
    )
    assert dictionary.json()["fields"][-1]["name"] == "permit"


def test_a_catalogue_with_nothing_in_it_says_so(cast: Cast, client: Client) -> None:
    page = client.get(reverse("catalogue_program", args=[cast.program.code])).content.decode()
    assert "Nothing is public yet" in page
    assert client.get(reverse("catalogue_list")).status_code == 200
