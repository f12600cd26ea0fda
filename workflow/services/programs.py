"""Writes about programs that need to know the whole product: adopting a profile, and copying one to a new program."""

from __future__ import annotations

import copy
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.db import transaction
from django.utils import timezone

from accounts.models import Program, ProgramProfile, RoleAssignment, User
from accounts.profiles import ProfileError, digest_of
from accounts.roles import Role
from accounts.selectors import profile_current
from accounts.services_programs import check_adopts, profile_adopt
from accounts.services_sync import roles_sync
from audit.services import event_record
from workflow.selectors.program_check import content_checked

# /requests/<code>/ask/ and /requests/confirm/<secret>/ are neighbours (workflow.views.requests).
_RESERVED = frozenset({"confirm"})


@transaction.atomic
def program_adopt(
    *,
    program: Program,
    content: dict[str, Any],
    reason: str,
    based_on: int,
    actor: User,
    now: datetime | None = None,
) -> ProgramProfile:
    """Adopt `content` as the program's next profile version, after every check there is.

    Takes, returns and raises what accounts.services_programs.profile_adopt does; ProfileError also for what the
    content names and the product lacks, and for one person who would hold every key.
    """
    check_adopts(actor, program)
    verdict = content_checked(content, name=program.code, program=program)
    if not verdict.is_in_order:
        raise ProfileError(list(verdict.faults))
    return profile_adopt(
        program=program, content=content, reason=reason, based_on=based_on, actor=actor, now=now
    )


@transaction.atomic
def program_copy(
    *, source: Program, code: str, name: str, actor: User, now: datetime | None = None
) -> Program:
    """Make a new program that works as `source` does now. Whoever copies it is its first portal admin.

    Takes the new program's code (as in addresses and files) and name. Returns the program. Raises
    PermissionDenied for anybody but a portal admin of `source`, ValidationError for a code that is taken.
    """
    check_adopts(actor, source)
    code, name = code.strip().lower(), name.strip()
    validate_slug(code)
    if not name:
        raise ValidationError("Give the program the name that people will read.")
    if code in _RESERVED:
        raise ValidationError(f'The word "{code}" stands in other addresses. Choose another short name.')
    if Program.objects.filter(code=code).exists():
        raise ValidationError(f'There is a program "{code}" already. Choose another short name.')
    now = now or timezone.now()
    before = profile_current(source)
    content = copy.deepcopy(before.content) | {"name": name}
    program = Program.objects.create(code=code, name=name)
    row = ProgramProfile.objects.create(
        program=program,
        version=1,
        content=content,
        digest=digest_of(content),
        adopted_by=actor,
        reason=f"Copied from version {before.version} of {source}.",
    )
    event_record(
        action="accounts.program_copied",
        actor=actor,
        subject=program,
        data={"source": source.code, "version": before.version},
        program_id=program.pk,
        now=now,
    )
    event_record(
        action="accounts.profile_adopted",
        actor=actor,
        subject=row,
        data={"version": 1},
        program_id=program.pk,
        now=now,
    )
    # The new program has nobody yet; without its first admin it would be locked for ever.
    RoleAssignment.objects.create(
        user=actor, role=Role.PORTAL_ADMIN, program=program, assigned_by=None, assigned_at=now
    )
    event_record(
        action="accounts.role_assigned",
        actor=None,
        subject=actor,
        data={"role": Role.PORTAL_ADMIN.value, "program": program.code, "department": ""},
        program_id=program.pk,
        now=now,
    )
    roles_sync(user=actor)
    return program
