"""Street addresses: a house number, a street and its kind."""

from __future__ import annotations

from privacy.evidence import Detector, Pattern, fits_regex

_KIND = (
    r"(?:st|street|ave?|avenue|blvd|boulevard|rd|road|dr|drive|ln|lane|ct|court|pl|place|ter|terrace|way|cir|circle"
    r"|pkwy|parkway|hwy|highway|trl|trail|sq|square|loop|plaza|broadway|alley|aly|row|pike)"
)
_ADDRESS = (
    rf"[0-9]{{1,6}}[A-Za-z]?(?:[-/][0-9A-Za-z]{{1,4}})? (?:[NSEW]{{1,2}}\.? |(?:north|south|east|west) )?"
    rf"(?:[0-9]{{0,3}}[A-Za-z][A-Za-z'.-]* ){{0,4}}{_KIND}"
)
_UNIT = r"(?:[ ,.]+(?:apt|apartment|unit|ste|suite|fl|floor|rm|#)\.? ?#?[0-9A-Za-z-]+)?"

DETECTOR = Detector(
    name="street_address",
    version=1,
    entity="STREET_ADDRESS",
    label="street address",
    group="direct",
    explanation="A house number, up to five words and a kind of street; sites and businesses are to be confirmed.",
    headers=(
        "address",
        "addr",
        "street address",
        "home address",
        "mailing address",
        "residence",
        "address line",
        "street addr",
        "owner address",
    ),
    fits=fits_regex(rf"{_ADDRESS}\b\.?(?:[ ,]+[NSEW]{{1,2}}\b)?{_UNIT}(?:,.*)?|P\.? ?O\.? BOX [0-9]+.*"),
    patterns=(Pattern("in prose", rf"(?i)\b{_ADDRESS}\b", 0.6, glue="", prose_only=True),),
    against=(
        "site",
        "facility",
        "business",
        "location",
        "incident",
        "store",
        "office",
        "school",
        "park",
        "station",
        "project",
        "permit",
        "web",
        "ip",
        "email",
        "mac",
    ),
    alone=0.6,
    types=("text",),
)
