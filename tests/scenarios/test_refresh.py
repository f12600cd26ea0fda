"""A public dataset is refreshed, as strangers see it on the portal."""

from __future__ import annotations

from django.utils import timezone

from accounts.roles import Role
from tests.scenarios.story import COLUMNS, Story, permits


def test_a_refresh_goes_public_by_itself_and_one_with_a_number_of_a_person_does_not() -> None:
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
    story.review("steward_preview", by=steward)
    assert story.stage == "PUBLISHED"

    refresh = story.refresh(permits(64, names=True), by=steward)
    assert (refresh.decision, story.stage) == ("publish", "PUBLISHED"), refresh.reasons
    rows = story.public_rows()
    assert len(rows) == 64
    assert all("owner_name" not in row for row in rows)
    assert story.letters("pass_refresh") >= {"Dana Reed"}

    told = permits(66, names=True).replace(b"new building,West,25650", b"219-09-9999,West,25650")
    assert told != permits(66, names=True)
    refresh = story.refresh(told, by=steward)
    assert (refresh.decision, story.stage) == ("privacy", "PRIVACY")
    assert story.public_rows() == []
    assert story.letters("refresh_to_privacy") >= {"Priya Raman"}
