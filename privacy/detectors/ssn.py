"""U.S. Social Security numbers, and taxpayer numbers of the same shape (ITIN)."""

from __future__ import annotations

import polars as pl

from privacy.evidence import DASH, Detector, Pattern, fits_regex

_SPACED = rf"[0-9]{{3}}(?:{DASH}| )[0-9]{{2}}(?:{DASH}| )[0-9]{{4}}"


def grade(matches: pl.Series) -> pl.Series:
    """Area 000 and 666, group 00 and serial 0000 were never given; 9xx are ITINs or tests: lower, kept."""
    digits = matches.str.replace_all(r"[^0-9]", "")
    frame = digits.to_frame("d").select(
        area=pl.col("d").str.slice(0, 3),
        group=pl.col("d").str.slice(3, 2),
        serial=pl.col("d").str.slice(5, 4),
    )
    impossible = (
        pl.col("area").is_in(["000", "666"]) | (pl.col("group") == "00") | (pl.col("serial") == "0000")
    )
    ninth = pl.col("area").str.starts_with("9")
    return frame.select(pl.when(impossible).then(0.0).when(ninth).then(0.5).otherwise(1.0)).to_series()


DETECTOR = Detector(
    name="ssn",
    version=1,
    entity="SSN",
    label="Social Security number",
    group="direct",
    explanation="Nine digits as 3-2-4 whose area, group and serial can exist; numbers beginning with 9 weigh less.",
    headers=(
        "ssn",
        "social security",
        "social security number",
        "soc sec",
        "itin",
        "taxpayer id",
        "tax id",
        "tin",
    ),
    # Without its leading zero, or with the first five digits hidden, it still is one.
    fits=fits_regex(rf"{_SPACED}|[0-9]{{7,9}}|[x*]{{3}}{DASH}?[x*]{{2}}{DASH}?[0-9]{{4}}"),
    patterns=(
        # Letters may touch it ("SSN123-45-6789"); digits, dots and hyphens may not.
        Pattern("separated", _SPACED, 0.95, glue=r"[0-9.\-]"),
        Pattern("nine digits", r"[0-9]{9}", 0.4, bare=True),
    ),
    against=("parcel", "apn", "case", "docket", "permit", "phone", "zip"),
    grade=grade,
    grade_note="begins with 9: a taxpayer number or a test number",
)
