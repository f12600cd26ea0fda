"""Exceptions as records: asked for, advised on, decided, until a day (Connecticut, guidelines step 2)."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import ProgramProfile
from accounts.profiles import digest_of
from accounts.roles import Role
from accounts.services import role_assign
from audit.models import AuditEvent
from dossier.models import Fact
from notifications.models import OutgoingMessage
from tests.cast import Cast
from tests.factories.workflow import release_at
from workflow.context import context_of
from workflow.errors import MoveRefused, ReasonRequired
from workflow.excepted import is_excepted, open_or_granted_kinds
from workflow.gates.exceptions import identifiers_allowed, licence_allowed, no_exception_open
from workflow.gates.levels import security_level_allowed
from workflow.models import PublicationException, Release
from workflow.selectors.exceptions import waiting_on
from workflow.services.exceptions import (
    exception_advise,
    exception_decide,
    exception_request,
    exception_revoke,
)
from workflow.stages import Stage

pytestmark = pytest.mark.django_db
WHY = "A roster of licences is of no use without the names."
SOON = timezone.localdate() + timedelta(days=90)
RULES = [
    {"kind": kind, "label": label, "advise": "portal_admin", "decide": "cdo"}
    for kind, label in (
        ("licence", "Open data license"),
        ("identifiers", "Names in a roster"),
        ("risk", "Risk above the benefit"),
    )
]


def adopt(cast: Cast, **parts: Any) -> None:
    """The program's next profile version, with these parts instead of its own."""
    current = cast.program.profiles.order_by("-version")[0]
    content = json.loads(json.dumps(current.content)) | parts
    ProgramProfile.objects.create(
        program=cast.program, version=current.version + 1, content=content, digest=digest_of(content)
    )


@pytest.fixture
def release(cast: Cast) -> Release:
    current = cast.program.profiles.order_by("-version")[0].content
    special = {"code": "odbl", "label": "Open Database License", "needs_exception": True}
    adopt(cast, exceptions=RULES, licences=[*current["licences"], special])
    return release_at(Stage.CDO_REVIEW, cast)


def request(release: Release, cast: Cast, **changes: Any) -> PublicationException:
    words: dict[str, Any] = {
        "kind": "identifiers",
        "reason": WHY,
        "public_good": "Residents check who is licensed.",
        "actor": cast.coordinator,
    }
    return exception_request(release_id=release.pk, **(words | changes))


def advise(row: PublicationException, release: Release, cast: Cast, **changes: Any) -> PublicationException:
    words: dict[str, Any] = {"advice": "Grant it.", "actor": cast.portal_admin}
    return exception_advise(release_id=release.pk, exception_id=row.pk, **(words | changes))


def decide(row: PublicationException, release: Release, cast: Cast, **changes: Any) -> PublicationException:
    words: dict[str, Any] = {
        "decision": "granted",
        "reason": "A clear public good.",
        "until": SOON,
        "actor": cast.cdo,
    }
    return exception_decide(release_id=release.pk, exception_id=row.pk, **(words | changes))


def asked(message_id: str) -> set[str]:
    rows = OutgoingMessage.objects.filter(message_id=message_id, asked=True)
    return {str(row.recipient) for row in rows}


def page(client: Client, release: Release) -> str:
    return str(client.get(reverse("release_exceptions", args=[release.pk])).content.decode())


def test_the_coordinator_asks_the_portal_admin_advises_the_cdo_decides(cast: Cast, release: Release) -> None:
    row = request(release, cast)
    assert asked("exception_requested") == {"Pat Silva"}
    assert [one.pk for one in waiting_on(cast.portal_admin)] == [row.pk]
    assert waiting_on(cast.cdo) == []
    advise(row, release, cast)
    assert asked("exception_advised") == {"Helen Park", "Ruth Abbott"}
    assert [one.pk for one in waiting_on(cast.cdo)] == [row.pk]
    row = decide(row, release, cast)
    assert (row.decision, row.until, row.decided_by) == ("granted", SOON, cast.cdo)
    assert is_excepted(context_of(release.pk), "identifiers")
    told = OutgoingMessage.objects.filter(message_id="exception_decided").values_list(
        "recipient__full_name", flat=True
    )
    assert {"Dana Reed", "Maria Lopez", "Pat Silva"} <= set(told)
    actions = AuditEvent.objects.filter(action__startswith="workflow.exception").order_by("pk")
    assert [event.action.rpartition("_")[2] for event in actions] == ["requested", "advised", "decided"]
    assert WHY not in str([event.data for event in actions])


def test_who_does_not_hold_the_role_is_refused(cast: Cast, release: Release) -> None:
    for person in (cast.steward, cast.cdo, cast.other_coordinator, cast.foreign_cdo, cast[Role.AUDITOR]):
        with pytest.raises(PermissionDenied):
            request(release, cast, actor=person)
    row = request(release, cast)
    with pytest.raises(PermissionDenied, match="This is for the portal admin"):
        advise(row, release, cast, actor=cast.cdo)
    with pytest.raises(MoveRefused, match="has not advised"):
        decide(row, release, cast)
    advise(row, release, cast)
    with pytest.raises(PermissionDenied, match="This is for the chief data officer"):
        decide(row, release, cast, actor=cast.portal_admin)


def test_nobody_decides_what_they_asked_for_or_advised_on(cast: Cast, release: Release) -> None:
    place = {"program": cast.program, "actor": None}
    role_assign(user=cast.coordinator, role=Role.CDO, **place)
    role_assign(user=cast.coordinator, role=Role.PORTAL_ADMIN, **place)
    role_assign(user=cast.portal_admin, role=Role.CDO, **place)
    row = request(release, cast)
    with pytest.raises(PermissionDenied, match="You asked for this exception"):
        advise(row, release, cast, actor=cast.coordinator)
    advise(row, release, cast)
    with pytest.raises(PermissionDenied, match="You asked for this exception"):
        decide(row, release, cast, actor=cast.coordinator)
    with pytest.raises(PermissionDenied, match="You advised on this exception"):
        decide(row, release, cast, actor=cast.portal_admin)
    with pytest.raises(IntegrityError), transaction.atomic():
        PublicationException.objects.filter(pk=row.pk).update(
            decision="refused", decided_by=cast.coordinator, decided_at=timezone.now()
        )


def test_what_is_decided_stays_decided(cast: Cast, release: Release) -> None:
    row = request(release, cast)
    advise(row, release, cast)
    with pytest.raises(MoveRefused, match="advised on or decided meanwhile"):
        advise(row, release, cast)
    decide(row, release, cast, decision="refused", until=None)
    with pytest.raises(MoveRefused, match="decided or taken back meanwhile"):
        decide(row, release, cast, actor=cast.second_cdo)
    assert not is_excepted(context_of(release.pk), "identifiers")
    assert open_or_granted_kinds(context_of(release.pk)) == set()


def test_words_and_a_day_are_needed(cast: Cast, release: Release) -> None:
    row = request(release, cast)
    with pytest.raises(ReasonRequired):
        advise(row, release, cast, advice=" ")
    advise(row, release, cast)
    with pytest.raises(ReasonRequired):
        decide(row, release, cast, reason="")
    for until in (None, timezone.localdate()):
        with pytest.raises(ValidationError, match="Name a day to come"):
            decide(row, release, cast, until=until)
    with pytest.raises(ValidationError, match="Social Security number"):
        decide(row, release, cast, reason="As 123-45-6789 shows.")


def test_the_same_is_not_asked_for_twice_while_it_waits(cast: Cast, release: Release) -> None:
    row = request(release, cast)
    with pytest.raises(MoveRefused, match="asked for already"):
        request(release, cast)
    request(release, cast, kind="risk")
    exception_revoke(release_id=release.pk, exception_id=row.pk, reason="Not needed.", actor=cast.coordinator)
    request(release, cast)


def test_a_program_without_exceptions_knows_none(cast: Cast, client: Client) -> None:
    adopt(cast, exceptions=[])
    release = release_at(Stage.CDO_REVIEW, cast)
    with pytest.raises(MoveRefused, match="knows no such exception"):
        request(release, cast)
    client.force_login(cast.coordinator)
    assert "This program has no exceptions" in page(client, release)


def test_an_exception_holds_until_its_day_and_no_longer(cast: Cast, release: Release) -> None:
    row = request(release, cast, whole_dataset=True)
    advise(row, release, cast)
    decide(row, release, cast)
    last = datetime(SOON.year, SOON.month, SOON.day, 16, tzinfo=UTC)
    assert is_excepted(context_of(release.pk, now=last), "identifiers")
    assert not is_excepted(context_of(release.pk, now=last + timedelta(days=1)), "identifiers")


def test_an_open_request_stands_in_the_way_and_names_who_is_asked(cast: Cast, release: Release) -> None:
    assert no_exception_open(context_of(release.pk)).ok
    row = request(release, cast)
    [item] = no_exception_open(context_of(release.pk)).unmet
    assert item.who == Role.PORTAL_ADMIN
    assert "not advised on yet by the portal admin" in item.text
    assert open_or_granted_kinds(context_of(release.pk)) == {"identifiers"}
    advise(row, release, cast)
    [item] = no_exception_open(context_of(release.pk)).unmet
    assert item.who == Role.CDO
    decide(row, release, cast)
    assert no_exception_open(context_of(release.pk)).ok
    assert open_or_granted_kinds(context_of(release.pk)) == {"identifiers"}


def test_after_the_approval_a_new_request_does_not_stand_for_the_grant_that_was_taken_back(
    cast: Cast, release: Release
) -> None:
    release = release_at(Stage.STAGED, cast)
    row = decide(advise(request(release, cast), release, cast), release, cast)
    Fact.objects.update_or_create(
        release=release, kind="dispositions", defaults={"ok": True, "data": {"kept": ["holder"]}}
    )
    assert identifiers_allowed(context_of(release.pk)).ok
    exception_revoke(release_id=release.pk, exception_id=row.pk, reason="A complaint.", actor=cast.cdo)
    assert not identifiers_allowed(context_of(release.pk)).ok
    request(release, cast)
    [item] = identifiers_allowed(context_of(release.pk)).unmet
    assert "which has not been granted" in item.text


def test_another_licence_needs_an_exception_for_that_licence(cast: Cast, release: Release) -> None:
    assert licence_allowed(context_of(release.pk)).ok
    dataset = release.dataset
    dataset.licence = "odbl"
    dataset.save()
    [item] = licence_allowed(context_of(release.pk)).unmet
    assert item.text.startswith("The licence Open Database License needs an exception, and no exception")
    row = request(release, cast, kind="licence")
    assert row.licence == "odbl"
    advise(row, release, cast)
    decide(row, release, cast)
    assert licence_allowed(context_of(release.pk)).ok
    later = datetime(SOON.year, SOON.month, SOON.day, tzinfo=UTC) + timedelta(days=2)
    [item] = licence_allowed(context_of(release.pk, now=later)).unmet
    assert "the exception for it no longer holds" in item.text
    exception_revoke(release_id=release.pk, exception_id=row.pk, reason="Misused.", actor=cast.second_cdo)
    assert not licence_allowed(context_of(release.pk)).ok


def test_who_asked_takes_the_request_back_and_who_decides_the_grant(cast: Cast, release: Release) -> None:
    row = request(release, cast)
    arguments: dict[str, Any] = {"release_id": release.pk, "exception_id": row.pk, "reason": "It changed."}
    with pytest.raises(PermissionDenied, match="Only who asked"):
        exception_revoke(actor=cast.cdo, **arguments)
    advise(row, release, cast)
    decide(row, release, cast)
    with pytest.raises(PermissionDenied, match="Only the chief data officer"):
        exception_revoke(actor=cast.coordinator, **arguments)
    exception_revoke(actor=cast.cdo, **arguments)
    assert not is_excepted(context_of(release.pk), "identifiers")
    with pytest.raises(MoveRefused, match="nothing to take back"):
        exception_revoke(actor=cast.cdo, **arguments)


def test_an_exception_of_one_release_does_not_cover_the_next(cast: Cast, release: Release) -> None:
    row = request(release, cast)
    advise(row, release, cast)
    decide(row, release, cast)
    other = release_at(Stage.CDO_REVIEW, cast, title="Another")
    context = context_of(other.pk)
    context.dataset = context_of(release.pk).dataset
    assert not is_excepted(context, "identifiers")


def test_the_page_leads_through_the_three_steps(cast: Cast, release: Release, client: Client) -> None:
    client.force_login(cast.coordinator)
    assert "No exception has been asked for" in page(client, release)
    answers = {"kind": "identifiers", "reason": WHY, "public_good": "Residents check."}
    assert client.post(reverse("exception_request", args=[release.pk]), answers).status_code == 302
    row = PublicationException.objects.get()
    assert "Waits for advice" in page(client, release)
    assert "Give the advice" not in page(client, release)
    client.force_login(cast.portal_admin)
    work = client.get(reverse("my_work")).content.decode()
    assert work.count(reverse("release_exceptions", args=[release.pk])) == 1
    url = reverse("exception_advise", args=[release.pk, row.pk])
    assert client.post(url, {f"advise-{row.pk}-advice": ""}).status_code == 422
    client.post(url, {f"advise-{row.pk}-advice": "The law asks for it."})
    client.force_login(cast.cdo)
    assert "The law asks for it." in page(client, release)
    url = reverse("exception_decide", args=[release.pk, row.pk])
    prefix = f"decide-{row.pk}"
    missing = client.post(url, {f"{prefix}-decision": "granted", f"{prefix}-reason": "Yes."})
    assert "Name the day until which it holds." in missing.content.decode()
    given = {f"{prefix}-decision": "granted", f"{prefix}-reason": "Yes.", f"{prefix}-until": SOON.isoformat()}
    done = client.post(url, given, follow=True).content.decode()
    assert "Granted" in done
    decision = client.get(reverse("admin:workflow_approvalrequest_decide", args=[release.pk]))
    assert "Names in a roster" in decision.content.decode()


def test_people_of_another_program_or_department_find_nothing(
    cast: Cast, release: Release, client: Client
) -> None:
    row = request(release, cast)
    for person in (cast.foreign_cdo, cast.other_coordinator):
        client.force_login(person)
        assert client.get(reverse("release_exceptions", args=[release.pk])).status_code == 404
        assert client.post(reverse("exception_decide", args=[release.pk, row.pk])).status_code == 404
    other = release_at(Stage.CDO_REVIEW, cast, title="Another")
    client.force_login(cast.cdo)
    assert client.post(reverse("exception_decide", args=[other.pk, row.pk])).status_code == 404


@pytest.mark.parametrize(
    ("level", "sentence"),
    [
        ("", "No security level is chosen"),
        ("one", ""),
        ("three", "never goes on the portal"),
    ],
)
def test_level_three_is_never_on_the_portal(level: str, sentence: str, cast: Cast) -> None:
    levels = [
        {"code": "one", "label": "One"},
        {"code": "three", "label": "Three", "never_on_portal": True},
    ]
    release = release_at(Stage.READINESS, cast)
    assert security_level_allowed(context_of(release.pk)).ok
    adopt(cast, security_levels=levels)
    Release.objects.filter(pk=release.pk).update(profile=cast.program.profiles.order_by("-version")[0])
    dataset = release.dataset
    dataset.security_level = level
    dataset.save()
    result = security_level_allowed(context_of(release.pk))
    assert result.ok is (not sentence)
    if sentence:
        assert sentence in result.unmet[0].text
