"""Delegation: one's own role, for some days, to a colleague; the admin site opens with it and closes after it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Delegation, User
from accounts.roles import Role, acting_for, has_role, people_with_role, stands_in_for
from accounts.services import person_deactivate, role_revoke
from accounts.services_delegation import delegation_begin, delegation_end, delegations_sync
from audit.models import AuditEvent
from notifications.models import OutgoingMessage
from tests.cast import PASSWORD, Cast

pytestmark = pytest.mark.django_db


def lend(
    cast: Cast, of: User, role: Role, to: User, *, first: int = 0, last: int = 5, reason: str = "On leave."
) -> Delegation:
    today = timezone.localdate()
    return delegation_begin(
        assignment=of.role_assignments.get(role=role),
        to_user=to,
        starts=today + timedelta(days=first),
        ends=today + timedelta(days=last),
        reason=reason,
        actor=of,
    )


def test_while_it_runs_the_delegate_holds_the_role_for_the_lender(cast: Cast) -> None:
    lend(cast, cast.approver, Role.DEPARTMENT_APPROVER, cast[Role.POLICY])
    place = {"program": cast.program, "department": cast.public_works}
    assert has_role(cast[Role.POLICY], Role.DEPARTMENT_APPROVER, **place)
    assert not has_role(
        cast[Role.POLICY], Role.DEPARTMENT_APPROVER, program=cast.program, department=cast.health
    )
    assert acting_for(cast[Role.POLICY], Role.DEPARTMENT_APPROVER, **place) == cast.approver
    assert acting_for(cast.approver, Role.DEPARTMENT_APPROVER, **place) is None
    assert stands_in_for(cast[Role.POLICY], **place) == {cast.approver.pk: cast.approver}
    assert cast[Role.POLICY] in people_with_role(Role.DEPARTMENT_APPROVER, **place)


@pytest.mark.parametrize(("first", "last"), [(1, 3), (0, 0)])
def test_it_counts_on_its_days_only(first: int, last: int, cast: Cast) -> None:
    lend(cast, cast.cdo, Role.CDO, cast[Role.POLICY], first=first, last=last)
    assert has_role(cast[Role.POLICY], Role.CDO, program=cast.program) == (first == 0)


def test_the_delegate_of_the_cdo_gets_into_the_admin_site_while_it_runs(cast: Cast, client: Client) -> None:
    stand_in = cast[Role.POLICY]
    row = lend(cast, cast.cdo, Role.CDO, stand_in)
    assert User.objects.get(pk=stand_in.pk).is_staff
    client.force_login(User.objects.get(pk=stand_in.pk))
    assert client.get(reverse("admin:workflow_approvalrequest_changelist")).status_code == 200
    delegation_end(delegation=row, actor=cast.cdo)
    assert not User.objects.get(pk=stand_in.pk).is_staff
    assert client.get(reverse("admin:workflow_approvalrequest_changelist")).status_code in (302, 403)


def test_the_admin_site_opens_by_the_daily_look_or_at_log_in_and_closes_when_the_days_are_over(
    cast: Cast, client: Client
) -> None:
    stand_in = cast[Role.POLICY]
    row = lend(cast, cast.cdo, Role.CDO, stand_in, first=2, last=4)
    today = timezone.localdate()
    assert not User.objects.get(pk=stand_in.pk).is_staff
    Delegation.objects.filter(pk=row.pk).update(starts=today)
    assert delegations_sync() == 1
    assert User.objects.get(pk=stand_in.pk).is_staff
    Delegation.objects.filter(pk=row.pk).update(
        starts=today - timedelta(days=3), ends=today - timedelta(days=1)
    )
    client.post(reverse("login"), {"username": stand_in.email, "password": PASSWORD})
    assert not User.objects.get(pk=stand_in.pk).is_staff


def test_a_role_that_was_lent_cannot_be_passed_on(cast: Cast) -> None:
    lend(cast, cast.cdo, Role.CDO, cast[Role.POLICY])
    today = timezone.localdate()
    with pytest.raises(ValidationError, match="is not passed on"):
        delegation_begin(
            assignment=cast.cdo.role_assignments.get(role=Role.CDO),
            to_user=cast[Role.LEGAL],
            starts=today,
            ends=today,
            reason="Me too.",
            actor=cast[Role.POLICY],
        )


@pytest.mark.parametrize(
    ("to", "first", "last", "reason", "words"),
    [
        ("cdo", 0, 1, "Away.", "you hold this role already"),
        ("second_cdo", 0, 1, "Away.", "holds this role already"),
        ("outsider", 0, 1, "Away.", "works in the same program"),
        ("foreign_cdo", 0, 1, "Away.", "works in the same program"),
        ("steward", -1, 1, "Away.", "cannot begin in the past"),
        ("steward", 3, 1, "Away.", "lies before the first"),
        ("steward", 0, 1, " ", "Say why"),
    ],
)
def test_what_does_not_fit_is_refused_in_words(
    to: str, first: int, last: int, reason: str, words: str, cast: Cast
) -> None:
    with pytest.raises(ValidationError, match=words):
        lend(cast, cast.cdo, Role.CDO, getattr(cast, to), first=first, last=last, reason=reason)
    assert not Delegation.objects.exists()


def test_the_same_days_are_not_lent_to_the_same_person_twice(cast: Cast) -> None:
    lend(cast, cast.cdo, Role.CDO, cast.steward, first=0, last=5)
    with pytest.raises(ValidationError, match="already"):
        lend(cast, cast.cdo, Role.CDO, cast.steward, first=5, last=6)
    assert lend(cast, cast.cdo, Role.CDO, cast.steward, first=6, last=7)


def test_both_hear_of_it_and_the_record_has_it(cast: Cast) -> None:
    row = lend(cast, cast.cdo, Role.CDO, cast.steward)
    letter = OutgoingMessage.objects.get(message_id="delegation_begun")
    assert (letter.recipient, letter.asked, letter.context["of"]) == (cast.steward, True, "Helen Park")
    delegation_end(delegation=row, actor=cast.portal_admin)
    told = OutgoingMessage.objects.filter(message_id="delegation_ended")
    assert {row.recipient for row in told} == {cast.steward, cast.cdo}
    assert list(AuditEvent.objects.filter(action__startswith="accounts.delegation").order_by("pk")) != []
    with pytest.raises(ValidationError, match="ended already"):
        delegation_end(delegation=row, actor=cast.cdo)


def test_it_ends_with_the_role_and_with_the_account_of_the_lender(cast: Cast) -> None:
    stand_in = cast[Role.POLICY]
    lend(cast, cast.second_cdo, Role.CDO, stand_in)
    person_deactivate(user=cast.second_cdo, actor=cast.portal_admin)
    assert not has_role(stand_in, Role.CDO, program=cast.program)
    lend(cast, cast.cdo, Role.CDO, stand_in)
    role_revoke(assignment=cast.cdo.role_assignments.get(role=Role.CDO), actor=cast.portal_admin)
    assert not has_role(stand_in, Role.CDO, program=cast.program)
    assert not User.objects.get(pk=stand_in.pk).is_staff


def test_the_page_lends_lists_and_ends(cast: Cast, client: Client) -> None:
    client.force_login(cast.cdo)
    url = reverse("delegations")
    assert "Lend a role" in client.get(url).content.decode()
    today = timezone.localdate()
    answers = {
        "assignment": cast.cdo.role_assignments.get().pk,
        "to_user": cast.steward.pk,
        "starts": today.isoformat(),
        "ends": (today - timedelta(days=1)).isoformat(),
        "reason": "On leave.",
    }
    refused = client.post(url, answers)
    assert refused.status_code == 422
    assert "The last day lies before the first one." in refused.content.decode()
    assert "On leave." in refused.content.decode()
    page = client.post(url, answers | {"ends": today.isoformat()}, follow=True).content.decode()
    assert "Maria Lopez stands in for you" in page
    assert "Running" in page
    client.force_login(cast.steward)
    assert "Hand it back" in client.get(url).content.decode()
    client.post(reverse("delegation_end", args=[Delegation.objects.get().pk]))
    assert "Ended early" in client.get(url).content.decode()


def test_somebody_else_can_neither_choose_nor_end_it(cast: Cast, client: Client) -> None:
    row = lend(cast, cast.cdo, Role.CDO, cast.steward)
    for person in (cast.coordinator, cast.foreign_cdo):
        client.force_login(person)
        assert client.post(reverse("delegation_end", args=[row.pk])).status_code == 404
    answers = {"assignment": row.assignment_id, "to_user": cast.cdo.pk, "starts": row.starts}
    client.force_login(cast.coordinator)
    assert client.post(reverse("delegations"), answers).status_code == 422
    assert Delegation.objects.get().ended_at is None


def test_the_portal_admin_sees_all_of_the_program_and_ends_one(cast: Cast, client: Client) -> None:
    row = lend(cast, cast.cdo, Role.CDO, cast.steward)
    client.force_login(cast.portal_admin)
    page = client.get(reverse("delegations_all")).content.decode()
    assert "Helen Park" in page
    assert "Maria Lopez" in page
    client.post(reverse("delegation_end", args=[row.pk]))
    assert Delegation.objects.get().ended_by == cast.portal_admin
    client.force_login(cast.coordinator)
    assert client.get(reverse("delegations_all")).status_code == 403


def test_somebody_with_no_role_of_their_own_has_nothing_to_lend(cast: Cast, client: Client) -> None:
    lent_only = cast[Role.AUDITOR]
    lend(cast, cast.cdo, Role.CDO, lent_only)
    lent_only.role_assignments.all().delete()
    client.force_login(lent_only)
    page = client.get(reverse("delegations")).content.decode()
    assert "You hold no role of your own" in page
