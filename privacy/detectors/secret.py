"""Passwords, keys and tokens: not of a person always, but never for the public."""

from __future__ import annotations

from privacy.evidence import EDGE, Detector, Pattern, fits_regex

_KEYS = (
    r"AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36,}|xox[baprs]-[A-Za-z0-9-]{10,}|AIza[0-9A-Za-z_\-]{35}"
    r"|sk_live_[0-9A-Za-z]{16,}"
    r"|-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----"
    r"|eyJ[A-Za-z0-9_\-]{10,}\.eyJ[A-Za-z0-9_\-]{10,}\.[A-Za-z0-9_\-]{8,}"
)
_TOLD = (
    rf"(?i){EDGE}(?:password|passwd|pwd|passcode|api[ _-]?key|secret[ _-]?key|access[ _-]?token)(?: (?:is"
    rf"|was))?\s?[:=]\s?[^\s,;]{{4,64}}"
)

DETECTOR = Detector(
    name="secret",
    version=2,
    entity="SECRET",
    label="password, PIN, key or signature",
    group="direct",
    explanation=(
        "Keys and tokens in the shapes that providers give them, what follows “password:”, or a column "
        "named so."
    ),
    headers=(
        *("password", "passwd", "pwd", "passphrase", "passcode", "pin code", "signature"),
        *("cvv", "cvv 2", "cvc", "api key", "apikey", "secret key", "secret", "access token"),
        *("private key", "auth token", "security question", "security answer", "security code"),
        *("password hash", "digital signature", "secret answer"),
    ),
    # A parcel has a PIN too, longer and with hyphens.
    weak_headers=("pin", "pin number"),
    convinces=fits_regex(r"[0-9]{3,8}|[x*#•]{3,12}"),
    fits=fits_regex(r"[^\s/]{4,200}|[0-9]{3,8}|data:image/\S+"),
    patterns=(
        Pattern("key", _KEYS, 0.95, glue=""),
        Pattern("after the word", _TOLD, 0.85, glue=""),
    ),
    against=(
        *("date", "year", "required", "present", "school", "bowling", "term", "academic", "received"),
        *("count", "gathered", "needed", "service", "parcel", "property", "14", "10", "apn", "map"),
        *("shade", "gene", "species", "petition", "obtained"),
    ),
    types=("text", "integer"),
    named="confirm",
    enough=0.5,
)
