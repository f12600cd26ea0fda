"""Addresses of network cards (MAC)."""

from __future__ import annotations

from privacy.evidence import Detector, Pattern, fits_regex

_PAIR = r"[0-9A-Fa-f]{2}"
_MAC = (
    rf"{_PAIR}(?::{_PAIR}){{5}}|{_PAIR}(?:-{_PAIR}){{5}}|[0-9A-Fa-f]{{4}}\.[0-9A-Fa-f]{{4}}\.[0-9A-Fa-f]{{4}}"
)

DETECTOR = Detector(
    name="mac_address",
    version=1,
    entity="MAC_ADDRESS",
    label="MAC address",
    group="direct",
    explanation="Six pairs of hexadecimal digits, with colons or hyphens between them.",
    headers=(
        "mac",
        "mac address",
        "mac addr",
        "bluetooth address",
        "wifi address",
        "bssid",
        "hardware address",
    ),
    fits=fits_regex(rf"{_MAC}|[0-9A-F]{{12}}"),
    patterns=(Pattern("six pairs", _MAC, 0.9, glue=r"[0-9A-Za-z_.:\-]"),),
    against=("street", "road", "donald", "cheese", "company"),
    types=("text",),
)
