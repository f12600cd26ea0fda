"""Internet addresses of devices, versions 4 and 6."""

from __future__ import annotations

import polars as pl

from privacy.evidence import Detector, Pattern, fits_regex

_OCTET = r"(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_V4 = rf"{_OCTET}(?:\.{_OCTET}){{3}}"
_GROUP = r"[0-9A-Fa-f]{1,4}"
_V6 = rf"(?:{_GROUP}:){{7}}{_GROUP}|{_GROUP}(?::{_GROUP}){{0,5}}::(?:{_GROUP}(?::{_GROUP}){{0,5}})?"


def grade(matches: pl.Series) -> pl.Series:
    """Four small numbers ("1.2.10.3") may be a version or a section: lower."""
    small = r"^[0-9]{1,2}(?:\.[0-9]{1,2}){3}$"
    return (
        matches.to_frame("m")
        .select(pl.when(pl.col("m").str.contains(small)).then(0.2).otherwise(1.0))
        .to_series()
    )


DETECTOR = Detector(
    name="ip_address",
    version=2,
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
    patterns=(Pattern("version 4", _V4, 0.9), Pattern("version 6", _V6, 0.85, glue=r"[0-9A-Za-z_.:\-]")),
    against=("version", "section", "release", "oid", "uid", "index", "chapter", "clause", "innings"),
    types=("text",),
    grade=grade,
    grade_note="four small numbers, perhaps a version or a section",
)
