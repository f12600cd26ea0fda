"""Letters that accounts asks for. The floor that writes letters lies above; settings name its service."""

from __future__ import annotations

from django.conf import settings
from django.utils.module_loading import import_string

from accounts.models import Program, User
from accounts.profiles import Profile
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
