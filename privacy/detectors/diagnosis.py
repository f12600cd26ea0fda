"""Codes of illnesses (ICD-10, ICD-9)."""

from __future__ import annotations

from privacy.evidence import EDGE, Detector, Pattern, fits_regex

_CHAPTERED = r"[A-TV-Z][0-9][0-9AB](?:\.?[0-9A-KXZ][0-9A-Z]{0,3})?"
_ICD10 = r"[A-TV-Z][0-9][0-9AB]\.[0-9A-KXZ][0-9A-Z]{0,3}"

DETECTOR = Detector(
    name="diagnosis",
    version=1,
    entity="HEALTH",
    label="diagnosis or other information about health",
    group="sensitive",
    explanation=(
        "ICD codes in a column named after an illness, or a column most of whose values are ICD-10 codes "
        "with a dot."
    ),
    headers=(
        *("icd", "icd 9", "icd 10", "icd code", "icd 10 code", "icd 9 code", "diagnosis"),
        *("diagnosis code", "dx", "dx code", "icd 10 cm", "diag code", "diag", "primary diagnosis"),
        *("principal diagnosis", "cause of death code", "drg"),
    ),
    fits=fits_regex(
        rf"(?:{_CHAPTERED})(?:[;, |]+{_CHAPTERED})*|[0-9]{{3}}(?:\.[0-9]{{1,2}})?"
        rf"|[VE][0-9]{{2,3}}(?:\.[0-9]{{1,2}})?"
    ),
    patterns=(
        Pattern(
            "after the word",
            rf"(?i){EDGE}(?:icd(?:-?(?:9|10))?"
            rf"|dx)(?: code)?[ :#]{{0,3}}[A-TV-Z][0-9][0-9A-B]\.?[0-9A-Z]{{0,4}}",
            0.75,
            glue="",
            prose_only=True,
        ),
    ),
    convinces=fits_regex(_ICD10),
    alone=0.6,
    valued="confirm",
    types=("text",),
    against=("plant", "crop", "engine", "vehicle", "distance"),
)
