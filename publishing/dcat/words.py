"""Small words of DCAT-US: licences, periods, dates, and text, addresses and e-mail as the schemas take them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache
from urllib.parse import quote, urlsplit, urlunsplit

from publishing.dcat.record import CatalogRecord

# Longest texts of DCAT-US 1.1.
MAX_DESCRIPTION, MAX_RIGHTS, MAX_KEYWORD = 10_000, 255, 1_000
CUT = "…"
REDACTED = "[[REDACTED]]"

# Code of a licence as portals know it -> where the licence stands (DCAT-US 1.1, license; SOCRATA.md 5.5).
LICENCES = {
    "PUBLIC_DOMAIN": "https://www.usa.gov/publicdomain/label/1.0/",
    "CC0_10": "https://creativecommons.org/publicdomain/zero/1.0/",
    "CC_30_BY": "https://creativecommons.org/licenses/by/3.0/",
    "CC_30_BY_SA": "https://creativecommons.org/licenses/by-sa/3.0/",
    "CC_40_BY": "https://creativecommons.org/licenses/by/4.0/",
    "CC_40_BY_SA": "https://creativecommons.org/licenses/by-sa/4.0/",
    "PDDL": "https://opendatacommons.org/licenses/pddl/1.0/",
    "ODC_BY": "https://opendatacommons.org/licenses/by/1.0/",
    "ODBL": "https://opendatacommons.org/licenses/odbl/1.0/",
}
# Under these nobody needs to ask or to name anybody.
FREE = frozenset({"PUBLIC_DOMAIN", "CC0_10", "PDDL"})

# How often -> (ISO 8601 of 1.1; of 3.0 the word of ISO 19115, or the period where it has no word). History that is
# not updated has no period in 1.1, and a schedule of its own ("other") is told by neither.
FREQUENCIES = {
    "not_updated": ("", "notPlanned"),
    "as_needed": ("irregular", "asNeeded"),
    "annually": ("R/P1Y", "annually"),
    "biannually": ("R/P6M", "biannually"),
    "quarterly": ("R/P3M", "quarterly"),
    "bimonthly": ("R/P2M", "R/P2M"),
    "monthly": ("R/P1M", "monthly"),
    "biweekly": ("R/P2W", "fortnightly"),
    "weekly": ("R/P1W", "weekly"),
    "weekdays": ("R/P1D", "daily"),
    "daily": ("R/P1D", "daily"),
    "hourly": ("R/PT1H", "R/PT1H"),
    "continuous": ("R/PT1S", "continual"),
}

# Dimension of our quality score -> its name in the W3C's vocabulary of data quality, and what was measured: the
# department's file, before it was treated.
_LDQD = "http://www.w3.org/2016/05/ldqd#"
DIMENSIONS = {
    "completeness": (
        f"{_LDQD}completeness",
        "Share of cells that are filled in, in the file before treatment.",
    ),
    "validity": (
        f"{_LDQD}syntacticValidity",
        "Share of values that are of their type and within their range, before treatment.",
    ),
    "timeliness": (f"{_LDQD}timeliness", "How current the data is, against how often it should be updated."),
    "uniqueness": (f"{_LDQD}conciseness", "Share of rows that do not repeat another row, before treatment."),
    "consistency": (
        f"{_LDQD}consistency",
        "Share of values that are written in the same way throughout, before treatment.",
    ),
}

# Neither XML nor every reader of JSON takes control characters, halves of pairs and what is no character.
_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
# The schemas' own form of a mailbox, narrowed to ASCII.
_MAILBOX = re.compile(r"[\w~!$&'()*+,;=:.-]+@[\w.-]+\.[\w-]+", re.ASCII)
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z]{4})?(-([a-z]{2}|[0-9]{3}))?", re.IGNORECASE | re.ASCII)
_LINK = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
# What an address may hold behind its host besides letters, digits and _.-~ (RFC 3986: no brackets, no second #); the
# percent sign, because it may be quoted already.
_SAFE = "%/?@!$&'()*+,;=:"
_SAFE_HOST = "%!$&'()*+,;="


def plain(text: str) -> str:
    """Text that JSON and XML both can carry: no control characters but line ends and tabs."""
    return _UNFIT.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def line(text: str) -> str:
    """The same in one line."""
    return " ".join(plain(text).split())


def lines(texts: Iterable[str]) -> tuple[str, ...]:
    """Several, each once, without empty ones."""
    return tuple(dict.fromkeys(found for text in texts if (found := line(text))))


def shortened(text: str, longest: int) -> str:
    """At most so many characters, cut between two words."""
    if len(text) <= longest:
        return text
    head = text[: longest - len(CUT)]
    at = head.rfind(" ")
    return (head[:at] if at > longest // 2 else head).rstrip() + CUT


def mailto(address: str) -> str:
    """The address as both schemas take it; empty when it cannot be written so."""
    local, _, domain = address.strip().rpartition("@")
    try:
        found = f"{local}@{_ascii(domain)}"
    except UnicodeError:
        return ""
    return f"mailto:{found}" if _MAILBOX.fullmatch(found) else ""


def address(url: str) -> str:
    """An absolute http(s) address in ASCII; empty when it is none."""
    try:
        parts = urlsplit(url.strip())
        host = parts.hostname or ""
        port = f":{parts.port}" if parts.port else ""
        ascii_host = _ascii(host)
    except (ValueError, UnicodeError):
        return ""
    if parts.scheme not in ("http", "https") or not ascii_host or parts.username is not None:
        return ""
    if ":" in ascii_host and "%" in ascii_host:
        # A zone of the writer's own machine: nobody else could follow it.
        return ""
    netloc = f"[{ascii_host}]{port}" if ":" in ascii_host else f"{quote(ascii_host, safe=_SAFE_HOST)}{port}"
    behind = (quote(part, safe=_SAFE) for part in (parts.path, parts.query, parts.fragment))
    return re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", urlunsplit((parts.scheme, netloc, *behind)))


@lru_cache(maxsize=512)
def _ascii(host: str) -> str:
    return host.encode("idna").decode("ascii") if host else ""


def links_in(text: str) -> tuple[str, ...]:
    """The addresses that stand in a text, as `address` writes them."""
    return tuple(found for one in _LINK.findall(text) if (found := address(one.rstrip(".,;:)"))))


def languages(text: str) -> tuple[str, ...]:
    """Language tags out of "en", "en, es" or "en;es"; what is no tag is left out."""
    words = re.split(r"[\s,;/]+", text.strip())
    return tuple(dict.fromkeys(word for word in words if _LANGUAGE.fullmatch(word)))


def instant(moment: datetime) -> str:
    """An instant in UTC, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def interval(record: CatalogRecord) -> str:
    """The time the data covers, as 1.1 writes it: from day to day. Data that goes on ends with its last change."""
    ends = record.ends or (record.modified.astimezone(UTC).date() if record.modified else None)
    if record.starts is None or ends is None or ends < record.starts:
        return ""
    return f"{record.starts.isoformat()}/{ends.isoformat()}"


def is_reversed(record: CatalogRecord) -> bool:
    """Does the data end before it begins?"""
    return bool(record.starts and record.ends and record.ends < record.starts)


def filled(values: dict[str, object]) -> dict[str, object]:
    """Without what is empty: DCAT-US knows no empty text and no empty list."""
    return {name: value for name, value in values.items() if value not in ("", None, [], {})}
