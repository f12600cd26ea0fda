"""A resource of a CKAN catalogue: the file it names, or the table of its DataStore."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from publishing.sources.base import Beat, Clock, Fetched, Field, Limits, Secrets, SourceFault, required
from publishing.sources.download import about_json, file_from
from publishing.sources.portal import DOMAIN, base_of, domain_fault
from publishing.sources.safe import SafeSession
from publishing.sources.url import SECRET

_ID = re.compile(r"[A-Za-z0-9_-]{1,100}\Z")


class CkanResource:
    code = "ckan"
    label = "A resource of a CKAN catalogue"
    help = "The table of its DataStore where it has one, otherwise the file it names (CSV, TSV or Excel)."
    fields = (
        DOMAIN,
        Field(
            "resource",
            "Identifier of the resource",
            "The last part of the resource's address.",
            example="0a7c1a52-4f0e-4c5b-9d1e-6d7c5e0b1a11",
        ),
        SECRET,
    )

    def faults(self, config: Mapping[str, Any]) -> dict[str, str]:
        found = required(self.fields, config) | domain_fault(config)
        if "resource" not in found and not _ID.match(str(config["resource"])):
            found["resource"] = "An identifier holds letters, digits, hyphens and nothing else."
        return found

    def host(self, config: Mapping[str, Any]) -> str:
        return str(config.get("domain", ""))

    def words(self, config: Mapping[str, Any]) -> str:
        return f"resource {config.get('resource', '')} on {config.get('domain', '')}"

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
        base, name = base_of(config, secrets), str(config["resource"])
        key = secrets.value(str(config.get("secret", "")), to=base)
        headers = {"Authorization": key} if key else {}
        known = {} if limits.is_sample else dict(known or {})
        with SafeSession(secrets) as session:
            about = _resource(session, base, name, headers, clock)
            if _is_table(about):
                dump = f"{base}/datastore/dump/{quote(name)}?bom=false"
                found = file_from(session, dump, into, clock, headers=headers)
                # Nothing is kept to ask by: whether its rows changed, only its bytes say.
                return replace(found, validators={})
            version = _version(about)
            if version and version == {name: known.get(name) for name in version}:
                return Fetched(is_same=True, validators=known)
            url = str(about.get("url") or "")
            # A secret of the catalogue is not told to another host that a resource names.
            is_own = urlsplit(url).netloc == urlsplit(base).netloc
            found = file_from(session, url, into, clock, known=known, headers=headers if is_own else {})
        return replace(found, validators=found.validators | version)


def _resource(
    session: SafeSession, base: str, name: str, headers: Mapping[str, str], clock: Clock
) -> dict[str, Any]:
    answer = about_json(
        session,
        f"{base}/api/3/action/resource_show?id={quote(name)}",
        clock,
        headers=headers,
        what="the resource",
    )
    result = answer.get("result") if isinstance(answer, dict) else None
    if not isinstance(result, dict):
        raise SourceFault(
            f"What answers at {urlsplit(base).netloc} is no CKAN catalogue. Check the domain of the portal."
        )
    return result


def _is_table(about: Mapping[str, Any]) -> bool:
    """True where rows lie in the DataStore, which may change without a word of the resource about it.

    CKAN writes `last_modified` when a file is uploaded, and not on datastore_upsert (ckan/ckan, issue 8980).
    """
    return bool(about.get("datastore_active")) or about.get("url_type") == "datastore"


def _version(about: Mapping[str, Any]) -> dict[str, str]:
    """When the uploaded file changed last, and its hash, as far as the catalogue says.

    Of a file that lies elsewhere CKAN does not notice a change: its own server is asked.
    """
    if about.get("url_type") != "upload":
        return {}
    said = {"hash": about.get("hash"), "last_modified_there": about.get("last_modified")}
    return {name: str(value)[:200] for name, value in said.items() if value}
