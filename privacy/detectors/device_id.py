"""Numbers of devices that people carry: IMEI by its check digit, advertising and other ids by the column's name."""

from __future__ import annotations

import polars as pl

from privacy.checksums import luhn, only_digits
from privacy.evidence import EDGE, Detector, Pattern, fits_regex

_IMEI = r"[0-9]{2}-?[0-9]{6}-?[0-9]{6}-?[0-9]"


def grade(matches: pl.Series) -> pl.Series:
    """0 when the check digit does not fit."""
    return luhn(only_digits(matches)).cast(pl.Float64)


DETECTOR = Detector(
    name="device_id",
    version=1,
    entity="DEVICE_ID",
    label="number of a device",
    group="direct",
    explanation=(
        "An IMEI whose check digit fits, or ids in a column named after a device that a person carries."
    ),
    headers=(
        *("imei", "imei number", "device id", "device identifier", "device uuid", "udid", "idfa"),
        *("gaid", "imsi", "iccid", "advertising id", "ad id", "android id", "phone id", "handset id"),
        *("meid", "mobile device id", "cookie id"),
    ),
    fits=fits_regex(
        rf"{_IMEI}|[0-9A-F]{{8}}-[0-9A-F-]{{27}}|[0-9A-F]{{12,40}}|[0-9]{{15,22}}"
        rf"|[A-Z]{{1,5}}[-_]?[0-9A-Z-]{{6,40}}"
    ),
    patterns=(
        Pattern(
            "after the word", rf"(?i){EDGE}imei(?: (?:no\.?|number|is))?[ :#]{{0,3}}{_IMEI}", 0.9, glue=""
        ),
    ),
    against=(
        *("medical", "manufacturer", "meter", "sensor", "station", "traffic", "signal", "counter"),
        *("camera",),
    ),
    grade=grade,
)
