"""Reads of retirements: the words for the public, what is under way, whom it waits on."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import User
from accounts.profiles import Profile
from accounts.selectors import profile_for
from audit.models import AuditEvent
from notifications.messages import absolute_link
from workflow import retiring
from workflow.gates.endings import is_decided_about
from workflow.models import ArchiveCopy, Dataset, Retirement, RetirementObjection
from workflow.selectors.datasets import datasets_for
from workflow.selectors.requests import public_address

State = Retirement.State
Verdict = RetirementObjection.Verdict


def local_day(moment: datetime | None, dataset: Dataset) -> str:
    """A day in words, where the program is."""
    if moment is None:
        return ""
    return date_format(moment.astimezone(ZoneInfo(profile_for(dataset.program).timezone)), "j M Y")


def page_address(dataset: Dataset) -> str:
    """The dataset's own public page, which stays when the data goes."""
    return absolute_link(reverse("catalogue_dataset", args=[dataset.program.code, dataset.inventory_id]))


def successor_of(row: Retirement) -> tuple[str, str]:
    """What to use instead, as words and address; empty where there is nothing."""
    if row.successor is not None:
        return row.successor.title, public_address(row.successor) or page_address(row.successor)
    return (row.successor_url, row.successor_url) if row.successor_url else ("", "")


def notice_words(row: Retirement) -> str:
    """The notice as portals show it: what happens, when, why, what to use instead, and where to object."""
    dataset = row.dataset
    words, address = successor_of(row)
    instead = f" Use instead: {words}" + (f" ({address})." if address != words else ".") if words else ""
    if row.state == State.RETIRED:
        first = f"This dataset was retired on {local_day(row.ended_at, dataset)}."
    elif row.paused_at is not None:
        first = "This dataset is to be retired; objections are being looked at."
    else:
        first = f"This dataset is to be retired after {local_day(row.ends_at, dataset)}."
    more = f" {row.notice}" if row.notice else ""
    return f"{first} {row.reason}{more}{instead} More: {page_address(dataset)}"


@dataclass(frozen=True)
class RetirementPage:
    """One retirement with what colleagues see of it."""

    row: Retirement
    criteria: list[str]
    successor: tuple[str, str]
    objections: list[RetirementObjection]
    standing: int
    approvals_missing: list[str]
    archive: ArchiveCopy | None
    # What was taken back in an emergency is not kept, and a copy of it stays closed.
    is_taken_back: bool
    ends: str
    days: int


def page_of(row: Retirement, profile: Profile) -> RetirementPage:
    objections = list(row.objections.select_related("by", "answered_by"))
    released = row.dataset.releases.filter(published_at__isnull=False).order_by("-number").first()
    return RetirementPage(
        row=row,
        criteria=retiring.criteria_words(row.criteria, profile),
        successor=successor_of(row),
        objections=objections,
        standing=sum(one.stands for one in objections),
        approvals_missing=[profile.role_label(role) for role in retiring.approvals_missing(row, profile)],
        is_taken_back=released is not None and released.retractions.filter(reinstated_at=None).exists(),
        archive=ArchiveCopy.objects.filter(release=released).select_related("file").first()
        if released
        else None,
        ends=local_day(row.ends_at, row.dataset),
        days=retiring.window_days(profile),
    )


def is_of_public(row: Retirement) -> bool:
    """Is it about what readers have, or had last? Not any more once a corrected release took that one's place."""
    release = retiring.release_to_retire(row.dataset)
    return release is None or is_decided_about(row, release)


def retirement_open_of(dataset: Dataset) -> Retirement | None:
    return _rows().filter(dataset=dataset, state__in=(State.PROPOSED, State.NOTICE)).first()


def retirements_of(dataset: Dataset) -> list[Retirement]:
    """Every retirement of a dataset, the newest first."""
    return list(_rows().filter(dataset=dataset))


def retirements_for(user: User) -> QuerySet[Retirement]:
    """Those of the datasets that `user` may see, what is under way on top."""
    return (
        _rows()
        .filter(dataset__in=datasets_for(user).values("pk"))
        .order_by("ended_at", "-proposed_at", "-pk")
    )


@dataclass(frozen=True)
class Waiting:
    """A retirement that waits on somebody, and for what."""

    row: Retirement
    what: str
    due: datetime | None = None


def retirements_waiting_on(user: User, *, now: datetime | None = None) -> list[Waiting]:
    """What retirements ask of `user`: an approval, a decision, an answer to objections."""
    now = now or timezone.now()
    rows = retirements_for(user).filter(state__in=(State.PROPOSED, State.NOTICE))
    found = []
    for row in rows.prefetch_related("approvals", "objections"):
        profile = profile_for(row.dataset.program)
        if what := _asked(row, user, profile):
            found.append(Waiting(row, what))
    return found


def _asked(row: Retirement, user: User, profile: Profile) -> str:
    if row.state == State.PROPOSED:
        said = {one.role for one in row.approvals.all()}
        missing = retiring.approvals_missing(row, profile)
        waiting = [role for role in missing if role not in said]
        if any(retiring.may(retiring.check_approve, user, role, row, profile) for role in waiting):
            return "say whether you agree that it is retired"
        if not missing and retiring.may(retiring.check_decide, user, row, profile):
            return "decide whether it is retired"
        return ""
    if not is_of_public(row):
        may_withdraw = retiring.may(retiring.check_withdraw, user, row, profile)
        return (
            "withdraw its retirement: it was about data that a corrected release replaced"
            if may_withdraw
            else ""
        )
    stands = any(one.stands for one in row.objections.all())
    if stands and retiring.may(retiring.check_decide, user, row, profile):
        return "answer the objections to its retirement: the notice stands still until then"
    return ""


def _rows() -> QuerySet[Retirement]:
    return Retirement.objects.select_related(
        "dataset__program",
        "dataset__department",
        "successor__program",
        "proposed_by",
        "decided_by",
        "ended_by",
    )


@dataclass(frozen=True)
class PublicRetirement:
    """A retirement as the public reads it: on the notice, the tombstone and the list of what left."""

    title: str
    department: str
    state: str
    is_gone: bool
    criteria: list[str]
    reason: str
    notice: str
    begun: datetime | None
    ends: datetime | None
    is_paused: bool
    ended: datetime | None
    successor: tuple[str, str]
    archive_place: str
    contact: str
    url: str
    # Answered ones. Their words are for the public only where `shown`; the answer always is.
    objections: list[RetirementObjection] = field(default_factory=list)
    standing: int = 0


def public_retirement(row: Retirement, title: str) -> PublicRetirement:
    """`title` is the one that was approved for the public."""
    dataset = row.dataset
    objections = list(row.objections.all())
    return PublicRetirement(
        title=title,
        department=dataset.department.name,
        state=row.state,
        is_gone=row.state == State.RETIRED,
        criteria=retiring.criteria_words(row.criteria, profile_for(dataset.program)),
        reason=row.reason,
        notice=row.notice,
        begun=row.decided_at,
        ends=row.ends_at,
        is_paused=row.paused_at is not None,
        ended=row.ended_at,
        successor=successor_of(row),
        archive_place=row.archive_place,
        contact=dataset.contact_email,
        url=page_address(dataset),
        objections=[one for one in objections if one.answer and one.verdict != Verdict.SET_ASIDE],
        standing=sum(one.stands for one in objections),
    )


def more_time_because(row: Retirement) -> str:
    """Why the public has more time, in the words of who gave it last; empty where nobody did."""
    event = (
        AuditEvent.objects.filter(
            action="retirement.extended", dataset_id=row.dataset_id, at__gte=row.proposed_at
        )
        .select_related("note")
        .last()
    )
    return event.note.text if event is not None and hasattr(event, "note") else ""


def standing_line(dataset: Dataset) -> str:
    """How the retirement of a dataset stands, in one sentence for its page; empty where there is none."""
    row = _rows().filter(dataset=dataset).exclude(state__in=(State.DECLINED, State.WITHDRAWN)).first()
    if row is None:
        return ""
    if row.state == State.PROPOSED:
        return "It is proposed to retire this dataset."
    if row.state == State.RETIRED:
        return f"This dataset was retired on {local_day(row.ended_at, dataset)}."
    if not is_of_public(row):
        return (
            "The retirement was about data that a corrected release replaced. What is public now stays; "
            "withdraw the retirement."
        )
    if row.paused_at is not None:
        return "This dataset is to be retired; the notice stands still while an objection is answered."
    return f"The public notice of its retirement runs until {local_day(row.ends_at, dataset)}."
