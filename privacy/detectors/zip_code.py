"""U.S. ZIP codes: they single nobody out alone, but they do beside sex and birth date."""

from __future__ import annotations

from privacy.evidence import Detector, fits_regex

DETECTOR = Detector(
    name="zip_code",
    version=2,
    entity="ZIP_CODE",
    label="ZIP code",
    group="quasi",
    explanation=(
        "A column named so whose values have five digits (four, when a spreadsheet took the zero) or ZIP+4."
    ),
    headers=(
        *("zip", "zip code", "postal code", "postcode", "post code", "zip 5", "zip 4", "zcta", "zipcd"),
        *("zip cd", "postal", "zcta 5", "zip plus 4", "zip 9", "codigo postal", "plz", "code postal"),
    ),
    fits=fits_regex(
        r"[0-9]{5}(?:[- ][0-9]{4}|-)?(?:\.0)?|[0-9]{9}|[1-9][0-9]{3}|[0-9]{3}(?:xx|\*\*|00)?"
        r"|[A-Z][0-9][A-Z] ?[0-9][A-Z][0-9]"
    ),
    against=("file", "ext", "extension", "archive", "line", "count", "lock", "population"),
    types=("text", "integer", "decimal"),
)
