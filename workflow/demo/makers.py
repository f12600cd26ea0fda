"""Makers of made-up values for the demo files: a row number in, a value out, the same for the same seed."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta

Maker = Callable[[random.Random, int], str]

DISTRICTS = ("Northside", "Old Town", "Riverfront", "Eastgate", "Hillcrest")
FIRST = ("Alice", "Marcus", "Elena", "James", "Keisha", "Robert", "Linda", "Miguel", "Susan", "David")
LAST = (
    "Johnson",
    "Garcia",
    "Miller",
    "Davis",
    "Martinez",
    "Wilson",
    "Anderson",
    "Thompson",
    "Clark",
    "Lewis",
)


def key(prefix: str) -> Maker:
    return lambda rng, row: f"{prefix}-{row:05d}"


def day(back: int = 700) -> Maker:
    return lambda rng, row: (date(2026, 10, 31) - timedelta(days=rng.randrange(back))).isoformat()


def one_of(*values: str) -> Maker:
    return lambda rng, row: rng.choice(values)


def number(low: int, high: int) -> Maker:
    return lambda rng, row: str(rng.randrange(low, high))


def amount(low: int, high: int) -> Maker:
    return lambda rng, row: f"{rng.randrange(low * 100, high * 100) / 100:.2f}"


def contact_name(rng: random.Random, row: int) -> str:
    return f"{rng.choice(FIRST)} {rng.choice(LAST)}"


def phone(rng: random.Random, row: int) -> str:
    return f"(213) 555-{rng.randrange(100, 9999):04d}"


def email(rng: random.Random, row: int) -> str:
    return f"{rng.choice(FIRST).lower()}.{rng.choice(LAST).lower()}@mail.example"
