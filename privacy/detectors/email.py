"""E-mail addresses, also spelled out ("john at example dot org") to hide them from machines."""

from __future__ import annotations

from privacy.evidence import EDGE, Detector, Pattern, fits_regex

_ADDRESS = r"[A-Za-z0-9._%+'\-]+@(?:[A-Za-z0-9](?:[A-Za-z0-9\-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,24}"
_AT = r"(?:\s*[\[({<]\s*(?:at|@)\s*[\])}>]\s*|\s+at\s+|\s+@\s+|\s+@|@\s+)"
_DOT = r"(?:\s*[\[({<]\s*(?:dot|\.)\s*[\])}>]\s*|\s+dot\s+|\.)"
_ENDS = r"(?:com|org|net|edu|gov|mil|info|us|uk|co|io|example|biz|ca|de|fr)"
_SPELLED = (
    rf"(?i){EDGE}[a-z0-9][a-z0-9_+\-]*(?:{_DOT}[a-z0-9_+\-]+)*{_AT}[a-z0-9\-]+"
    rf"(?:{_DOT}[a-z0-9\-]+)*{_DOT}{_ENDS}{EDGE}"
)

DETECTOR = Detector(
    name="email",
    version=2,
    entity="EMAIL",
    label="e-mail address",
    group="direct",
    explanation="A name, an @ (or the word “at”) and a domain with a dot.",
    headers=(
        *("email", "e mail", "email address", "e mail address", "mail address", "email addr", "eml"),
        *("correo", "correo electronico", "courriel", "contact email", "mailto"),
    ),
    fits=fits_regex(rf"(?:mailto:)?{_ADDRESS}(?:[;, ]+{_ADDRESS})*"),
    patterns=(
        Pattern("address", _ADDRESS, 0.95, glue=""),
        Pattern("spelled out", _SPELLED, 0.8, glue=""),
    ),
    types=("text",),
)
