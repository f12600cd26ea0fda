"""Refreshes, asked of one release: is it one, is it still being compared, and did the system let it through.

Read by gates, needs of reviews, turns and pages alike. Source: ARCHITECTURE 4, refresh and four eyes.
"""

from __future__ import annotations

from publishing.models import Permit
from publishing.selectors_bounds import permit_in_force
from workflow.context import ReleaseContext
from workflow.models import Refresh
from workflow.stages import Stage

Decision = Refresh.Decision
_LET_THROUGH = (Decision.PUBLISH, Decision.PRIVACY)


def refresh_of(context: ReleaseContext) -> Refresh | None:
    """What is known of the refresh; None for a release that people opened to prepare it from the start."""
    row = comparison_of(context)
    return None if row is None or row.origin == Refresh.Origin.HAND else row


def comparison_of(context: ReleaseContext) -> Refresh | None:
    """How the release compares with what is public, be it a refresh or prepared by people; None before that."""
    return getattr(context.release, "refresh", None)


def is_measuring(context: ReleaseContext) -> bool:
    """The system is comparing it with what was approved: nobody is asked for anything yet."""
    refresh = refresh_of(context)
    return refresh is not None and context.release.stage == Stage.INVENTORY and not refresh.route


def is_light(context: ReleaseContext) -> bool:
    """Only privacy reads it again: the rest was approved, and did not change."""
    refresh = refresh_of(context)
    return refresh is not None and refresh.route == Decision.PRIVACY


def is_let_through(context: ReleaseContext) -> bool:
    """It goes public under the approval of the release that it renews."""
    refresh = refresh_of(context)
    return (
        refresh is not None
        and refresh.route in _LET_THROUGH
        and context.release.stage in (Stage.STAGED, Stage.PUBLISHED)
    )


def asks_nobody(context: ReleaseContext) -> bool:
    """No review is needed where the release is: it is compared by the system, or covered by an earlier approval."""
    waits = is_light(context) and context.release.stage == Stage.CDO_REVIEW
    return is_measuring(context) or is_let_through(context) or waits


def basis_of(context: ReleaseContext) -> Permit | None:
    """The permit under which the refresh may go public: that of the release it renews, while it holds."""
    refresh = refresh_of(context)
    if refresh is None or refresh.base.stage != Stage.PUBLISHED:
        return None
    return permit_in_force(refresh.base_id, now=context.now)


def refresh_words(context: ReleaseContext) -> dict[str, str]:
    """What letters say of a refresh: what changed, and why it needs somebody."""
    refresh = refresh_of(context)
    if refresh is None or not refresh.sentence:
        return {}
    why = refresh.reasons[0]["text"] if refresh.reasons else "It goes beyond what was approved."
    return {"sentence": refresh.sentence, "why": why}
