"""The default profile from the inventory to the public, as the shortest story that can be told."""

from __future__ import annotations

from django.utils import timezone

from accounts.roles import Role
from tests.scenarios.story import COLUMNS, Story, permits


def test_a_dataset_goes_from_the_inventory_to_the_public() -> None:
    story = Story("default")
    public_works = story.department("Public Works", "PUB")
    coordinator = story.person("Dana Reed", Role.COORDINATOR, public_works)
    steward = story.person("Maria Lopez", Role.STEWARD, public_works)
    approver = story.person("Grace Okafor", Role.DEPARTMENT_APPROVER, public_works)
    officer = story.person("Priya Raman", Role.PRIVACY_OFFICER)
    cdo = story.person("Helen Park", Role.CDO)

    story.register(
        "Building permits",
        by=coordinator,
        department=public_works,
        steward=steward,
        coordinator=coordinator,
        category="Housing",
    )
    story.answer("inventory", by=coordinator)
    story.answer("eligibility", by=coordinator)
    story.move("begin_readiness", by=coordinator)

    story.upload(permits(names=True), by=steward)
    story.describe_columns(COLUMNS, by=steward)
    story.answer("readiness", by=steward)
    story.answer("submission", by=steward)
    story.attest(by=coordinator)
    story.move("submit_for_quality", by=steward)

    story.answer("quality", by=coordinator)
    story.review("department", by=approver)
    story.move("pass_quality", by=coordinator)

    story.decide_findings(by=officer)
    story.weigh(by=officer)
    story.move("clear_privacy", by=officer)

    story.plan(timezone.now(), by=coordinator)
    story.move("approve", by=cdo)
    assert story.is_private_on_portal()
    story.review("steward_preview", by=steward)

    assert story.stage == "PUBLISHED"
    rows = story.public_rows()
    assert len(rows) == 60
    assert all("owner_name" not in row for row in rows)
