"""A proposed profile, held against what the program has lived through (FEATURES M53, M54). Nothing is written.

Every past release is replayed by the moves it made: which reviews these would have needed, on whose desk it would
have lain, who would have turned the final key, which checklists it would have met and which deadlines missed. What
depends on people's judgement (a verdict, a refusal) cannot be replayed and is not guessed.
"""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Program, User
from accounts.profiles import Profile, parse
from accounts.roles import DEPARTMENT_ROLES, people_with_role
from accounts.selectors import profile_current
from accounts.services_programs import check_adopts
from workflow import final_key
from workflow.calendar import calendar_of, due_for
from workflow.context import ReleaseContext, contexts_of, release_queryset
from workflow.models import DeadlinePause, Release, Review, StageVisit
from workflow.review_needs import needs_of
from workflow.stage_words import stage_label
from workflow.stages import MOVES, ONWARD, WAY, Stage

# The newest releases say most about how a program works; more would keep a page waiting.
REPLAYED = 300
# Measured stage times are those of the last half year.
_MEASURED = timedelta(days=182)


@dataclass(frozen=True)
class Replay:
    """One past release, with what would have been different in sentences."""

    release: Release
    sentences: tuple[str, ...]
    added: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    late_before: int = 0
    late_after: int = 0

    @property
    def differs(self) -> bool:
        return bool(self.sentences)


@dataclass(frozen=True)
class Queue:
    """What a stage is expected to hold, from measured times: Little's law, releases a week times weeks of stay."""

    stage: str
    role: str
    people: int
    per_week: float
    median_days: float
    expected: float

    @property
    def each(self) -> float | None:
        """Releases that lie with each person at a time; None when nobody holds the stage."""
        return self.expected / self.people if self.people else None


@dataclass(frozen=True)
class Simulation:
    """What a proposed profile would have changed."""

    program: Program
    version: int
    replays: tuple[Replay, ...]
    left_out: int
    sentences: tuple[str, ...]
    queues: tuple[Queue, ...]

    @property
    def different(self) -> tuple[Replay, ...]:
        return tuple(replay for replay in self.replays if replay.differs)


def program_simulate(
    *, content: dict[str, Any], program: Program, actor: User, now: datetime | None = None
) -> Simulation:
    """Replay the past releases of `program` under `content`.

    Takes the proposed content and who asks. Returns the Simulation. Raises PermissionDenied for anybody but a
    portal admin of the program, and ProfileError with every fault when the content cannot work.
    """
    check_adopts(actor, program)
    proposed = parse(content)
    now = now or timezone.now()
    past = (
        release_queryset()
        .filter(dataset__program=program, visits__move__in=list(ONWARD.values()))
        .distinct()
        .order_by("-opened_at", "-pk")
    )
    releases = list(past[:REPLAYED].prefetch_related("visits", "deadline_pauses"))
    replays = tuple(_replay(context, proposed, now) for context in contexts_of(releases, now=now))
    return Simulation(
        program=program,
        version=profile_current(program).version,
        replays=replays,
        left_out=max(0, past.count() - REPLAYED) if len(releases) == REPLAYED else 0,
        sentences=tuple(_summary(replays)),
        queues=tuple(queues_of(program, proposed, now=now)),
    )


def _replay(context: ReleaseContext, proposed: Profile, now: datetime) -> Replay:
    other = replace(context, profile=proposed)
    visits = list(context.release.visits.all())
    moves = [move for move in ONWARD.values() if any(visit.move == move for visit in visits)]
    added, dropped, sentences = _reviews(context, other, moves)
    sentences += _holders(context, other, visits)
    sentences += _checklists(context, other, visits)
    sentences += _choices(context, proposed)
    pauses = list(context.release.deadline_pauses.all())
    before = [visit.stage for visit in visits if _is_late(visit, context.profile, pauses, now)]
    after = [visit.stage for visit in visits if _is_late(visit, proposed, pauses, now)]
    sentences += _deadlines(before, after)
    return Replay(
        context.release,
        tuple(sentences),
        tuple(added),
        tuple(dropped),
        late_before=len(before),
        late_after=len(after),
    )


def _needed(context: ReleaseContext, moves: Iterable[str]) -> dict[tuple[str, str, str], tuple[int, str]]:
    """(move, label, kind) -> how many people, and which role, for the reviews that these moves need."""
    return {
        (move, need.label, need.kind): (need.people, need.role)
        for move in moves
        for need in needs_of(context, move)
    }


def _reviews(
    context: ReleaseContext, other: ReleaseContext, moves: Sequence[str]
) -> tuple[list[str], list[str], list[str]]:
    """Kinds asked for besides, kinds no longer asked for, and both in sentences."""
    before, after = _needed(context, moves), _needed(other, moves)
    given = {review.kind for review in context.reviews if review.verdict}
    added, dropped, sentences = [], [], []
    for key, (people, role) in after.items():
        move, label, kind = key
        was = before.get(key, (0, ""))[0]
        if people > was:
            added.append(kind)
            who = other.profile.role_label(role)
            many = f"{people} people" if people > 1 else "one person"
            end = "" if kind in given else "; nobody gave one"
            sentences.append(f"{_move(move)} would have needed the review “{label}” by {many} ({who}){end}.")
    for key, (people, role) in before.items():
        move, label, kind = key
        if after.get(key, (0, ""))[0] < people:
            dropped.append(kind)
            who = context.profile.role_label(role)
            sentences.append(f"{_move(move)} would not have needed the review “{label}” ({who}).")
    return added, dropped, sentences


def _move(name: str) -> str:
    return f"“{MOVES[name].label}”"


def _holders(context: ReleaseContext, other: ReleaseContext, visits: Sequence[StageVisit]) -> list[str]:
    sentences = []
    stages = dict.fromkeys(visit.stage for visit in visits if visit.stage in context.profile.stage_holders)
    for stage in stages:
        if stage == Stage.CDO_REVIEW:
            continue
        before, after = (one.profile.stage_holders[stage] for one in (context, other))
        if before != after:
            sentences.append(
                f"{Stage(stage).label} would have lain with the {other.profile.role_words(after)}, not with the "
                f"{context.profile.role_words(before)}."
            )
    if Stage.CDO_REVIEW in stages:
        before, after = final_key.key_role(context), final_key.key_role(other)
        if before != after:
            sentences.append(
                f"The final key would have been with the {other.profile.role_words(after)}, not with the "
                f"{context.profile.role_words(before)}."
            )
    return sentences


def _checklists(context: ReleaseContext, other: ReleaseContext, visits: Sequence[StageVisit]) -> list[str]:
    stages = {visit.stage for visit in visits if visit.move in ONWARD.values()}

    def asked(profile: Profile) -> set[str]:
        return {name for stage in stages for name in profile.checklists.get(stage, ())}

    before, after = asked(context.profile), asked(other.profile)
    sentences = []
    if after - before:
        sentences.append(
            f"It would also have been asked the checklist {' and '.join(sorted(after - before))}."
        )
    if before - after:
        sentences.append(
            f"It would not have been asked the checklist {' and '.join(sorted(before - after))}."
        )
    return sentences


def _choices(context: ReleaseContext, proposed: Profile) -> list[str]:
    """What was chosen for the dataset and would no longer be offered."""
    dataset = context.dataset
    sentences = []
    if dataset.classification and proposed.classification(dataset.classification) is None:
        sentences.append(
            f"Its class, {dataset.classification}, is no longer there; it would need another one."
        )
    if dataset.licence:
        licence = proposed.licence(dataset.licence)
        if licence is None:
            sentences.append(f"Its licence, {dataset.licence}, is no longer offered.")
        elif licence.needs_exception and not getattr(
            context.profile.licence(dataset.licence), "needs_exception", 0
        ):
            sentences.append(f"Its licence, {licence.label}, would have needed an exception.")
    if dataset.security_level and proposed.security_level(dataset.security_level) is None:
        sentences.append(f"Its security level, {dataset.security_level}, is no longer there.")
    return sentences


def _is_late(visit: StageVisit, profile: Profile, pauses: Sequence[DeadlinePause], now: datetime) -> bool:
    """Did this stay outlast the deadline of its stage? Business days that were paused do not count."""
    due = due_for(visit.stage, profile, visit.entered_at)
    if due is None:
        return False
    calendar, left = calendar_of(profile), visit.left_at or now
    paused = sum(
        calendar.between(
            calendar.local_day(max(pause.since, visit.entered_at)),
            calendar.local_day(min(pause.until or now, left)),
        )
        for pause in pauses
        if pause.since < left and (pause.until or now) > visit.entered_at
    )
    return left > calendar.moved(due, paused)


def _deadlines(before: list[str], after: list[str]) -> list[str]:
    sentences = []
    for stage in dict.fromkeys([*after, *before]):
        label = Stage(stage).label
        if stage in after and stage not in before:
            sentences.append(f"It would have been late in {label}, where it was in time.")
        if stage in before and stage not in after:
            sentences.append(f"It would have been in time in {label}, where it was late.")
    return sentences


def _summary(replays: Sequence[Replay]) -> list[str]:
    total = len(replays)
    if not total:
        return ["This program has no past release that made a move; there is nothing to replay."]
    different = sum(replay.differs for replay in replays)
    sentences = [
        f"Of {total} past release{'s' if total > 1 else ''}, {total - different} would have gone the same way and "
        f"{different} not."
    ]
    for words, counted in (
        ("A review more would have been asked of", Counter(k for r in replays for k in set(r.added))),
        ("A review less would have been asked of", Counter(k for r in replays for k in set(r.dropped))),
    ):
        if counted:
            kinds = ", ".join(f"{Review.Kind(kind).label} {count}" for kind, count in counted.most_common())
            some = sum(bool(r.added if "more" in words else r.dropped) for r in replays)
            sentences.append(f"{words} {some}: {kinds}.")
    before, after = sum(r.late_before for r in replays), sum(r.late_after for r in replays)
    if before or after:
        sentences.append(
            f"Deadlines missed: {before} under the profiles of their time, {after} under this one."
        )
    return sentences


def queues_of(program: Program, profile: Profile, *, now: datetime) -> list[Queue]:
    """The expected queue of every held stage under `profile`, from the stage times of the last half year."""
    visits = StageVisit.objects.filter(release__dataset__program=program, entered_at__gte=now - _MEASURED)
    stays: dict[str, list[float]] = {}
    for stage, entered, left in visits.values_list("stage", "entered_at", "left_at"):
        stays.setdefault(stage, []).append(((left or now) - entered).total_seconds() / 86_400)
    found = []
    for stage in WAY[:-1]:
        role = profile.stage_holders.get(stage)
        days = stays.get(str(stage))
        if role is None or not days:
            continue
        per_day = len(days) / _MEASURED.days
        found.append(
            Queue(
                stage=stage_label(stage, profile),
                role=profile.role_label(role),
                people=_holders_count(program, role),
                per_week=per_day * 7,
                median_days=statistics.median(days),
                expected=per_day * statistics.fmean(days),
            )
        )
    return found


def _holders_count(program: Program, role: str) -> int:
    if role not in DEPARTMENT_ROLES:
        return people_with_role(role, program=program).count()
    return (
        User.objects.filter(is_active=True, role_assignments__role=role, role_assignments__program=program)
        .distinct()
        .count()
    )
