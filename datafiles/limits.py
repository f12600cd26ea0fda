"""How large a file may be, and what its reading may use."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

MB = 1_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one reading. Whatever exceeds them is refused with a sentence, never half read."""

    max_bytes: int = 2_147_483_648  # 2 GiB: ten million rows of 200 bytes
    max_rows: int = 20_000_000
    max_columns: int = 2_000
    max_field_bytes: int = 65_536
    zip_entries: int = 2_000
    zip_uncompressed: int = 1_500 * MB
    zip_ratio: int = 250  # ordinary workbooks stay under 60; the measured bomb has 419
    # Address space of the reading process, its libraries' reserves included: measured 1.7 GB for a CSV of 2 GB,
    # which is read in blocks; 4 GB for one of 520 MB that is read whole, because something in it is unusual.
    memory_mb: int = 12_000
    cpu_seconds: int = 900
    wall_seconds: int = 900

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def human_bytes(size: int) -> str:
    """1500000 -> "1.5 MB"."""
    for unit, step in (("GB", 1_000_000_000), ("MB", 1_000_000), ("KB", 1_000)):
        if size >= step:
            return f"{size / step:.1f}".removesuffix(".0") + f" {unit}"
    return f"{size} bytes"
