"""Writes about program profiles: the shipped ones are loaded, a program's own are adopted.

A profile is never edited. A change is the next version; releases keep the one they began with.
"""

from __future__ import annotations

import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from accounts.models import Program, ProgramProfile, User
from accounts.profiles import ProfileError, digest_of, parse
from accounts.roles import Role, has_role
from accounts.services_sync import roles_sync
from audit.services import event_record

PROGRAMS_DIR = Path(__file__).parent / "programs"


def content_read(text: str) -> dict[str, Any]:
    """The content of a TOML text. Raises ProfileError with the line when it is no TOML."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ProfileError([f"This is not TOML: {error}."]) from error
    except RecursionError as error:
        raise ProfileError(
            ["This is not a profile: its lists stand inside one another too deeply."]
        ) from error


@transaction.atomic
def program_load(*, path: Path) -> ProgramProfile:
    """Load one profile file; a changed content becomes the program's next version.

    Takes the TOML file (its stem is the program's code), returns the profile row that is current now. A profile
    that the program adopted itself stays: what the product ships does not overwrite it.
    Raises ProfileError with every fault when the file cannot work.
    """
    content = content_read(path.read_text("utf-8"))
    profile = parse(content)
    program, _ = Program.objects.get_or_create(code=path.stem, defaults={"name": profile.name})
    current = program.profiles.order_by("-version").first()
    if current and (current.adopted_by_id or current.digest == digest_of(content)):
        return current
    return _next_version(program, current, content, actor=None)


def programs_load() -> list[ProgramProfile]:
    """Load every profile that the product ships."""
    return [program_load(path=path) for path in sorted(PROGRAMS_DIR.glob("*.toml"))]


def check_adopts(actor: User, program: Program) -> None:
    """Raise PermissionDenied unless `actor` is a portal admin of the program."""
    if not has_role(actor, Role.PORTAL_ADMIN, program=program):
        raise PermissionDenied(f"The profile of {program} is changed by its portal admins.")


def may_adopt(actor: User, program: Program) -> bool:
    try:
        check_adopts(actor, program)
    except PermissionDenied:
        return False
    return True


@transaction.atomic
def profile_adopt(
    *,
    program: Program,
    content: dict[str, Any],
    reason: str,
    based_on: int,
    actor: User,
    now: datetime | None = None,
) -> ProgramProfile:
    """Make `content` the program's next profile version, for every release that is opened from now on.

    Takes the parsed content, why it is adopted, and the version that the actor looked at. Returns the new row.
    Raises PermissionDenied for anybody but a portal admin of the program, ProfileError with every fault, and
    ValidationError when the reason is missing, nothing changes, or another version was adopted meanwhile.
    """
    check_adopts(actor, program)
    parse(content)
    if not reason.strip():
        raise ValidationError("Say why the profile changes. Whoever reads the history wants to know.")
    # Two admins at once: the second one sees the first one's version.
    program = Program.objects.select_for_update(of=("self",)).get(pk=program.pk)
    current = program.profiles.order_by("-version")[0]
    if current.version != based_on:
        raise ValidationError(
            f"Version {current.version} was adopted while you looked at version {based_on}. Check yours against it."
        )
    if current.digest == digest_of(content):
        raise ValidationError(f"This is version {current.version} already; nothing would change.")
    return _next_version(program, current, content, actor=actor, reason=reason.strip(), now=now)


def _next_version(
    program: Program,
    current: ProgramProfile | None,
    content: dict[str, Any],
    *,
    actor: User | None,
    reason: str = "",
    now: datetime | None = None,
) -> ProgramProfile:
    row = ProgramProfile.objects.create(
        program=program,
        version=(current.version + 1) if current else 1,
        content=content,
        digest=digest_of(content),
        adopted_by=actor,
        reason=reason,
    )
    event_record(
        action="accounts.profile_adopted",
        actor=actor,
        subject=row,
        data={"version": row.version},
        program_id=program.pk,
        note=reason,
        now=now,
    )
    # The new version may name somebody else for the final key.
    for user in User.objects.filter(role_assignments__program=program).distinct():
        roles_sync(user=user)
    return row
