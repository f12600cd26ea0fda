"""What every page about one release shares: the object policy, the header with its next step, the tabs."""

from __future__ import annotations

from typing import Any, TypeVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from accounts.profiles import Profile
from accounts.roles import Role
from workflow import gates, policies
from workflow.context import ReleaseContext, context_of
from workflow.errors import MoveRefused
from workflow.models import Release
from workflow.selectors.reviews import people_asked
from workflow.selectors.turns import Turn, turns_of
from workflow.selectors.work import returns_standing
from workflow.stage_words import stage_label
from workflow.stages import MOVES, SYSTEM_OWNER, WAY, Stage

Response = TypeVar("Response", bound=HttpResponseBase)

# (key, words, URL name)
TABS = (
    ("overview", "Overview", "release"),
    ("checklists", "Checklists", "release_checklists"),
    ("data", "Data", "release_data"),
    ("privacy", "Privacy", "release_privacy"),
    ("reviews", "Reviews", "release_reviews"),
    ("threads", "Threads", "release_threads"),
    ("plan", "Plan", "release_plan"),
    ("publication", "Publication", "release_publication"),
    ("history", "History", "release_history"),
)

# So many people are named in the box “Next”.
_NAMED = 3


def get_context(request: HttpRequest, pk: int, action: str = "view") -> ReleaseContext:
    """The context of release `pk`: 404 when the person may not know of it, 403 if `action` is not theirs."""
    try:
        context = context_of(pk)
    except Release.DoesNotExist:
        raise Http404("There is no such release.") from None
    if not policies.is_visible(request.user, context.dataset):
        raise Http404("There is no such release.")
    policies.check_action(request.user, action, context)
    return context


def may(request: HttpRequest, action: str, context: ReleaseContext) -> bool:
    """Does the policy let this person do `action`? For showing or leaving out a button."""
    return policies.may_act(request.user, action, context)


def header_of(context: ReleaseContext, user: Any) -> dict[str, Any]:
    """What stands above the tabs of a release: stage, next step, what is in the way, what I may do now."""
    release = context.release
    onward = gates.onward_of(context)
    results = gates.judge(onward, context) if onward else []
    unmet = gates.unmet_onward(context)
    possible = [
        move
        for move in MOVES.values()
        if release.stage in move.sources and policies.may_move(user, move.name, context)
    ]
    possible = [move for move in possible if move.name != ("resume" if not release.held_at else "hold")]
    others = [move for move in possible if move.name not in (onward, "publish", "supersede", "resume")]
    return {
        "release": release,
        "dataset": context.dataset,
        "profile": context.profile,
        "stages": _track(release.stage, context.profile),
        "unmet": unmet,
        "done": [{"sentence": result.done} for result in results if result.ok and result.done],
        "next_steps": next_steps(context, user),
        "onward": MOVES[onward] if onward else None,
        "may_resume": any(move.name == "resume" for move in possible),
        "onward_allowed": any(move.name == onward for move in possible),
        "onward_refusal": _refusal(user, onward, context) if onward else "",
        "other_moves": [move for move in others if not move.destructive],
        "destructive_moves": [move for move in others if move.destructive],
        "public_release": context.dataset.public_release,
        "public_urls": _public_urls(context),
    }


def _public_urls(context: ReleaseContext) -> list[str]:
    """Where a release that is public can be found."""
    if context.release.stage != Stage.PUBLISHED:
        return []
    rows = context.dataset.distributions.order_by("pk")
    return [row.public_url for row in rows if row.public_url]


def next_steps(context: ReleaseContext, user: Any) -> list[dict[str, Any]]:
    """What is asked now and of whom, as my work has it: words, people, and what the role is called.

    Whom four eyes keep from it is not named as one it waits for; `refusal` says why, where that is `user`, and
    `barred` names them where nobody else holds the role. Of many holders a few are named, `user` first, and
    `others` counts the rest: each that is named takes queries to judge.
    """
    returned = returns_standing([context]).get(context.release.pk)
    steps = []
    for turn in turns_of(context, returned):
        is_role = turn.role in Role.values
        people = people_asked(context, turn)
        free, refusals = _named_of(people, turn, context, user)
        steps.append(
            {
                "what": turn.what,
                "people": free,
                "others": len(people) - len(free) - len(refusals) if free else 0,
                "barred": people if not free else [],
                "refusal": refusals.get(user, ""),
                "is_move": bool(turn.move),
                "label": context.profile.role_words(turn.role) if is_role else "",
                "by_system": turn.role == SYSTEM_OWNER,
            }
        )
    return steps


def _named_of(
    people: list[Any], turn: Turn, context: ReleaseContext, user: Any
) -> tuple[list[Any], dict[Any, str]]:
    """The first few of `people` who may do what is asked, `user` before all, and why those before them may not."""
    free: list[Any] = []
    refusals: dict[Any, str] = {}
    for person in sorted(people, key=lambda person: person != user):
        sentence = _refused_turn(person, turn, context)
        if sentence:
            refusals[person] = sentence
        else:
            free.append(person)
        if len(free) == _NAMED:
            break
    return free, refusals


def _refused_turn(person: Any, turn: Turn, context: ReleaseContext) -> str:
    """Why a holder of the role may not do what is asked, in the words of the policy; empty when they may."""
    try:
        if turn.review is not None:
            policies.check_seat(person, turn.review, context)
        elif turn.move:
            policies.check_move(person, turn.move, context)
    except PermissionDenied as refusal:
        return str(refusal)
    return ""


def render_tab(
    request: HttpRequest,
    release: Release | ReleaseContext,
    tab: str,
    template: str,
    context: dict[str, Any] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    """Draw a station's template inside the release page: header, gate sentences and tabs around it."""
    release_context = release if isinstance(release, ReleaseContext) else context_of(release.pk)
    page = header_of(release_context, request.user)
    page |= {
        "tabs": TABS,
        "tab": tab,
        "unmet_here": [item for item in page["unmet"] if item.tab == tab],
        "tab_template": template,
        "title": {key: words for key, words, _ in TABS}[tab],
    }
    return render(request, "workflow/release.html", page | (context or {}), status=status)


def say_refusal(request: HttpRequest, error: Exception) -> None:
    """Show why something was not done, as a message on the next page, and leave it for the audit trail."""
    sentences = (
        error.sentences if isinstance(error, MoveRefused) else [getattr(error, "sentence", str(error))]
    )
    request.refusal_reason = " ".join(sentences)[:300]  # type: ignore[attr-defined]
    for sentence in sentences:
        messages.error(request, sentence)


def for_raw_readers(response: Response) -> Response:
    """The answer with raw data in it: no cache keeps it, no robot lists it."""
    response["Cache-Control"] = "no-store, private"
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response


def _refusal(user: Any, move: str, context: ReleaseContext) -> str:
    """Why this person may not make the move, in the words of the policy; empty when they may."""
    try:
        policies.check_move(user, move, context)
    except PermissionDenied as refusal:
        return str(refusal)
    return ""


def _track(stage: str, profile: Profile) -> list[dict[str, str]]:
    """The way to the public for the stage tracker: done, current, to do. Closed ends stand alone."""
    if stage not in WAY:
        return [{"label": stage_label(stage, profile), "state": "current"}]
    here = WAY.index(Stage(stage))
    return [
        {
            "label": stage_label(step, profile),
            "state": "done" if i < here else "current" if i == here else "todo",
        }
        for i, step in enumerate(WAY)
    ]
