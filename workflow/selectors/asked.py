"""What waits on a person besides the turns of releases: questions for help, and exceptions to judge."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from accounts.models import User
from accounts.profiles import profile_of
from workflow.calendar import calendar_of
from workflow.models import HelpRequest, PublicationException, Release
from workflow.selectors.exceptions import waiting_on
from workflow.selectors.plan_work import item_lines
from workflow.selectors.threads import help_waiting_for
from workflow.selectors.turns import Turn
from workflow.selectors.work import Line, MyWork


def with_questions(work: MyWork, user: User, *, now: datetime | None = None) -> MyWork:
    """My work with the questions and exceptions that wait on `user` added at the end of their list."""
    now = now or timezone.now()
    work.on_me += [_help_line(row, user, now) for row in help_waiting_for(user)]
    # At the decision the exception is a turn of the release already.
    known = {line.release.pk for line in work.on_me if line.turn.url_name == "release_exceptions"}
    lines = [_exception_line(row, user, now) for row in waiting_on(user)]
    work.on_me += [line for line in lines if line is not None and line.release.pk not in known]
    work.on_me += item_lines(user, now)
    return work


def _help_line(row: HelpRequest, user: User, now: datetime) -> Line:
    turn = Turn(
        role=row.of_role,
        what=f"answer the question of {row.asked_by} about {row.thread.label}",
        button="Read and answer",
        url_name="release_thread",
        due=None,
        url_args=(row.thread.topic, row.thread.key),
    )
    return _line(row.release, turn, user, now)


def _exception_line(row: PublicationException, user: User, now: datetime) -> Line | None:
    release = row.release or row.dataset.current_release
    if release is None:
        return None
    what = "decide" if row.advised_at else "advise on or decide"
    rule = profile_of(release.profile).exception(row.kind)
    label = rule.label if rule else row.get_kind_display()
    words = f"{what} the exception “{label}” that {row.requested_by} asks for"
    turn = Turn("", words, "Open the exception", "release_exceptions", None)
    return _line(release, turn, user, now)


def _line(release: Release, turn: Turn, user: User, now: datetime) -> Line:
    return Line(release, release.dataset, turn, (user,), now, calendar_of(profile_of(release.profile)))
