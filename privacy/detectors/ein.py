"""Employer identification numbers: they name a business, and of a business of one, its owner."""

from __future__ import annotations

from privacy.evidence import DASH, EDGE, Detector, Pattern, fits_regex

_PREFIX = r"(?:0[1-6]|1[0-6]|2[0-7]|3[0-9]|4[0-8]|5[0-9]|6[0-8]|7[1-7]|8[0-8]|9[0-5]|9[89])"

DETECTOR = Detector(
    name="ein",
    version=2,
    entity="EIN",
    label="employer identification number",
    group="quasi",
    explanation="Nine digits as 2-7 with a prefix that the IRS gives out, under a name or word that says so.",
    headers=(
        "ein",
        "fein",
        "employer id",
        "employer identification",
        "federal tax id",
        "employer identification number",
    ),
    # A number for taxes is a person's or an employer's; an employer's is written as 2-7.
    weak_headers=("tin", "tax id", "taxpayer id", "tax number", "tax identification number"),
    convinces=fits_regex(rf"{_PREFIX}{DASH}[0-9]{{7}}"),
    fits=fits_regex(rf"{_PREFIX}{DASH}?[0-9]{{7}}"),
    patterns=(
        Pattern(
            "after the word",
            rf"(?i){EDGE}f?ein(?: (?:no\.?|number|is))?[ :#]{{0,3}}{_PREFIX}{DASH}?[0-9]{{7}}",
            0.6,
            glue="",
            prose_only=True,
        ),
    ),
    named="confirm",
)
