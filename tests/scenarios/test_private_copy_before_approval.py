"""Where a program makes the private copy before the final approval (Los Angeles "Stage 1", Durham staging)."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.utils import timezone

from accounts.roles import Role
from accounts.services import PROGRAMS_DIR
from tests.scenarios.story import COLUMNS, Story, permits
from workflow.errors import GatesUnmet


@pytest.fixture
def story(tmp_path: Path) -> Story:
    """The default program, with the private copy and the preview before the approval."""
    text = (PROGRAMS_DIR / "default.toml").read_text("utf-8")
    text = text.replace('private_copy_at = "staged"', 'private_copy_at = "cdo_review"')
    text = text.replace('preview_before = "publish"', 'preview_before = "approve"')
    text = text.replace(
        'move = "publish"\nkind = "steward_preview"', 'move = "approve"\nkind = "steward_preview"'
    )
    path = tmp_path / "early_copy.toml"
    path.write_text(text, "utf-8")
    return Story(path)


def test_the_copy_that_was_previewed_is_the_one_that_goes_public(story: Story) -> None:
    people = _to_cdo_review(story)
    assert story.stage == "CDO_REVIEW"
    assert story.is_private_on_portal()
    with pytest.raises(GatesUnmet) as refusal:
        story.move("approve", by=people["cdo"])
    assert any("preview" in sentence.lower() for sentence in refusal.value.sentences)

    story.review("steward_preview", by=people["steward"])
    story.plan(timezone.now(), by=people["coordinator"])
    remote = story.context.facts["private_copy"].data["remote_id"]
    story.move("approve", by=people["cdo"])

    assert story.stage == "PUBLISHED"
    assert story.context.facts["public_copy"].data["remote_id"] == remote
    assert len(story.public_rows()) == 60


def test_after_a_return_the_copy_is_made_anew_from_what_is_cleared_then(story: Story) -> None:
    people = _to_cdo_review(story)
    story.move(
        "return_for_changes", by=people["cdo"], reason="A month is missing.", points=["Add the last month."]
    )
    assert story.stage == "READINESS"
    assert not story.is_private_on_portal() or not story.public_rows()

    story.upload(permits(75, names=True), by=people["steward"])
    _prepared(story, people)
    assert story.stage == "CDO_REVIEW"
    story.review("steward_preview", by=people["steward"])
    story.plan(timezone.now(), by=people["coordinator"])
    story.move("approve", by=people["cdo"])
    assert story.stage == "PUBLISHED"
    assert len(story.public_rows()) == 75


def _to_cdo_review(story: Story) -> dict[str, object]:
    place = story.department("Public Works", "PUB")
    people = {
        "coordinator": story.person("Dana Reed", Role.COORDINATOR, place),
        "steward": story.person("Maria Lopez", Role.STEWARD, place),
        "approver": story.person("Grace Okafor", Role.DEPARTMENT_APPROVER, place),
        "officer": story.person("Priya Raman", Role.PRIVACY_OFFICER),
        "cdo": story.person("Helen Park", Role.CDO),
    }
    story.register(
        "Building permits",
        by=people["coordinator"],
        department=place,
        steward=people["steward"],
        coordinator=people["coordinator"],
        category="Housing",
    )
    story.answer("inventory", by=people["coordinator"])
    story.answer("eligibility", by=people["coordinator"])
    story.move("begin_readiness", by=people["coordinator"])
    story.upload(permits(names=True), by=people["steward"])
    _prepared(story, people)
    return people


def _prepared(story: Story, people: dict[str, object]) -> None:
    story.describe_columns(COLUMNS, by=people["steward"])
    story.answer("readiness", by=people["steward"])
    story.answer("submission", by=people["steward"])
    story.attest(by=people["coordinator"])
    story.move("submit_for_quality", by=people["steward"])
    story.answer("quality", by=people["coordinator"])
    story.review("department", by=people["approver"])
    story.move("pass_quality", by=people["coordinator"])
    story.decide_findings(by=people["officer"])
    story.weigh(by=people["officer"])
    story.move("clear_privacy", by=people["officer"])
