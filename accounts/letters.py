"""Letters that accounts asks for. The floor that writes letters lies above; settings name its service."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.module_loading import import_string

from accounts.models import Program, RoleRequest, User
from accounts.profiles import Profile
from accounts.roles import Role, people_with_role
from accounts.selectors import profile_for
from accounts.services import invitation_path


def invitation_letter(*, user: User, role: str, program: Program, actor: User) -> None:
    """Put the invitation of somebody without a password into the outbox, in the caller's transaction."""
    profile: Profile = profile_for(program)
    import_string(settings.INVITATION_LETTER)(
        message_id="invited",
        recipients=[user],
        actor=actor,
        context={
            "program": program.name,
            "role": profile.role_label(role),
            "days": settings.INVITATION_DAYS,
        },
        path=invitation_path(user),
    )


def role_request_letter(*, row: RoleRequest, now: datetime) -> None:
    """Tell the portal admins of the program that somebody asks for a role."""
    _role_letter("role_requested", row, row.user, reason=row.why, now=now)


def role_answer_letter(*, row: RoleRequest, now: datetime) -> None:
    """Tell who asked for a role what became of it, and why."""
    verdict = row.get_decision_display().lower()
    _role_letter("role_answered", row, row.decided_by, reason=row.reason, now=now, verdict=verdict)


def _role_letter(
    message_id: str, row: RoleRequest, actor: User | None, *, reason: str, now: datetime, **words: str
) -> None:
    asks = message_id == "role_requested"
    admins = people_with_role(Role.PORTAL_ADMIN, program=row.program_id)
    place = f", {row.department}" if row.department else ""
    rights = ", with publishing rights on the portal" if row.publishing else ""
    import_string(settings.INVITATION_LETTER)(
        message_id=message_id,
        recipients=list(admins) if asks else [row.user],
        actor=actor,
        context={
            "program": row.program.name,
            "role": f"{profile_for(row.program).role_label(row.role)}{place}{rights}",
            "reason": reason,
            **words,
        },
        path=reverse("role_request", args=[row.pk]) if asks else reverse("my_role_requests"),
        now=now,
    )
