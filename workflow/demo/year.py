"""A year of the demo city: which dataset goes how far, and when."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from django.utils import timezone

from accounts.roles import Role
from workflow.demo.endings import leave_at_once, leave_for_good
from workflow.demo.holdings import HOLDINGS
from workflow.demo.journey import Journey
from workflow.demo.sourced import source_follow
from workflow.demo.world import World

Fate = Callable[[Journey], None]


def to_readiness(journey: Journey) -> None:
    journey.register()
    journey.wait(2, 12)
    journey.onward()


def to_quality(journey: Journey) -> None:
    to_readiness(journey)
    journey.wait(3, 14)
    journey.prepare()
    journey.wait(0, 2)
    journey.onward()


def to_privacy(journey: Journey) -> None:
    to_quality(journey)
    journey.wait(1, 9)
    journey.check_quality()
    journey.onward()


def to_cdo_review(journey: Journey) -> None:
    to_privacy(journey)
    journey.wait(1, 10)
    journey.decide_privacy()
    journey.onward()


def to_staged(journey: Journey, *, at: datetime | None = None) -> None:
    to_cdo_review(journey)
    journey.wait(0, 5)
    journey.plan(at or journey.now + timedelta(hours=2))
    journey.onward()


def published(journey: Journey) -> None:
    to_staged(journey)
    journey.publish()


def retired(journey: Journey) -> None:
    published(journey)
    journey.wait(60, 80)
    leave_for_good(journey)


def retracted(journey: Journey) -> None:
    published(journey)
    leave_at_once(journey)


def refreshed(journey: Journey) -> None:
    """Public, and some months later public again with new data."""
    published(journey)
    journey.wait(40, 60)
    journey.refresh()
    journey.wait(1, 3)
    journey.onward()
    _from_readiness(journey)


def followed(journey: Journey) -> None:
    """Public, and refreshed from its source by the record that the department approved."""
    published(journey)
    source_follow(journey)


def returned_by_privacy(journey: Journey) -> None:
    to_privacy(journey)
    journey.wait(1, 4)
    journey.move(
        "return_for_changes",
        Role.PRIVACY_OFFICER,
        reason="A column may name people whom nobody needs to find here.",
        points=["Say why the column is needed, or leave it out."],
    )
    _from_readiness(journey)


def returned_by_cdo(journey: Journey) -> None:
    to_cdo_review(journey)
    journey.wait(0, 3)
    journey.move(
        "return_for_changes",
        Role.CDO,
        reason="Readers will not understand two of the columns.",
        points=["Say the unit of each amount.", "Explain the abbreviations."],
    )
    _from_readiness(journey)


def answering_a_return(journey: Journey) -> None:
    to_cdo_review(journey)
    journey.wait(0, 3)
    journey.move(
        "return_for_changes",
        Role.CDO,
        reason="The description does not say what is left out.",
        points=["Say which records are left out.", "Name the person to ask."],
    )


def on_hold(journey: Journey) -> None:
    to_readiness(journey)
    journey.wait(2, 5)
    journey.move("hold", Role.COORDINATOR, reason="The source system is being replaced in January.")


def withdrawn(journey: Journey) -> None:
    to_quality(journey)
    journey.wait(2, 5)
    journey.move("withdraw", Role.COORDINATOR, reason="The vendor publishes the same data already.")


def rejected(journey: Journey) -> None:
    to_privacy(journey)
    journey.wait(2, 6)
    journey.move(
        "reject",
        Role.PRIVACY_OFFICER,
        reason="Visits cannot be published one by one; publish counts instead.",
    )


def staged_for_next_week(journey: Journey) -> None:
    to_staged(journey, at=timezone.now() + timedelta(days=6))
    journey.publish()


def in_preparation(journey: Journey) -> None:
    to_readiness(journey)
    journey.wait(1, 3)
    journey.prepare(describe_all=False)


def _from_readiness(journey: Journey) -> None:
    journey.wait(2, 8)
    journey.prepare()
    journey.onward()
    journey.wait(1, 5)
    journey.check_quality()
    journey.onward()
    journey.wait(1, 5)
    journey.decide_privacy()
    journey.onward()
    journey.wait(0, 3)
    journey.plan(journey.now + timedelta(hours=2))
    journey.onward()
    journey.publish()


# How long ago (days) each dataset was registered, and how far it has come since.
YEAR: dict[str, tuple[int, Fate]] = {
    "Building permits": (350, refreshed),
    "311 service requests": (340, published),
    "Restaurant inspections": (332, refreshed),
    "City budget": (325, published),
    "Tree inventory": (310, published),
    "Bus stop ridership": (300, refreshed),
    "Street sweeping schedule": (290, retired),
    "Checkbook": (276, returned_by_cdo),
    "Traffic counts": (262, retracted),
    "Park amenities": (250, published),
    "Flu vaccinations by week": (236, published),
    "Business licences": (222, returned_by_privacy),
    "Beach water quality": (205, published),
    "Parking meters": (64, on_hold),
    "Property tax assessments": (172, published),
    "Water main breaks": (150, followed),
    "Clinic visits": (140, rejected),
    "Bike share trips": (120, withdrawn),
    "Crash reports": (104, published),
    "Recreation class enrollment": (78, staged_for_next_week),
    "Contracts awarded": (62, to_cdo_review),
    "Taxi licence holders": (50, to_privacy),
    "Contractor registrations": (40, to_privacy),
    "Sidewalk inspections": (38, to_quality),
    "Grant awards": (45, answering_a_return),
    "Field reservations": (24, in_preparation),
}


def year_make(world: World) -> Iterator[str]:
    """Let the year pass, dataset by dataset. Yields a line for each that is done."""
    today = timezone.now()
    for number, holding in enumerate(HOLDINGS):
        days, fate = YEAR[holding.title]
        journey = Journey(world, holding, start=today - timedelta(days=days), seed=1000 + number * 10)
        journey.wait(0, 1)
        fate(journey)
        yield f"{holding.title}: {journey.stage()}"
