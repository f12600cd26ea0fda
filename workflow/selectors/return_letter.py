"""What a return letter is composed from: everything that failed or was refused on this release (FEATURES M09)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from accounts.roles import Role
from checklists.judging import judge
from checklists.selectors import answers_of, errors_of, shown_run, submissions_of, waivers_standing
from workflow import approvals, gates
from workflow.answering import stage_of
from workflow.context import ReleaseContext
from workflow.models import Review
from workflow.stages import WAY, Stage
from workflow.veil import is_veiled


@dataclass(frozen=True)
class Draft:
    """A point that may go into the letter: its words, where it comes from, and whether it is ticked at first."""

    text: str
    source: str
    ticked: bool = True


def drafts_of(context: ReleaseContext) -> list[Draft]:
    """Every point that could be asked for, most pressing first, each sentence once."""
    found: dict[str, Draft] = {}
    for draft in _all(context):
        found.setdefault(draft.text, draft)
    return list(found.values())


def letter_draft(context: ReleaseContext) -> str:
    """The words with which the letter begins, before the points; whoever returns edits them."""
    answers = context.profile.role_words(context.profile.return_answered_by)
    passing = (
        f" Points that the {context.profile.role_words(Role.STEWARD)} answers can be passed on there."
        if context.profile.return_answered_by == Role.COORDINATOR
        else ""
    )
    return (
        f"The release of “{context.dataset.title}” comes back from {context.release.get_stage_display()}. "
        f"The {answers} is asked to answer each point below on its page, and to hand the release in again. "
        f"Nothing that was entered is lost.{passing}"
    )


def letter_text(letter: str, points: Iterable[str], signed: str) -> str:
    """The whole letter as it is sent and kept: its words, the points by number, the name."""
    parts = [letter.strip()]
    lines = [f"{number}. {point}" for number, point in enumerate(points, start=1)]
    return "\n\n".join([*filter(None, [*parts, "\n".join(lines)]), signed])


def _all(context: ReleaseContext) -> Iterator[Draft]:
    for item in gates.unmet_onward(context):
        # Reviews that are merely not in yet are nobody's fault; refused ones follow.
        if item.tab != "reviews":
            yield Draft(item.text, "What stands in the way")
    yield from _refused(context)
    yield from _checks(context)
    yield from _findings(context)
    yield from _items(context)


def _refused(context: ReleaseContext) -> Iterator[Draft]:
    for kind in Review.Kind.values:
        for review in approvals.refusals_of(context, kind):
            if not is_veiled(review, context.reviews):
                words = f": {review.conditions}" if review.conditions else "."
                yield Draft(
                    f"{review.get_kind_display()} was refused by {review.reviewer}{words}", "A refused review"
                )


def _checks(context: ReleaseContext) -> Iterator[Draft]:
    run = shown_run(context.release.pk)
    if run is None or run.file_sha256 != context.about("file", "file"):
        return
    waived = waivers_standing(context.release.pk, run.file_sha256)
    for row in errors_of(run):
        if (row.check_name, row.column) not in waived:
            yield Draft(row.sentence, "Machine checks")


def _findings(context: ReleaseContext) -> Iterator[Draft]:
    count = context.data("scan", "open") or 0
    if count:
        noun = "finding is" if count == 1 else "findings are"
        yield Draft(f"{count} privacy {noun} not decided.", "Privacy scan")


def _items(context: ReleaseContext) -> Iterator[Draft]:
    """Answers that block or warn, in the checklists of the stages up to this one."""
    here = WAY.index(Stage(context.release.stage))
    for name, submission in submissions_of(context.release.pk).items():
        stage = stage_of(context, name)
        if stage is None or WAY.index(Stage(stage)) > here:
            continue
        catalogue = submission.version.catalogue
        judgement = judge(catalogue, answers_of(submission))
        for stops, remarks in (
            (True, (*judgement.blocking, *judgement.open)),
            (False, judgement.warnings),
        ):
            weight = "stands in the way" if stops else "a warning, which stops nothing"
            for remark in remarks:
                yield Draft(remark.sentence, f"{catalogue.title}: {weight}", ticked=stops)
