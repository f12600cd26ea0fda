"""Questions about emergency retractions: who may look after one, where a copy still stands, what a record lacks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q

from accounts.models import User
from accounts.profiles import profile_of
from accounts.roles import Role, acting_for, roles_held
from publishing.models import PortalAsset, Publication
from work.models import WorkItem
from workflow.models import Dataset, PostMortem, PostMortemDuty, Retraction
from workflow.policies import check_holds
from workflow.stages import STAGE_OWNER, Stage

_WRITERS = (Role.COORDINATOR, Role.OPEN_DATA_TEAM)
SIGNATURES = 2


@dataclass(frozen=True)
class PlaceNow:
    """One place where the data was: is it seen private from outside, and if not, how things stand there."""

    where: str
    url: str
    is_private: bool
    words: str
    attempts: int
    trouble: str = ""
    since: datetime | None = None


def places_of(retraction: Retraction) -> list[PlaceNow]:
    """Every place where the dataset has a copy that is taken back, with how far that is there.

    Of a place that still showed an earlier release, that release's copy is the one to look at.
    """
    release = retraction.release
    asked: dict[int, list[Publication]] = {}
    rows = Publication.objects.filter(asset__dataset=release.dataset_id).select_related("asset")
    wanted = rows.filter(Q(release=release) | Q(goal=Publication.Goal.HIDDEN))
    for row in wanted.order_by("-requested_at", "-pk"):
        asked.setdefault(row.asset_id, []).append(row)
    return [_place(found, release.pk) for _, found in sorted(asked.items())]


def _place(rows: list[Publication], release_id: int) -> PlaceNow:
    """How things stand in one place, from what was asked for there, the newest first."""
    hidden = [row for row in rows if row.goal == Publication.Goal.HIDDEN]
    unfinished = [row for row in hidden if row.status != WorkItem.Status.DONE]
    row = next(iter(unfinished or [one for one in rows if one.release_id == release_id] or rows))
    asset: PortalAsset = row.asset
    is_private = bool(hidden) and not unfinished and asset.public_publication_id is None
    if is_private:
        words = "Private; seen from outside, without a key."
    elif row.status == WorkItem.Status.RUNNING:
        words = "Being made private now."
    elif row.status == WorkItem.Status.DEAD:
        words = "The portal refused. We try again by ourselves, and somebody must look."
    else:
        words = "Still to be made private; the next try comes by itself."
    return PlaceNow(
        where=asset.domain,
        url=asset.url,
        is_private=is_private,
        words=words,
        attempts=row.attempts,
        trouble="" if is_private else row.error or row.failure,
        since=row.finished_at if is_private else None,
    )


def carer_roles(dataset: Dataset, retraction: Retraction) -> tuple[str, ...]:
    """Who looks after a retraction and signs its record: who may retract."""
    holder = profile_of(retraction.release.profile).stage_holders.get(
        Stage.PRIVACY, STAGE_OWNER[Stage.PRIVACY]
    )
    return (holder, Role.CDO, Role.PORTAL_ADMIN)


def check_write(actor: Any, retraction: Retraction) -> None:
    """Refuse unless `actor` may fill in the record."""
    release = retraction.release
    roles = (*carer_roles(release.dataset, retraction), *_WRITERS)
    check_holds(actor, roles, release.dataset, profile_of(release.profile))


def check_sign(actor: Any, retraction: Retraction) -> None:
    """Refuse unless `actor` may sign, and whoever signed already by these hands."""
    release = retraction.release
    check_holds(actor, carer_roles(release.dataset, retraction), release.dataset, profile_of(release.profile))
    own = _hands(actor, retraction)
    for row in retraction.post_mortem.signatures.all():
        if own & {row.by_id, row.on_behalf_of_id}:
            raise PermissionDenied(
                "You signed already, or act in the place of who did. Somebody else signs too."
            )


def lender_to_sign(actor: User, retraction: Retraction) -> User | None:
    """In whose place `actor` signs; None when the role is their own."""
    dataset = retraction.release.dataset
    held = roles_held(actor, program=dataset.program_id, department=dataset.department_id)
    lenders = [
        acting_for(actor, role, program=dataset.program_id, department=dataset.department_id)
        for role in carer_roles(dataset, retraction)
        if role in held
    ]
    return lenders[0] if lenders and all(lenders) else None


def _hands(actor: User, retraction: Retraction) -> set[int]:
    lender = lender_to_sign(actor, retraction)
    return {actor.pk} | ({lender.pk} if lender else set())


def lacking(record: PostMortem) -> list[str]:
    """What the record still lacks before it can be signed, in sentences."""
    retraction, missing = record.retraction, []
    if retraction.confirmed_at is None:
        missing.append("The data is not seen private from outside yet.")
    asked = (
        (record.what_happened, "Say what happened."),
        (record.found_at, "Say when it was found."),
        (record.found_by, "Say who found it: a reader, a colleague, a check."),
        (record.public_since, "Say since when it was public."),
        (record.details_exposed, "Say which kinds of details were open, without a value."),
        (record.rows_exposed is not None, "Say how many rows were open."),
        (
            record.downloads is not None or record.downloads_source,
            "Say how often it was downloaded, or why that is unknown.",
        ),
        (record.root_cause, "Say what the cause was."),
    )
    missing += [sentence for value, sentence in asked if not value]
    if not record.measures.exists():
        missing.append("Name at least one measure, with who takes it and until when.")
    open_duties = record.duties.filter(answer="").count()
    pending = record.duties.filter(answer=PostMortemDuty.Answer.PENDING).count()
    if open_duties:
        missing.append(f"Examine {open_duties} dut{'y' if open_duties == 1 else 'ies'} to notify.")
    if pending:
        missing.append(f"{pending} notice{'' if pending == 1 else 's'} still to be given.")
    places = retraction.follow_ups.filter(done_at=None).count()
    if places:
        missing.append(f"Look at {places} other place{'' if places == 1 else 's'} that may hold a copy.")
    return missing


def may(check: Callable[..., None], *args: Any) -> bool:
    """Would this check let them? For showing or leaving out a button."""
    try:
        check(*args)
    except PermissionDenied:
        return False
    return True
