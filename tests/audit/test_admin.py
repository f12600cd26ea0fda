"""The audit trail in the admin stops at the programs that the reader keeps."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Department
from accounts.roles import Role
from accounts.services import role_assign
from audit.services import event_record
from notifications.selectors import letters_for
from tests.cast import Cast, cast_create

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(db: None) -> Cast:
    return cast_create()


def test_a_small_role_elsewhere_opens_nothing_of_that_program(cast: Cast, client: Client) -> None:
    """CDO here, steward of one department there: the other program's trail and letters stay shut."""
    far = Department.objects.get(program=cast.other_program)
    for user in (cast.cdo, cast.portal_admin):
        role_assign(user=user, role=Role.STEWARD, program=cast.other_program, department=far, actor=None)
    for program in (cast.program, cast.other_program):
        event_record(action="workflow.published", actor=None, subject=program, program_id=program.pk)
    client.force_login(cast.cdo)
    page = client.get(reverse("admin:audit_auditevent_changelist"))
    labels = {event.subject_label for event in page.context["cl"].result_list}
    assert str(cast.program) in labels
    assert str(cast.other_program) not in labels
    assert not letters_for(cast.portal_admin).filter(recipient=cast.foreign_cdo).exists()
