"""What waits on a person besides open releases: public requests, proposals, inventories to sign, ended overrides,
and data that the public catalogue must leave out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import User
from workflow.selectors.after_publication import CHECKLIST, releases_to_look_at
from workflow.selectors.bundles import bundles_stopped
from workflow.selectors.catalogue_gaps import left_out_waiting_on
from workflow.selectors.high_value import inventories_to_sign
from workflow.selectors.overrides import overrides_to_review, page_of
from workflow.selectors.proposals import proposals_waiting_on
from workflow.selectors.refresh import due_of
from workflow.selectors.requests import requests_to_triage
from workflow.selectors.retirement import retirements_waiting_on
from workflow.selectors.retraction import post_mortems_waiting_on
from workflow.selectors.sources import records_to_decide, refreshes_parked_for

# The list of each kind holds the rest.
SHOWN = 10


@dataclass(frozen=True)
class Errand:
    """One row beside the releases of my work: what it is about, what is asked, and the page for it."""

    title: str
    what: str
    button: str
    url: str
    due: datetime | None = None
    is_late: bool = False


def errands_of(user: User, *, now: datetime | None = None) -> list[Errand]:
    """What waits on `user` besides releases, what is due first on top. A handful of queries and the roles."""
    now = now or timezone.now()
    requests = requests_to_triage(user).filter(state="new").order_by("due_at", "pk")
    errands = _endings(user, now)
    errands += [
        Errand(
            row.title,
            f"give the public request of {row.program} a first answer",
            "Read and decide",
            reverse("request_triage", args=[row.pk]),
            row.due_at,
            bool(row.due_at and row.due_at < now),
        )
        for row in requests[:SHOWN]
    ]
    errands += [
        Errand(
            row.title,
            f"answer the proposal of {row.proposed_by} to {row.department}",
            "Read and answer",
            reverse("proposal", args=[row.pk]),
        )
        for row in proposals_waiting_on(user)[:SHOWN]
    ]
    errands += [
        Errand(str(row), "read and sign it", "Read and sign", reverse("high_value_inventory", args=[row.pk]))
        for row in inventories_to_sign(user)[:SHOWN]
    ]
    errands += [
        Errand(
            row.release.dataset.title,
            f"look again at the risk of public data: {row}, until {date_format(row.until, 'j M Y')}",
            "Look at the risk",
            reverse(page_of(row), args=[row.release_id]),
            is_late=True,
        )
        for row in overrides_to_review(user)[:SHOWN]
        if row.until
    ]
    errands += [
        Errand(
            row.name,
            f"decide how the bundle goes on: {row.get_state_display().lower()}",
            "Open the bundle",
            reverse("bundle", args=[row.pk]),
            is_late=True,
        )
        for row in bundles_stopped(user)[:SHOWN]
    ]
    errands += _sources(user)
    errands += [
        Errand(
            line.dataset.title,
            "mend what keeps it out of the public catalogue",
            "See what is missing",
            reverse("catalogue_gaps"),
        )
        for line in left_out_waiting_on(user)[:SHOWN]
    ]
    errands += [
        Errand(
            row.dataset.title,
            "look whether the public copy stands as promised: answer the checklist after publication",
            "Open the checklist",
            reverse("release_checklist", args=[row.pk, CHECKLIST]),
        )
        for row in releases_to_look_at(user, now=now)[:SHOWN]
    ]
    errands += [
        Errand(
            line.dataset.title,
            f"update the public data: it is {line.freshness.words.lower()}",
            "Refresh with a new file",
            reverse("dataset_refresh", args=[line.dataset.pk]),
            line.freshness.due_at,
            line.freshness.is_late,
        )
        for line in due_of(user, now=now)[:SHOWN]
    ]
    return errands


def _sources(user: User) -> list[Errand]:
    """Records of refreshes to approve, and refreshes that are parked."""
    errands = [
        Errand(
            row.dataset.title,
            f"approve how it is refreshed, version {row.version}",
            "Read and decide",
            reverse("dataset_source", args=[row.dataset_id]),
        )
        for row in records_to_decide(user)[:SHOWN]
    ]
    return errands + [
        Errand(
            row.dataset.title,
            "look why the automated refresh is parked",
            "Open the refresh page",
            reverse("dataset_source", args=[row.dataset_id]),
            is_late=True,
        )
        for row in refreshes_parked_for(user)[:SHOWN]
    ]


def _endings(user: User, now: datetime) -> list[Errand]:
    """Retractions first: their data was open to everybody."""
    errands = [
        Errand(
            row.retraction.release.dataset.title,
            row.what,
            "Open the post-mortem",
            reverse("release_retraction", args=[row.retraction.release_id]),
            row.due,
            row.is_late,
        )
        for row in post_mortems_waiting_on(user, now=now)[:SHOWN]
    ]
    errands += [
        Errand(
            row.row.dataset.title,
            row.what,
            "Open the retirement",
            reverse("dataset_retirement", args=[row.row.dataset_id]),
        )
        for row in retirements_waiting_on(user, now=now)[:SHOWN]
    ]
    return errands
