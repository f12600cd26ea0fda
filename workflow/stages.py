"""The stages of a release and the moves between them, as tables of words (ARCHITECTURE 4).

The django-fsm transitions on workflow.models.Release hold the same sources and targets; a start-up check
compares the two.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models


class Stage(models.TextChoices):
    INVENTORY = "INVENTORY", "Inventory"
    READINESS = "READINESS", "Readiness"
    QUALITY = "QUALITY", "Quality"
    PRIVACY = "PRIVACY", "Privacy"
    CDO_REVIEW = "CDO_REVIEW", "CDO review"
    STAGED = "STAGED", "Staged"
    PUBLISHED = "PUBLISHED", "Published"
    REJECTED = "REJECTED", "Rejected"
    WITHDRAWN = "WITHDRAWN", "Withdrawn"
    RETRACTED = "RETRACTED", "Retracted"
    SUPERSEDED = "SUPERSEDED", "Superseded"
    RETIRED = "RETIRED", "Retired"


# The way of a release to the public, in order.
WAY = (
    Stage.INVENTORY,
    Stage.READINESS,
    Stage.QUALITY,
    Stage.PRIVACY,
    Stage.CDO_REVIEW,
    Stage.STAGED,
    Stage.PUBLISHED,
)
OPEN_STAGES = WAY[:-1]
CLOSED_STAGES = (Stage.REJECTED, Stage.WITHDRAWN, Stage.RETRACTED, Stage.SUPERSEDED, Stage.RETIRED)

# On whose desk a release lies. A role by default (a program profile may name another), "system" where
# background work and dates decide, "closed" where nobody is asked for anything.
SYSTEM_OWNER = "system"
CLOSED_OWNER = "closed"
STAGE_OWNER: dict[str, str] = {
    Stage.INVENTORY: "coordinator",
    Stage.READINESS: "steward",
    Stage.QUALITY: "coordinator",
    Stage.PRIVACY: "privacy_officer",
    Stage.CDO_REVIEW: "cdo",
    Stage.STAGED: SYSTEM_OWNER,
    Stage.PUBLISHED: "coordinator",
    Stage.REJECTED: CLOSED_OWNER,
    Stage.WITHDRAWN: CLOSED_OWNER,
    Stage.RETRACTED: CLOSED_OWNER,
    Stage.SUPERSEDED: CLOSED_OWNER,
    Stage.RETIRED: CLOSED_OWNER,
}

# Which parts of the dossier people may edit while a release lies in a stage. An edit voids the reviews it
# touches; from CDO review on, what was reviewed is frozen and a change needs a return. Of the checklists, a
# stage opens those that the program puts there; the earlier ones stay as they were answered.
OPEN_PARTS: dict[str, tuple[str, ...]] = {
    Stage.INVENTORY: ("record", "file", "metadata", "checklists", "plan"),
    Stage.READINESS: ("record", "file", "metadata", "checklists", "quality", "plan"),
    Stage.QUALITY: ("record", "file", "metadata", "checklists", "quality", "privacy", "plan"),
    Stage.PRIVACY: ("metadata", "privacy", "plan", "checklists"),
    Stage.CDO_REVIEW: ("plan", "checklists"),
    Stage.STAGED: ("plan", "publication", "checklists"),
    Stage.PUBLISHED: ("publication", "checklists"),
    Stage.REJECTED: (),
    Stage.WITHDRAWN: (),
    Stage.RETRACTED: ("publication",),
    Stage.SUPERSEDED: (),
    Stage.RETIRED: (),
}


@dataclass(frozen=True)
class Move:
    """One named change of stage, in words. `targets` has more than one entry where the actor chooses."""

    name: str
    label: str
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    # {a stage} is read as whoever holds it in the program: see selectors.move_words.
    consequence: str
    needs_reason: bool = False
    # Destructive moves stand apart on the page and are confirmed by name.
    destructive: bool = False
    # The review that making this move is: written by the door, bound to what was seen.
    decides: str = ""
    # Hold and resume change no stage.
    stays: bool = False


_RETURN_SOURCES = (Stage.QUALITY, Stage.PRIVACY, Stage.CDO_REVIEW, Stage.STAGED)

MOVES: dict[str, Move] = {
    move.name: move
    for move in (
        Move(
            "begin_readiness",
            "Begin readiness",
            (Stage.INVENTORY,),
            (Stage.READINESS,),
            "The {READINESS} is asked to prepare the file, the checklists and the description.",
        ),
        Move(
            "submit_for_quality",
            "Submit for quality",
            (Stage.READINESS,),
            (Stage.QUALITY,),
            "The {QUALITY} checks the quality; the reviews that this needs are asked for.",
        ),
        Move(
            "pass_quality",
            "Pass to privacy",
            (Stage.QUALITY,),
            (Stage.PRIVACY,),
            "The {PRIVACY} decides each finding. The file can then only change by a return.",
            decides="quality",
        ),
        Move(
            "clear_privacy",
            "Clear privacy",
            (Stage.PRIVACY,),
            (Stage.CDO_REVIEW,),
            "The {CDO_REVIEW} is asked for the decision. What was reviewed is frozen.",
            decides="privacy",
        ),
        Move(
            "approve",
            "Approve",
            (Stage.CDO_REVIEW,),
            (Stage.STAGED,),
            "It is staged, and goes public on the planned date once the private copy, the plan and whatever else "
            "is needed are in order. Until then it can be returned.",
            decides="cdo",
        ),
        Move(
            "publish",
            "Publish",
            (Stage.STAGED,),
            (Stage.PUBLISHED,),
            "The data is public. Taking it back needs a retraction.",
        ),
        Move(
            "pass_refresh",
            "Let the refresh through",
            (Stage.INVENTORY, Stage.CDO_REVIEW),
            (Stage.STAGED,),
            "The refresh stays within what was approved. It is staged and goes public under that approval.",
        ),
        Move(
            "refresh_to_privacy",
            "Send the refresh to privacy",
            (Stage.INVENTORY,),
            (Stage.PRIVACY,),
            "The {PRIVACY} reads what changed; when privacy is cleared the refresh goes public.",
        ),
        Move(
            "refresh_to_review",
            "Send the refresh to full review",
            (Stage.INVENTORY,),
            (Stage.READINESS,),
            "The refresh goes beyond what was approved. It is prepared and decided like a first release.",
        ),
        Move(
            "return_for_changes",
            "Return for changes",
            _RETURN_SOURCES,
            (Stage.READINESS, Stage.QUALITY, Stage.PRIVACY),
            "The release goes back with your points; everybody who worked on it is told.",
            needs_reason=True,
        ),
        Move(
            "reject",
            "Reject",
            (Stage.INVENTORY, Stage.READINESS, Stage.QUALITY, Stage.PRIVACY, Stage.CDO_REVIEW),
            (Stage.REJECTED,),
            "This release ends here and cannot be reopened; the dataset stays in the inventory.",
            needs_reason=True,
            destructive=True,
        ),
        Move(
            "withdraw",
            "Withdraw",
            OPEN_STAGES,
            (Stage.WITHDRAWN,),
            "This release ends before it was public; a new one can be opened at any time.",
            needs_reason=True,
            destructive=True,
        ),
        Move(
            "hold",
            "Put on hold",
            OPEN_STAGES,
            OPEN_STAGES,
            "The release stays where it is and nobody is reminded until it is resumed.",
            needs_reason=True,
            stays=True,
        ),
        Move(
            "resume",
            "Resume",
            OPEN_STAGES,
            OPEN_STAGES,
            "The release goes on from where it stands; its deadline starts anew.",
            stays=True,
        ),
        Move(
            "supersede",
            "Supersede",
            (Stage.PUBLISHED,),
            (Stage.SUPERSEDED,),
            "The next release of the dataset takes its place.",
        ),
        Move(
            "retract",
            "Retract (emergency)",
            (Stage.PUBLISHED,),
            (Stage.RETRACTED,),
            "The public copy is made private at once. Coming back needs a new review.",
            needs_reason=True,
            destructive=True,
        ),
        Move(
            "reinstate",
            "Reinstate for a new review",
            (Stage.RETRACTED,),
            (Stage.PRIVACY,),
            "The retracted release goes back to the {PRIVACY}, as if new.",
            needs_reason=True,
        ),
        Move(
            "retire",
            "Retire",
            (Stage.PUBLISHED, Stage.RETRACTED),
            (Stage.RETIRED,),
            "The dataset is no longer kept up; the portal copy is made private.",
            needs_reason=True,
            destructive=True,
        ),
    )
}

# The move that takes a release onward from each stage of the way.
ONWARD: dict[str, str] = {
    Stage.INVENTORY: "begin_readiness",
    Stage.READINESS: "submit_for_quality",
    Stage.QUALITY: "pass_quality",
    Stage.PRIVACY: "clear_privacy",
    Stage.CDO_REVIEW: "approve",
    Stage.STAGED: "publish",
}


def earlier_moves(name: str) -> tuple[str, ...]:
    """The onward moves that come before `name`."""
    onward = list(ONWARD.values())
    return tuple(onward[: onward.index(name)])


def return_targets(stage: str) -> tuple[str, ...]:
    """The stages to which a release in `stage` may be returned: those of the move that come before it."""
    order = [str(row) for row in Stage]
    here = order.index(str(stage))
    return tuple(target for target in MOVES["return_for_changes"].targets if order.index(str(target)) < here)
