"""Gates of the ends of public data: what a retirement waits for, and what a retracted release does."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils.formats import date_format

from accounts.roles import Role
from work.models import WorkItem
from workflow.context import ReleaseContext
from workflow.gates.base import GateResult, Unmet
from workflow.models import ArchiveCopy, Release, Retirement, Retraction
from workflow.stages import SYSTEM_OWNER, Stage


def retirement_decided(context: ReleaseContext) -> GateResult:
    """Somebody decided it, the public was told for as long as the program says, and no objection stands."""
    result = GateResult("Retirement decided, and told to the public")
    decider = next(iter(context.profile.retirement.roles), Role.CDO)
    retirement = context.dataset.retirements.filter(state__in=("proposed", "notice")).first()
    if retirement is None:
        result.unmet.append(
            _unmet("The retirement has not been proposed. Propose it with its reason.", decider)
        )
    elif retirement.state == Retirement.State.PROPOSED:
        result.unmet.append(_unmet("The retirement is proposed and not decided yet.", decider))
    elif not is_decided_about(retirement, context.release):
        text = (
            f"Release {context.release.number} became public after the retirement was decided, in the place of data "
            "that was retracted. Withdraw the retirement; if these data shall go too, propose that anew."
        )
        result.unmet.append(_unmet(text, decider))
    elif retirement.paused_at is not None:
        result.unmet.append(_unmet("An objection stands. Answer it; the notice runs on from there.", decider))
    elif retirement.ends_at is not None and retirement.ends_at > context.now:
        end = date_format(retirement.ends_at.astimezone(ZoneInfo(context.profile.timezone)), "D j M Y, H:i")
        result.unmet.append(_unmet(f"The public notice runs until {end}.", SYSTEM_OWNER))
    return result


def archive_kept(context: ReleaseContext) -> GateResult:
    """What was public is kept as it was, before it goes; not what was taken back in an emergency."""
    result = GateResult("Archive copy kept")
    if context.release.stage == Stage.RETRACTED:
        return result
    copy = ArchiveCopy.objects.filter(release=context.release).first()
    if copy is None:
        result.unmet.append(
            _unmet("The archive copy is not made yet; it is begun with the notice.", SYSTEM_OWNER)
        )
    elif copy.status == WorkItem.Status.DEAD:
        result.unmet.append(_unmet(f"The archive copy could not be made. {copy.error}", Role.PORTAL_ADMIN))
    elif copy.status != WorkItem.Status.DONE:
        result.unmet.append(_unmet("The archive copy is being made.", SYSTEM_OWNER))
    return result


def taken_back_seen(context: ReleaseContext) -> GateResult:
    """What was taken back in an emergency was seen private from outside: its end does not hide that it was not."""
    result = GateResult("Seen private from outside")
    if context.release.stage != Stage.RETRACTED:
        return result
    if context.release.retractions.filter(reinstated_at=None, confirmed_at=None).exists():
        text = (
            "Nobody has seen from outside yet that the retracted data is private. It is retired after that."
        )
        result.unmet.append(Unmet(text, "retraction", SYSTEM_OWNER))
    return result


def nothing_on_its_way(context: ReleaseContext) -> GateResult:
    """No next release of the dataset is being prepared: it would be public again after the end."""
    result = GateResult("")
    for release in context.dataset.releases.all():
        if release.is_open:
            result.unmet.append(
                _unmet(
                    f"Release {release.number} of this dataset is on its way to the public. Withdraw it first, "
                    "or withdraw the retirement.",
                    Role.COORDINATOR,
                )
            )
    return result


def post_mortem_closed(context: ReleaseContext) -> GateResult:
    """A retracted release comes back only after it was found out what went wrong (FEATURES M48)."""
    result = GateResult("Post-mortem closed")
    retraction = context.release.retractions.filter(reinstated_at=None).select_related("post_mortem").first()
    if retraction is None:
        return result
    if retraction.confirmed_at is None:
        result.unmet.append(
            Unmet(
                "Nobody has seen from outside yet that the data is private. It comes back after that.",
                "retraction",
                SYSTEM_OWNER,
            )
        )
    if retraction.post_mortem.closed_at is None:
        result.unmet.append(
            Unmet(
                "The post-mortem of the retraction is not closed. Complete it, and have two people sign it.",
                "retraction",
                Role.PRIVACY_OFFICER,
            )
        )
    return result


def is_decided_about(retirement: Retirement, release: Release) -> bool:
    """False for what came to the public after the decision in the place of data that was retracted.

    It went through every review for itself, and nobody decided that it goes. What takes the place of public data
    while the notice runs, by a refresh, goes with its dataset.
    """
    decided = retirement.decided_at
    if decided is None or release.published_at is None or release.published_at <= decided:
        return True
    been_public = [
        row.number
        for row in retirement.dataset.releases.all()
        if row.published_at and row.published_at <= decided
    ]
    replaced = Retraction.objects.filter(
        Q(reinstated_at=None) | Q(reinstated_at__gt=decided),
        release__dataset=retirement.dataset_id,
        release__number__gte=max(been_public, default=0),
    )
    return not replaced.exclude(release=release, reinstated_at=None).exists()


def _unmet(text: str, who: str) -> Unmet:
    return Unmet(text, "retirement", who)
