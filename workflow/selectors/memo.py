"""What the memo of the privacy decision shows of a release: for its page, its PDF and the archive copy."""

from __future__ import annotations

from typing import Any

from accounts.roles import Role
from privacy.memo import memo_of
from privacy.selectors import state_of
from workflow.context import ReleaseContext
from workflow.stages import Stage
from workflow.weighed import hard_stops


def memo_context(context: ReleaseContext) -> dict[str, Any]:
    """The memo's context: what the station knows, and what the dataset and its program are called."""
    profile, dataset = context.profile, context.dataset
    raw, output = (
        profile.classification(code) for code in (dataset.classification, dataset.output_classification)
    )
    level = profile.security_level(dataset.security_level)
    holder = profile.stage_holders.get(Stage.PRIVACY, Role.PRIVACY_OFFICER)
    return memo_of(state_of(context.release.pk), profile.privacy) | {
        "release": context.release,
        "dataset": dataset,
        "program": dataset.program.name,
        "officer": profile.role_words(holder),
        "raw_class": raw.label if raw else "",
        "output_class": output.label if output else "",
        "security_level": level.label if level else "",
        "stops": hard_stops(context),
        "today": context.now,
    }
