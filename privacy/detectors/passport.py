"""Passport numbers: nine characters that only the name or the words before them explain."""

from __future__ import annotations

from privacy.evidence import EDGE, Detector, Pattern, fits_regex

DETECTOR = Detector(
    name="passport",
    version=3,
    entity="PASSPORT",
    label="passport number",
    group="direct",
    explanation=(
        "Six to nine characters in a column named so, or after “passport”. Counts of passports are none."
    ),
    headers=(
        "passport",
        "passport number",
        "passport no",
        "passport num",
        "passport id",
        "pasaporte",
        "travel document number",
        "travel document",
        "ppt number",
        "travel doc number",
    ),
    fits=fits_regex(r"[A-Z]{0,2}[0-9]{6,9}|[A-Z][0-9A-Z]{7,8}"),
    patterns=(
        Pattern(
            "after the word",
            rf"(?i){EDGE}passport(?: (?:no\.?|number|num|#|is"
            rf"|was))*[ :#]{{0,3}}[A-Z]{{0,2}}[0-9]{{6,9}}{EDGE}",
            0.85,
            glue="",
        ),
    ),
    against=(
        *("issued", "applications", "application", "office", "country", "health", "stolen", "fees"),
        *("acceptance",),
    ),
    enough=0.3,
)
