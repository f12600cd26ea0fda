"""What the overview of a release says about the company its dataset keeps: departments, talks, demand."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from accounts.profiles import Profile
from workflow import duties
from workflow.joint import departments_of
from workflow.models import Dataset
from workflow.selectors.requests import votes_of


def around_of(request: HttpRequest, dataset: Dataset, profile: Profile) -> dict[str, Any]:
    """Whose data it is, which talks were held about it, and how much the public asks for it."""
    talk = dataset.talks.order_by("-held_on", "-pk").first()
    may_talk = duties.may_talk(request.user, dataset.department)
    wants_talk = profile.inventory.talk or profile.order["readiness_talk_before_inventory"]
    return {
        "departments": departments_of(dataset),
        "talk": talk,
        "shows_talks": bool(talk) or (wants_talk and may_talk),
        "votes": votes_of(dataset),
    }
