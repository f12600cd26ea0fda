"""The box “Next” of a release: whom it waits for, and why not for you."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from accounts.models import User
from accounts.roles import Role
from accounts.services import role_assign
from dossier.models import Fact
from dossier.services import contribution_record, fact_record
from tests.cast import Cast
from tests.factories.publications import stage_put
from tests.factories.reviews import colleague
from tests.factories.workflow import release_at, review_all
from workflow.context import context_of
from workflow.models import Release
from workflow.selectors.turns import turns_of
from workflow.stages import Stage


def box(client: Client, person: User, release: Release, page: str = "release") -> str:
    client.force_login(person)
    content = client.get(reverse(page, args=[release.pk])).content.decode()
    found = content[content.index('id="next-step"') : content.index('aria-label="Parts of this release"')]
    return re.sub(r"\s+", " ", strip_tags("<" + found))


def ready(cast: Cast) -> Release:
    """A release that only has to be cleared."""
    release = release_at(Stage.PRIVACY, cast)
    review_all(release, "clear_privacy", cast)
    return release


def test_who_may_clear_is_named_and_nothing_is_in_the_way(client: Client, cast: Cast) -> None:
    release = ready(cast)
    officer = cast.privacy_officer
    assert "Next: you (privacy officer): clear privacy; nothing is in the way." in box(
        client, officer, release
    )


def test_whom_four_eyes_refuse_reads_whom_it_waits_for_and_why_not_them(client: Client, cast: Cast) -> None:
    other = colleague(cast, "Olga Other", Role.PRIVACY_OFFICER)
    release = ready(cast)
    contribution_record(release_id=release.pk, user=cast.privacy_officer, what="file")
    for page in ("release", "release_privacy"):
        text = box(client, cast.privacy_officer, release, page)
        assert f"Next: {other} (privacy officer): clear privacy" in text
        assert "you (privacy officer)" not in text
        assert text.count("You prepared this release, so somebody else must clear its privacy.") == 1
    assert "Next: you (privacy officer): clear privacy" in box(client, other, release)


def test_where_nobody_else_holds_the_role_the_box_says_what_to_do(client: Client, cast: Cast) -> None:
    release = ready(cast)
    contribution_record(release_id=release.pk, user=cast.privacy_officer, what="file")
    text = box(client, cast.privacy_officer, release, "release_privacy")
    assert (
        "It waits for somebody with the role privacy officer who has had no other part in this release"
        in text
    )
    assert "you are the only one there is" in text
    assert "the portal admin can give the role to somebody else" in text
    assert f"{cast.privacy_officer} is the only one there is" in box(client, cast.coordinator, release)


def test_a_review_that_one_may_not_give_is_not_asked_of_them(client: Client, cast: Cast) -> None:
    role_assign(
        user=cast.steward,
        role=Role.DEPARTMENT_APPROVER,
        program=cast.program,
        department=cast.public_works,
        actor=None,
    )
    text = box(client, cast.steward, release_at(Stage.QUALITY, cast))
    assert f"{cast.approver} (department approver): give the department approval." in text
    assert "Not you: You prepared this release" in text


def asked(release: Release, **facts: dict[str, Any]) -> list[str]:
    """What is asked of people when the facts of privacy are these."""
    for kind, said in facts.items():
        fact = Fact.objects.filter(release=release, kind=kind).first()
        about = fact.about if fact else {}
        fact_record(release_id=release.pk, kind=kind, about=about, **said)
    return [turn.what for turn in turns_of(context_of(release.pk))]


def test_columns_are_counted_not_sentences(cast: Cast) -> None:
    sentences = ["Column “a” …", "Column “b” …", "Column “c” …", "10 more columns wait for a decision."]
    open_ones: dict[str, Any] = {"ok": False, "sentences": sentences, "data": {"findings": 13, "open": 13}}
    assert "decide 13 columns with findings" in asked(ready(cast), dispositions=open_ones)


def test_nobody_is_asked_for_the_findings_when_every_finding_is_decided(cast: Cast) -> None:
    being_made: dict[str, Any] = {
        "ok": False,
        "sentences": ["It is being made."],
        "data": {"by_system": True},
    }
    words = asked(
        ready(cast), treated=being_made, risk=being_made | {"data": {"by_system": True, "k_min": 5}}
    )
    assert not [what for what in words if "finding" in what]
    unconfirmed: dict[str, Any] = {"ok": False, "sentences": ["Not confirmed."], "data": {"k_min": None}}
    words = asked(ready(cast), treated=unconfirmed, risk=unconfirmed)
    assert "confirm which columns together could single somebody out" in words
    small: dict[str, Any] = {"ok": False, "sentences": ["Too small."], "data": {"k_min": 5, "k": 1}}
    assert "lower the risk of the copy, or accept it" in asked(ready(cast), risk=small)


@pytest.mark.parametrize(
    ("stage", "role", "is_departments"),
    [
        (Stage.PRIVACY, Role.PRIVACY_OFFICER, False),
        (Stage.QUALITY, Role.DEPARTMENT_APPROVER, True),
        (Stage.CDO_REVIEW, Role.CDO, False),
    ],
)
def test_more_holders_of_a_role_cost_no_more_queries(
    stage: Stage, role: Role, is_departments: bool, client: Client, cast: Cast
) -> None:
    release = ready(cast) if stage == Stage.PRIVACY else release_at(stage, cast)
    place = {"department": cast.public_works} if is_departments else {}
    client.force_login(cast.coordinator)

    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert client.get(reverse("release_privacy", args=[release.pk])).status_code == 200
        return len(caught)

    for number in range(3):
        colleague(cast, f"Holder Nr{number}", role, **place)
    queries()
    few = queries()
    for number in range(3, 9):
        colleague(cast, f"Holder Nr{number}", role, **place)
    assert queries() <= few


def test_of_many_holders_a_few_are_named_and_who_reads_is_one_of_them(client: Client, cast: Cast) -> None:
    for number in range(5):
        colleague(cast, f"Aaron Nr{number}", Role.PRIVACY_OFFICER)
    release = ready(cast)
    text = box(client, cast.privacy_officer, release)
    assert "Next: you or Aaron Nr0 or Aaron Nr1 or 3 others (privacy officer): clear privacy" in text
    contribution_record(release_id=release.pk, user=cast.privacy_officer, what="file")
    text = box(client, cast.privacy_officer, release, "release_privacy")
    assert "Aaron Nr0 or Aaron Nr1 or Aaron Nr2 or 2 others (privacy officer): clear privacy" in text
    assert "Not you: You prepared this release" in text


@pytest.mark.parametrize(
    ("stage", "sentence", "leads_to"),
    [
        (Stage.RETIRED, "It was retired with its dataset.", "dataset_retirement"),
        (Stage.RETRACTED, "It was taken back in an emergency.", "release_retraction"),
        (Stage.SUPERSEDED, "A later release took its place.", ""),
        (Stage.WITHDRAWN, "This release has ended.", ""),
    ],
)
def test_of_a_release_that_has_ended_it_says_how(
    client: Client, cast: Cast, stage: Stage, sentence: str, leads_to: str
) -> None:
    release = ready(cast)
    stage_put(release, stage, timezone.now())
    assert sentence in box(client, cast.coordinator, release)
    if leads_to:
        about = release.pk if leads_to == "release_retraction" else release.dataset_id
        page = client.get(reverse("release", args=[release.pk])).content.decode()
        assert reverse(leads_to, args=[about]) in page
