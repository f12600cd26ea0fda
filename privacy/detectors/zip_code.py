"""U.S. ZIP codes: they single nobody out alone, but they do beside sex and birth date."""

from __future__ import annotations

from privacy.evidence import Detector, fits_regex

DETECTOR = Detector(
    name="zip_code",
    version=1,
    entity="ZIP_CODE",
    label="ZIP code",
    group="quasi",
    explanation="A column named so whose values have five digits (four, when a spreadsheet took the zero) or ZIP+4.",
    headers=("zip", "zip code", "postal code", "postcode", "zip 5", "zip 4", "zcta"),
    fits=fits_regex(r"[0-9]{5}(?:-[0-9]{4})?|[0-9]{9}|[1-9][0-9]{3}|[0-9]{3}xx"),
    types=("text", "integer"),
)
