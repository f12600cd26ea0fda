"""E-mail addresses."""

from __future__ import annotations

from privacy.evidence import Detector, Pattern, fits_regex

_ADDRESS = r"[A-Za-z0-9._%+'\-]+@(?:[A-Za-z0-9](?:[A-Za-z0-9\-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,24}"

DETECTOR = Detector(
    name="email",
    version=1,
    entity="EMAIL",
    label="e-mail address",
    group="direct",
    explanation="A name, an @ and a domain with a dot.",
    headers=("email", "e mail", "email address", "e mail address", "mail address"),
    fits=fits_regex(_ADDRESS),
    patterns=(Pattern("address", _ADDRESS, 0.95, glue=""),),
    types=("text",),
)
