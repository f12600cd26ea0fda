"""Questions about retirements: on which grounds, for how long the public is told, and who may do what.

Sources: DOMAIN b4 (Connecticut's handbook, the Los Angeles playbook, New York City's removals), FEATURES M40.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied

from accounts.models import User
from accounts.profiles import Choice, Profile
from accounts.roles import Role, acting_for, roles_held
from workflow.calendar import BusinessCalendar, calendar_of
from workflow.models import Dataset, Release, Retirement
from workflow.policies import check_holds
from workflow.stages import Stage

# Where a program names none of its own: those of Connecticut's handbook, which the retirement checklist asks about.
CRITERIA = (
    Choice("inaccurate", "Inaccurate, misleading or incomplete"),
    Choice("protected", "Holds protected data"),
    Choice("discontinued", "Discontinued, consolidated or replaced"),
    Choice("mistake", "Published by mistake"),
    Choice("rarely_used", "Rarely used"),
    Choice("outdated", "Outdated"),
    Choice("not_owned", "Not owned by its publisher"),
)
_PROPOSERS = (Role.STEWARD, Role.COORDINATOR, Role.OPEN_DATA_TEAM, Role.CDO, Role.PORTAL_ADMIN)
# Who may take a kept copy out of storage: what it holds was public.
_ARCHIVE_READERS = (*_PROPOSERS, Role.DEPARTMENT_APPROVER, Role.AUDITOR)


def criteria_of(profile: Profile) -> tuple[Choice, ...]:
    """The grounds of the program, at least one of which must hold."""
    return profile.retirement.criteria or CRITERIA


def criteria_words(codes: list[str], profile: Profile) -> list[str]:
    """The grounds in words; a code that the program no longer has stands for itself."""
    labels = {row.code: row.label for row in (*CRITERIA, *criteria_of(profile))}
    return [labels.get(code, code) for code in codes]


def release_to_retire(dataset: Dataset) -> Release | None:
    """What is public; else what was public last and was taken back in an emergency: it need not come back first."""
    public = dataset.public_release
    if public is not None:
        return public  # type: ignore[no-any-return]
    been_public = [release for release in dataset.releases.all() if release.published_at]
    last = max(been_public, key=lambda release: release.number, default=None)
    return last if last is not None and last.stage == Stage.RETRACTED else None


# the window


def window_days(profile: Profile) -> int:
    """How many days the public has, by the program's rule."""
    return max(profile.retirement.notice_days, profile.retirement.objection_days)


def may_skip_notice(profile: Profile, release: Release | None, now: datetime) -> bool:
    """True for data so new that the program lets it go without notice (Connecticut: up to seven days)."""
    if release is None or release.published_at is None or not window_days(profile):
        return False
    return now - release.published_at <= timedelta(days=profile.retirement.grace_days)


def window_end(profile: Profile, start: datetime, days: int) -> datetime:
    """When a window of so many days ends that begins at `start`; the day it begins never counts."""
    if not days:
        return start
    calendar = calendar_of(profile)
    day = calendar.local_day(start)
    if profile.retirement.days == "business":
        return calendar.end_of(calendar.add(day, days))
    return calendar.end_of(_no_day_off(calendar, day + timedelta(days=days)))


def window_moved(profile: Profile, ends_at: datetime, paused_at: datetime, now: datetime) -> datetime:
    """The end of a window that stood still from `paused_at` until now: the days that were left are given back."""
    calendar = calendar_of(profile)
    left = max((calendar.local_day(ends_at) - calendar.local_day(paused_at)).days, 0)
    if profile.retirement.days == "business":
        left = max(calendar.between(calendar.local_day(paused_at), calendar.local_day(ends_at)), 0)
    return max(ends_at, window_end(profile, now, left))


def window_until(profile: Profile, day: date) -> datetime:
    """The end of a window on a chosen day."""
    calendar = calendar_of(profile)
    return calendar.end_of(_no_day_off(calendar, day))


def _no_day_off(calendar: BusinessCalendar, day: date) -> date:
    return day if calendar.is_business_day(day) else calendar.add(day, 1)


# who may


def check_propose(actor: Any, dataset: Dataset, profile: Profile) -> None:
    """Refuse unless `actor` may propose to retire the dataset, or object to it as a colleague."""
    check_holds(actor, (*_PROPOSERS, *profile.retirement.roles), dataset, profile)


def check_decide(actor: Any, retirement: Retirement, profile: Profile) -> None:
    """Refuse unless `actor` holds a role that the program names, and has not proposed it: four eyes."""
    check_holds(actor, profile.retirement.roles, retirement.dataset, profile)
    if _is_proposers_hand(actor, profile.retirement.roles, retirement):
        raise PermissionDenied(
            "You proposed this retirement, or act in the place of who did, so somebody else must decide it."
        )


def check_withdraw(actor: Any, retirement: Retirement, profile: Profile) -> None:
    """Refuse unless `actor` proposed it, or may decide about retirements."""
    if getattr(actor, "pk", None) != retirement.proposed_by_id:
        check_holds(actor, profile.retirement.roles, retirement.dataset, profile)


def check_approve(actor: Any, role: str, retirement: Retirement, profile: Profile) -> None:
    """Refuse unless `actor` speaks for a role whose approval the program wants, and has not proposed it."""
    check_holds(actor, (role,), retirement.dataset, profile)
    if _is_proposers_hand(actor, (role,), retirement):
        raise PermissionDenied("You proposed this retirement, so somebody else must agree to it.")


def check_archive(actor: Any, dataset: Dataset, profile: Profile) -> None:
    """Refuse unless `actor` may take the archive copy out of storage."""
    check_holds(actor, _ARCHIVE_READERS, dataset, profile)


def approvals_missing(retirement: Retirement, profile: Profile) -> list[str]:
    """The roles whose approval is still to come, or was refused."""
    agreed = {row.role for row in retirement.approvals.all() if row.agrees}
    return [role for role in profile.retirement.approval if role not in agreed]


def may(check: Callable[..., None], *args: Any) -> bool:
    """Would this check let them? For showing or leaving out a button."""
    try:
        check(*args)
    except PermissionDenied:
        return False
    return True


def _is_proposers_hand(actor: User, roles: tuple[str, ...], retirement: Retirement) -> bool:
    """True for who proposed it, and for who holds such a role only because the proposer lends it to them."""
    if actor.pk == retirement.proposed_by_id:
        return True
    place = {"program": retirement.dataset.program_id, "department": retirement.dataset.department_id}
    held = roles_held(actor, **place)
    lenders = [acting_for(actor, role, **place) for role in roles if role in held]
    return bool(lenders) and all(
        lender is not None and lender.pk == retirement.proposed_by_id for lender in lenders
    )
