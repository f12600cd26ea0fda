"""A made-up file of permits, of any size, for the measurements."""

from __future__ import annotations

import random
from pathlib import Path

import polars as pl


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
