"""Internet addresses of devices, versions 4 and 6."""

from __future__ import annotations

import polars as pl

from privacy.evidence import Detector, Otherwise, Pattern, Reading, fits_regex, phrase_in

_OCTET = r"(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_V4 = rf"{_OCTET}(?:\.{_OCTET}){{3}}"
_GROUP = r"[0-9A-Fa-f]{1,4}"
_V6 = rf"(?:{_GROUP}:){{7}}{_GROUP}|{_GROUP}(?::{_GROUP}){{0,5}}::(?:{_GROUP}(?::{_GROUP}){{0,5}})?"


# "3::4" or "AB::CD": two short groups are a ratio or a code rather than an address.
_SHORT_V6 = r"^\s*[0-9A-Fa-f]{1,2}::[0-9A-Fa-f]{0,2}\s*$"
_QUAD = r"^\s*([0-9]+)\.([0-9]+)\.([0-9]+)\.([0-9]+)\s*$"
_AGAINST = (
    *(
        "version",
        "section",
        "release",
        "oid",
        "uid",
        "index",
        "chapter",
        "clause",
        "innings",
        "firmware",
        "build",
    ),
    *("software", "code", "article"),
)
# What versions and sections of a text are abbreviated to; too short to speak against an address by themselves.
_SECTIONS = ("ver", "vers", "rev", "revision", "fw", "sec", "subsection", "subsec", "para", "paragraph")
# Four small numbers after one of these are a version or a section, in a sentence too.
_TOLD = r"(?i:versions?|vers?|v|rev|revision|release|build|firmware|fw|software|sw|section|sec|reg|oid)\.?[ :#]{1,3}"
_MOST, _FEW, _SMALL, _PRIVATE, _OUT_OF_RANGE = 0.5, 10, 100, 10, 0.1


def grade(matches: pl.Series) -> pl.Series:
    """Four small numbers ("1.2.10.3") may be a version or a section: lower, less so where each has two digits, and
    none where a word before says so. Two short groups with colons are weak too."""
    told = rf"^{_TOLD}[0-9]{{1,2}}(?:\.[0-9]{{1,2}}){{3}}$"
    small, two = r"^[0-9]{1,2}(?:\.[0-9]{1,2}){3}$", r"^[0-9]{2}(?:\.[0-9]{2}){3}$"
    return (
        matches.to_frame("m")
        .select(
            pl.when(pl.col("m").str.contains(told))
            .then(0.0)
            .when(pl.col("m").str.contains(two))
            .then(0.6)
            .when(pl.col("m").str.contains(small) | pl.col("m").str.contains(_SHORT_V6))
            .then(0.2)
            .otherwise(1.0)
        )
        .to_series()
    )


def otherwise(column: Reading) -> Otherwise | None:
    """Versions and sections, by the name and by the values: no number of any is large, or many are too large for an
    address and the others begin as those do. Numbers of devices are spread up to 255."""
    if column.share(column.values.str.contains(_SHORT_V6)) >= _MOST:
        return Otherwise("two short groups in most values, as in ratios and codes", 0, sure=True)
    named = phrase_in(column.tokens, _AGAINST + _SECTIONS) is not None
    quads = column.values.to_frame("v").select(
        pl.col("v").str.extract(_QUAD, place).cast(pl.Int64, strict=False).alias(f"n{place}")
        for place in range(1, 5)
    )
    quads = quads.drop_nulls()
    if quads.is_empty() or column.share(column.values.str.contains(_QUAD)) < _MOST:
        return None
    # A private network (10.x.y.z) may have small numbers throughout, unless the name speaks of versions.
    private = bool((quads.get_column("n1") == _PRIVATE).all())
    if quads.max_horizontal().max() < _SMALL and (named or not private) and column.filled >= _FEW:  # type: ignore[operator]
        return Otherwise("four small numbers in every value, as in versions and sections", 1, sure=named)
    if named and not private and quads.get_column("n1").max() < _SMALL and column.filled >= _FEW:  # type: ignore[operator]
        return Otherwise("each begins with a small number, as versions do", 1, sure=True)
    beyond = quads.max_horizontal() > 255
    first = quads.get_column("n1")
    known = first.filter(beyond).max()
    if beyond.mean() >= _OUT_OF_RANGE and first.filter(~beyond).max() <= known:  # type: ignore[operator]
        return Otherwise("numbers beyond 255 among them, as in versions", 1, sure=named)
    return None


DETECTOR = Detector(
    name="ip_address",
    version=6,
    entity="IP_ADDRESS",
    label="IP address",
    group="direct",
    explanation=(
        "Four numbers from 0 to 255 with dots, or the groups of version 6; longer dotted numbers are none."
    ),
    headers=(
        *("ip", "ip address", "ip addr", "ipv 4", "ipv 6", "client ip", "remote addr", "ip4", "ip6"),
        *("source ip", "src ip", "dest ip", "host ip", "remote ip", "ipaddr", "ipaddress", "login ip"),
        *("user ip",),
    ),
    fits=fits_regex(rf"(?:{_V4})(?:[:/][0-9]{{1,5}})?|{_V6}"),
    patterns=(
        Pattern("version 4", _V4, 0.9, before=_TOLD),
        Pattern("version 6", _V6, 0.85, glue=r"[0-9A-Za-z_.:\-]"),
    ),
    against=_AGAINST,
    types=("text",),
    grade=grade,
    otherwise=otherwise,
    shapes=(_SHORT_V6, _QUAD),
    grade_note="a few small numbers, perhaps a version or a section",
)
