"""A person uploads each file: nothing is fetched, and the record says who brings what."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from publishing.sources.base import Beat, Fetched, Field, Limits, Secrets, SourceFault


class Upload:
    code = "upload"
    label = "A person uploads the file"
    help = "Nothing is fetched. The steward gets a reminder when the next file is due."
    fields: tuple[Field, ...] = ()

    def faults(self, config: Mapping[str, Any]) -> dict[str, str]:
        return {}

    def host(self, config: Mapping[str, Any]) -> str:
        return ""

    def words(self, config: Mapping[str, Any]) -> str:
        return "uploaded by a person"

    def fetch(
        self,
        config: Mapping[str, Any],
        secrets: Secrets,
        into: Path,
        limits: Limits,
        beat: Beat,
        *,
        known: Mapping[str, str] | None = None,
    ) -> Fetched:
        raise SourceFault(
            "This dataset is refreshed by upload: open the next release, and upload the file.", final=True
        )
