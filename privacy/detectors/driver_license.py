"""Driver licence numbers, in the shapes that the states give them; only the name or the words before them explain."""

from __future__ import annotations

from privacy.evidence import EDGE, Detector, Pattern, fits_regex

# One letter and 7 to 14 digits (CA, FL, IL, MD, MI, NY...), digits only (TX, PA, GA...), two or three letters first
# (OH, WA's WDL, IA), digits with a letter inside (IA, KY, VT), letters and stars (WA).
_SHAPES = (
    r"[A-Z]{0,2}[0-9]{2,4}(?:[- ][0-9]{2,6}){1,4}"
    r"|[A-Z] ?[0-9]{3}[- ]?[0-9]{3}[- ]?[0-9]{2,3}[- ]?[0-9]{0,3}[- ]?[0-9]{0,3}|[A-Z][0-9]{5,14}"
    r"|[0-9]{7,13}"
    r"|[A-Z]{2}[0-9]{3,7}[A-Z]?|[0-9]{2,3}[- ]?[A-Z]{2}[- ]?[0-9]{4,5}|[A-Z]{3}[*A-Z0-9]{9}"
    r"|[0-9]{3}[- ][0-9]{2,3}[- ][0-9]{3,4}"
    r"|[A-Z]{1,2}[- ][0-9]{2,4}[- ][0-9]{2,4}(?:[- ][0-9]{2,6})*|[0-9]{7}[A-Z]|[0-9]{8}[A-Z]{2}"
    r"|[A-Z]{5}[A-Z0-9]{11}"
)

DETECTOR = Detector(
    name="driver_license",
    version=4,
    entity="DRIVER_LICENSE",
    label="driver licence number",
    group="direct",
    explanation="Codes in the shape of a state's licence, in a column named so or after “driver's license”.",
    headers=(
        *("driver license", "drivers license", "driver s license", "driver licence", "drivers licence"),
        *("driving licence", "driver license number", "drivers license number", "dl number", "dl no"),
        *("dl num", "dln", "dl", "oln", "odl", "drivers lic", "driver lic", "drivers lic no"),
        *(
            "driver lic no",
            "state id number",
            "driving license",
            "cdl number",
            "dmv id",
            "dmv number",
            "driver id number",
        ),
        *(
            "operator license",
            "operators license",
            "operator s license",
            "operator s license number",
            "state id no",
            "drlic",
        ),
        *("driverlic", "cdl"),
        *("licence driver", "licencia de conducir", "licencia de manejar", "permiso de conducir"),
        *("licencia conducir", "lic conducir", "licencia manejar", "lic manejar", "licencia conductor"),
    ),
    fits=fits_regex(_SHAPES),
    patterns=(
        Pattern(
            "after the word",
            rf"(?i){EDGE}(?:driver'?’?s? ?(?:licen[cs]e|lic\.?)|driving licen[cs]e|dl|d\.l\.|oln"
            rf"|cdl)(?: (?:no\.?|number|num|#|is|was))*"
            rf"[ :#]{{0,3}}(?:[A-Z]{{2}} )?(?:[A-Z]{{1,2}}[0-9][0-9 -]{{4,16}}[0-9]|[0-9]{{7,13}}"
            rf"|[A-Z][0-9]{{5,14}})",
            0.85,
            glue="",
        ),
    ),
    against=(
        *("issued", "class", "suspended", "suspension", "state", "download", "expiration", "type"),
        *("status", "rate"),
    ),
    enough=0.3,
)
