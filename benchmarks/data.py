"""Made-up files of any size, for the measurements. Everybody in them is invented."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import polars as pl

_BLOCK = 500_000


def words(text: str) -> list[str]:
    return text.split()


_GIVEN = words(
    "Maria John Linda Robert Patricia James Grace Omar Jennifer Michael Susan David Jessica Carlos "
    "Karen Daniel Nancy Kevin Sandra Brian Ashley George Kimberly Edward Emily Ronald Donna Anthony "
    "Michelle Jason Carol Gary"
)
_FAMILY = words(
    "Garcia Smith Jones Brown Nguyen Reed Park Johnson Williams Davis Miller Wilson Moore Taylor "
    "Anderson Thomas Jackson White Harris Martin Thompson Martinez Robinson Clark Rodriguez Lewis Lee "
    "Walker Hall Allen Young King"
)
_STREETS = words(
    "Oak Maple Cedar Pine Elm Walnut Willow Jefferson Lincoln Monroe Harrison Ashbury Vermont Figueroa"
)
_KINDS = ["St", "Ave", "Blvd", "Dr", "Ln", "Ct"]
_CITIES = [
    "Los Angeles",
    "San Francisco",
    "Oakland",
    "Fresno",
    "Sacramento",
    "Long Beach",
    "San Jose",
    "Bakersfield",
]
_NOTES = (
    "Visited the site and spoke with the manager about the open items",
    "Drawing set agrees with the plan filed; no further action is needed now",
    "Reinspection is due after the electrical work has been finished",
    "Called twice, left a message, waiting for the documents to arrive",
)


def people(path: Path, rows: int, *, seed: int = 7) -> None:
    """Write a CSV of 12 columns and about 207 bytes a row: people, their contacts and their cases.

    One note in every 100,000 holds a Social Security number.
    """
    numbers = np.random.default_rng(seed)
    with path.open("wb") as target:
        for start in range(0, rows, _BLOCK):
            frame = _people(numbers, start, min(_BLOCK, rows - start))
            frame.write_csv(target, include_header=start == 0)


def _people(numbers: np.random.Generator, start: int, rows: int) -> pl.DataFrame:
    def number(low: int, high: int) -> pl.Series:
        return pl.Series(numbers.integers(low, high, rows))

    def choice(words: list[str] | tuple[str, ...]) -> pl.Series:
        return pl.Series(words).gather(numbers.integers(0, len(words), rows))

    at = pl.int_range(start, start + rows, eager=True)
    base = pl.DataFrame(
        {
            "at": at,
            "given": choice(_GIVEN),
            "family": choice(_FAMILY),
            "area": number(201, 989),
            "exchange": number(223, 988),
            "line": number(1000, 9999),
            "house": number(1, 9999),
            "street": choice(_STREETS),
            "kind": choice(_KINDS),
            "city": choice(_CITIES),
            "zip": number(90001, 96162),
            "born": number(-14_000, 14_000),
            "seen": number(14_000, 20_500),
            "status": choice(["open", "issued", "closed", "withdrawn"]),
            "amount": number(1_000, 90_000_000),
            "note": choice(_NOTES),
        }
    )
    date = "%Y-%m-%d"
    planted = (pl.col("at") % 100_000) == 77_776
    ssn = pl.format(
        "; applicant gave {}-{}-{}", 100 + pl.col("area") % 560, 10 + pl.col("house") % 89, "line"
    )
    return base.select(
        case_number=pl.format("C{}", pl.col("at") + 10_000_000),
        full_name=pl.format("{} {}", "given", "family"),
        email=pl.format(
            "{}.{}{}@example.org",
            pl.col("given").str.to_lowercase(),
            pl.col("family").str.to_lowercase(),
            "at",
        ),
        phone=pl.format("({}) {}-{}", "area", "exchange", "line"),
        birth_date=pl.from_epoch("born", time_unit="d").dt.strftime(date),
        street_address=pl.format("{} {} {}", "house", "street", "kind"),
        city="city",
        zip_code=pl.col("zip").cast(pl.String),
        filed=pl.from_epoch("seen", time_unit="d").dt.strftime(date),
        status="status",
        fee=(pl.col("amount") / 100).round(2),
        remarks=pl.when(planted)
        .then(pl.format("{} {}", "note", ssn))
        .otherwise(pl.format("{} {}", "note", pl.col("at") % 9_973)),
    )


def permits(path: Path, rows: int) -> None:
    """Write `rows` rows of 10 columns: numbers, dates, words, and a little invented personal data."""
    dice = random.Random(7)
    pool = [
        {
            "permit": f"B{number:06d}",
            "issued": f"20{dice.randrange(10, 27)}-{dice.randrange(1, 13):02d}-{dice.randrange(1, 29):02d}",
            "type": dice.choice(["new", "addition", "repair", "demolition"]),
            "valuation": round(dice.uniform(100, 900_000), 2),
            "floors": dice.randrange(1, 30),
            "zip": f"{dice.randrange(10_000, 99_999)}",
            "latitude": round(dice.uniform(33, 34), 6),
            "contact": f"person{number}@example.org",
            "phone": f"(213) 555-{dice.randrange(10_000):04d}",
            "remarks": dice.choice(["", "none", "second floor only", "see drawing 4"]),
        }
        for number in range(5_000)
    ]
    frame = pl.DataFrame(pool)
    pl.concat([frame] * -(-rows // len(pool))).head(rows).write_csv(path)
