"""A program of two portals, through the door: what waits, who is told, and how a half success ends."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.services import PROGRAMS_DIR
from notifications.models import OutgoingMessage
from publishing.selectors import places_of
from publishing.services import publication_hide_everywhere
from tests.publishing.contract.houses import House, StaticHouse, started
from tests.scenarios.story import Story
from tests.scenarios.test_private_copy_before_approval import _to_cdo_review as to_cdo_review
from workflow import gates

People = dict[str, Any]


@pytest.fixture
def files(tmp_path: Path, settings: Any) -> Iterator[House]:
    """A second portal with nothing of an earlier story on it."""
    with started(StaticHouse, tmp_path) as house:
        for name, value in house.settings.items():
            setattr(settings, name, value)
        yield house


@pytest.fixture
def story(tmp_path: Path, files: House) -> Story:
    text = (PROGRAMS_DIR / "default.toml").read_text("utf-8")
    text = text.replace('portals = ["socrata"]', 'portals = ["socrata", "static"]\nportals_needed = "all"')
    path = tmp_path / "two_portals.toml"
    path.write_text(text, "utf-8")
    return Story(path)


def staged(story: Story) -> People:
    """Approved, with a private copy in both places, and a release date to come."""
    people = to_cdo_review(story)
    story.plan(timezone.now() + timedelta(days=3), by=people["coordinator"])
    story.move("approve", by=people["cdo"])
    story.review("steward_preview", by=people["steward"])
    assert story.stage == "STAGED"
    return people


def half_public(story: Story, people: People, settings: Any) -> None:
    """The day comes, and the folder of the files is gone."""
    root, settings.STATIC_CATALOGUE_ROOT = settings.STATIC_CATALOGUE_ROOT, ""
    story.plan(timezone.now(), by=people["cdo"])
    settings.STATIC_CATALOGUE_ROOT = root


def test_a_release_waits_for_both_places_and_goes_on_when_the_second_has_it(
    story: Story, files: House, settings: Any, client: Client
) -> None:
    people = staged(story)
    assert [row.reached for row in places_of(story.release_id).values()] == ["private", "private"]
    equal = gates.private_copy_equal(story.context)
    assert (
        f"on Socrata ({settings.SOCRATA_DOMAIN}) and A catalogue of plain files ({files.domain})"
        in equal.done
    )

    half_public(story, people, settings)
    assert story.stage == "STAGED"
    [unmet] = [item.text for item in gates.unmet_onward(story.context)]
    assert unmet.startswith(f"A catalogue of plain files ({files.domain}): No portal is set up.")
    letter = OutgoingMessage.objects.filter(
        release_id=story.release_id, message_id="publication_failed", recipient=people["coordinator"]
    ).get()
    assert letter.context["public_in"] == f"Socrata ({settings.SOCRATA_DOMAIN})"

    said = io.StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("publish_release", story.release_id, stdout=said)
    assert ended.value.code == 3 and "In the way: A catalogue of plain files" in said.getvalue()
    said = io.StringIO()
    call_command("publish_release", story.release_id, "--retry", "--format", "json", stdout=said)
    found = json.loads(said.getvalue())
    assert found["stage"] == story.stage == "PUBLISHED" and not found["in_the_way"]
    addresses = [place["address"] for place in found["places"]]
    assert len(set(addresses)) == 2

    urls = story.context.dataset.distributions.values_list("public_url", flat=True)
    assert set(urls) == set(addresses)
    client.force_login(people["coordinator"])
    page = client.get(reverse("release", args=[story.release_id])).content.decode()
    assert all(address in page for address in addresses)


def test_a_half_success_taken_back_needs_a_new_decision(story: Story, settings: Any) -> None:
    people = staged(story)
    half_public(story, people, settings)
    publication_hide_everywhere(release_id=story.release_id, actor=people["coordinator"])
    story.run()
    assert story.stage == "STAGED" and not story._rows(story.context.data("private_copy", "remote_id"))
    assert {row.reached for row in places_of(story.release_id).values()} == {"private"}
    sentences = [item.text for item in gates.unmet_onward(story.context)]
    assert any("Return it for a new decision" in sentence for sentence in sentences)

    story.move("return_for_changes", by=people["cdo"], reason="One place failed.", points=["Look again."])
    assert story.stage == "READINESS"


def test_a_retraction_takes_it_back_in_every_place(story: Story, files: House) -> None:
    people = staged(story)
    story.plan(timezone.now(), by=people["cdo"])
    assert story.stage == "PUBLISHED"
    places = places_of(story.release_id)
    with files.portal() as portal:
        assert portal.count(places["static"].asset.remote_id, anonymous=True) == 60
        story.move("retract", by=people["cdo"], reason="A name stands in it.")
        remote = places["static"].asset.remote_id
        assert not portal.verify_public(remote, key_field="row_key").visible
    assert not story.public_rows() and story.stage == "RETRACTED"
