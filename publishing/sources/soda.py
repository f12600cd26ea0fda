"""A dataset on a Socrata portal, read through its SODA API, page by page in a stable order (SOCRATA.md 3)."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from publishing.sources.base import Beat, Clock, Fetched, Field, Limits, Secrets, SourceFault, required
from publishing.sources.download import Writer, about_json, bounded, check
from publishing.sources.portal import DOMAIN, base_of, domain_fault
from publishing.sources.safe import SafeSession
from publishing.sources.url import SECRET

PAGE = 50_000
PAGE_BYTES = 256 << 20
_ID = re.compile(r"[a-z0-9]{4}-[a-z0-9]{4}\Z")


class SodaDataset:
    code = "soda"
    label = "A dataset on a Socrata portal"
    help = "Read through the portal's API. When the portal says that its rows did not change, nothing is fetched."
    fields = (
        DOMAIN,
        Field(
            "dataset",
            "Identifier of the dataset",
            "The four and four characters at the end of its address.",
            example="abcd-1234",
        ),
        SECRET,
    )

    def faults(self, config: Mapping[str, Any]) -> dict[str, str]:
        found = required(self.fields, config) | domain_fault(config)
        if "dataset" not in found and not _ID.match(str(config["dataset"])):
            found["dataset"] = "An identifier is four and four small letters or digits, such as abcd-1234."
        return found

    def host(self, config: Mapping[str, Any]) -> str:
        return str(config.get("domain", ""))

    def words(self, config: Mapping[str, Any]) -> str:
        return f"dataset {config.get('dataset', '')} on {config.get('domain', '')}"

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
        clock = Clock(limits, beat)
        base, name = base_of(config, secrets), str(config["dataset"])
        headers = _headers(secrets.value(str(config.get("secret", "")), to=base))
        with SafeSession(secrets) as session:
            about = f"{base}/api/views/{name}.json"
            before = _version(about_json(session, about, clock, headers=headers))
            if before and not limits.is_sample and before == dict(known or {}):
                return Fetched(is_same=True, validators=before)
            with into.open("wb") as target:
                writer = Writer(target, clock)
                rows = _pages(session, f"{base}/resource/{name}.csv", headers, writer, limits, clock)
            if (
                not limits.is_sample
                and _version(about_json(session, about, clock, headers=headers)) != before
            ):
                raise SourceFault("The dataset changed while it was read, so what came may be mixed.")
        return Fetched("data.csv", writer.sha256, writer.size, rows, before)


def _pages(
    session: SafeSession, url: str, headers: Mapping[str, str], writer: Writer, limits: Limits, clock: Clock
) -> int:
    """Write every page; the header row once. Returns how many rows came."""
    step = min(PAGE, limits.sample_rows) if limits.is_sample else PAGE
    rows = 0
    while True:
        order = quote(":id")
        answer = check(
            session.get(f"{url}?$order={order}&$limit={step}&$offset={rows}", headers=headers),
            what="the rows",
        )
        clock.tick(f"Receiving: {rows:,} rows")
        body = bounded(answer, PAGE_BYTES, clock)
        head, _, rest = body.partition(b"\n")
        writer.write(rest if rows else head + b"\n" + rest)
        came = rows_in(rest)
        rows += came
        if rows > limits.max_rows:
            raise SourceFault(
                f"The source sent more than {limits.max_rows:,} rows. Ask for fewer.", final=True
            )
        if came < step or writer.is_full or limits.is_sample:
            return rows
        if rest and not rest.endswith(b"\n"):
            writer.write(b"\n")


def rows_in(body: bytes) -> int:
    """How many rows stand in CSV without its header: line ends outside quotes."""
    quoted, count = False, 0
    for line in body.split(b"\n"):
        if not line and not quoted:
            continue
        quoted ^= line.count(b'"') % 2 == 1
        count += not quoted
    return count


def _version(about: Any) -> dict[str, str]:
    """What the portal says about the present rows."""
    updated = about.get("rowsUpdatedAt") if isinstance(about, dict) else None
    return {"rows_updated_at": str(updated)} if updated else {}


def _headers(key: str) -> dict[str, str]:
    """A key pair "id:secret" signs; anything else is an application token."""
    if not key:
        return {}
    if ":" in key:
        return {"Authorization": f"Basic {base64.b64encode(key.encode()).decode()}"}
    return {"X-App-Token": key}
