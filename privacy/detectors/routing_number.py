"""Routing numbers of U.S. banks. They name a bank; beside an account number they open it."""

from __future__ import annotations

import polars as pl

from privacy.checksums import aba, only_digits
from privacy.evidence import EDGE, Detector, Pattern

_NUMBER = r"[0-9]{9}"


def fits(values: pl.Series) -> pl.Series:
    """Nine digits (eight, when a spreadsheet took the zero) whose check digit fits."""
    shape = values.str.contains(r"^\s*[0-9]{8,9}\s*$")
    return shape & aba(only_digits(values).str.zfill(9))


def grade(matches: pl.Series) -> pl.Series:
    """0 when the check digit does not fit."""
    return aba(only_digits(matches).str.tail(9)).cast(pl.Float64)


DETECTOR = Detector(
    name="routing_number",
    version=3,
    entity="ROUTING_NUMBER",
    label="bank routing number",
    group="direct",
    explanation="Nine digits whose check digit fits, under a name or word that says so.",
    headers=(
        *("routing number", "routing no", "aba number", "rtn", "routing num"),
        *("bank routing", "transit number", "dd routing"),
    ),
    # Forms are routed, and there are other ABAs.
    weak_headers=("routing", "aba"),
    convinces=fits,
    fits=fits,
    patterns=(
        Pattern(
            "after the word",
            rf"(?i){EDGE}(?:routing|aba|rtn)(?: (?:no\.?|number|num|#|is))*[ :#]{{0,3}}{_NUMBER}",
            0.85,
            glue="",
        ),
    ),
    against=("route", "bus", "truck", "signal"),
    grade=grade,
    enough=0.4,
)
