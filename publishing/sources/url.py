"""A file at an address of the web: CSV, TSV or Excel."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from publishing.sources.base import Beat, Clock, Fetched, Field, Limits, Secrets, required
from publishing.sources.download import file_from
from publishing.sources.safe import SafeSession, typed_fault

SECRET = Field(
    "secret",
    "Name of the secret",
    "If the source needs a key: the name under which your portal admin has put it on the server "
    "(SOURCE_SECRET_NAME). The key itself is never typed here.",
    required=False,
    example="PERMITS_KEY",
)


class WebFile:
    code = "url"
    label = "A file at a web address"
    help = (
        "A CSV, TSV or Excel file that a server gives out. A file that did not change is not fetched again."
    )
    fields = (
        Field(
            "url",
            "Address of the file",
            "It begins with https://.",
            kind="url",
            example="https://data.example.gov/permits.csv",
        ),
        SECRET,
    )

    def faults(self, config: Mapping[str, Any]) -> dict[str, str]:
        found = required(self.fields, config)
        if "url" not in found and (fault := typed_fault(str(config["url"]))):
            found["url"] = fault
        return found

    def host(self, config: Mapping[str, Any]) -> str:
        return urlsplit(str(config.get("url", ""))).netloc

    def words(self, config: Mapping[str, Any]) -> str:
        parts = urlsplit(str(config.get("url", "")))
        return f"{parts.netloc}{parts.path}"

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
        key = secrets.value(str(config.get("secret", "")), to=str(config["url"]))
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        with SafeSession(secrets) as session:
            return file_from(
                session, str(config["url"]), into, Clock(limits, beat), known=known, headers=headers
            )
