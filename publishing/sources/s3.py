"""The newest file of a bucket that fits a pattern: any store that speaks S3 (AWS, MinIO, Ceph).

Requests are signed by AWS Signature Version 4 ("Authenticating Requests: Using the Authorization Header").
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from publishing.sources.base import Beat, Clock, Fetched, Field, Limits, Secrets, SourceFault, required
from publishing.sources.download import ABOUT_BYTES, bounded, check, stream
from publishing.sources.safe import SafeSession, typed_fault

SUFFIXES = (".csv", ".tsv", ".xlsx")
LISTED = 100_000
_EMPTY = hashlib.sha256(b"").hexdigest()
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\Z")


@dataclass(frozen=True)
class Listed:
    """One object of a bucket."""

    key: str
    etag: str
    modified: str


class Bucket:
    code = "s3"
    label = "A bucket (S3)"
    help = "Of the files that fit the pattern, the newest is taken."
    fields = (
        Field(
            "endpoint",
            "Address of the store",
            "Without the bucket.",
            kind="url",
            example="https://s3.us-west-2.amazonaws.com",
        ),
        Field("region", "Region", "As the store calls it.", example="us-west-2"),
        Field("bucket", "Bucket", "Its name.", example="city-exports"),
        Field("pattern", "Which files", "The name with * for what changes.", example="permits/permits-*.csv"),
        Field(
            "secret",
            "Name of the secret",
            "The name under which the access key stands on the server, as “key id:secret key”. It needs to list "
            "and read this bucket, nothing else.",
            example="EXPORTS_KEY",
        ),
    )

    def faults(self, config: Mapping[str, Any]) -> dict[str, str]:
        found = required(self.fields, config)
        endpoint = str(config.get("endpoint") or "")
        if endpoint and (fault := typed_fault(endpoint)):
            found["endpoint"] = fault
        elif endpoint and (urlsplit(endpoint).query or urlsplit(endpoint).path.strip("/")):
            found["endpoint"] = "Give the address of the store alone, without the bucket."
        if "bucket" not in found and not _BUCKET.match(str(config["bucket"])):
            found["bucket"] = "The name of a bucket holds small letters, digits, dots and hyphens."
        if "pattern" not in found and not str(config["pattern"]).lower().endswith(SUFFIXES):
            found["pattern"] = "The pattern ends in .csv, .tsv or .xlsx: other files cannot be read."
        return found

    def host(self, config: Mapping[str, Any]) -> str:
        return urlsplit(str(config.get("endpoint", ""))).netloc

    def words(self, config: Mapping[str, Any]) -> str:
        return f"the newest {config.get('pattern', '')} in the bucket {config.get('bucket', '')} on {self.host(config)}"

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
        store = _Store(config, secrets.value(str(config["secret"]), to=str(config["endpoint"])))
        with SafeSession(secrets) as session:
            newest = _newest(store.objects(session, clock), str(config["pattern"]))
            version = {"key": newest.key, "etag": newest.etag}
            if not limits.is_sample and version == dict(known or {}):
                return Fetched(is_same=True, validators=version)
            answer = check(store.get(session, f"/{quote(newest.key, safe='/-_.~')}", {}))
            with into.open("wb") as target:
                writer = stream(answer, target, clock)
        suffix = Path(newest.key).suffix.lower()
        return Fetched(f"data{suffix}", writer.sha256, writer.size, None, version)


def _newest(objects: Iterator[Listed], pattern: str) -> Listed:
    fitting = [one for one in objects if fnmatchcase(one.key, pattern)]
    if not fitting:
        raise SourceFault(
            "No file in the bucket fits the pattern. Check the pattern, or whether the export has run."
        )
    return max(fitting, key=lambda one: (one.modified, one.key))


class _Store:
    """Signed questions to one bucket, addressed by path."""

    def __init__(self, config: Mapping[str, Any], key: str) -> None:
        self._base = str(config["endpoint"]).rstrip("/")
        self._host = urlsplit(self._base).netloc
        self._region, self._bucket = str(config["region"]), str(config["bucket"])
        self._prefix = re.split(r"[*?\[]", str(config["pattern"]))[0]
        self._id, _, self._secret = key.partition(":")
        if not self._secret:
            raise SourceFault(
                "The secret of this bucket must read “key id:secret key”. Ask your portal admin to correct it.",
                final=True,
            )

    def objects(self, session: SafeSession, clock: Clock) -> Iterator[Listed]:
        """Every object under the fixed beginning of the pattern, page by page."""
        after = ""
        count = 0
        while True:
            asked = {"list-type": "2", "prefix": self._prefix}
            if after:
                asked["continuation-token"] = after
            body = bounded(check(self.get(session, "", asked), what="the bucket"), ABOUT_BYTES, clock)
            clock.tick("Looking through the bucket")
            found, after = _listing(body)
            yield from found
            count += len(found)
            if not after:
                return
            if count > LISTED:
                raise SourceFault(
                    f"More than {LISTED:,} files begin like the pattern. Make its beginning longer.",
                    final=True,
                )

    def get(self, session: SafeSession, path: str, asked: Mapping[str, str]) -> Any:
        path = f"/{self._bucket}{path}"
        query = "&".join(f"{quote(k, safe='-_.~')}={quote(v, safe='-_.~')}" for k, v in sorted(asked.items()))
        headers = signed(
            host=self._host, path=path, query=query, region=self._region, key=(self._id, self._secret)
        )
        return session.get(f"{self._base}{path}{'?' + query if query else ''}", headers=headers)


def signed(
    *, host: str, path: str, query: str, region: str, key: tuple[str, str], now: datetime | None = None
) -> dict[str, str]:
    """The headers of a signed GET. `path` and `query` are encoded already, `query` sorted."""
    at = (now or datetime.now(UTC)).strftime("%Y%m%dT%H%M%SZ")
    scope = f"{at[:8]}/{region}/s3/aws4_request"
    head = {"host": host, "x-amz-content-sha256": _EMPTY, "x-amz-date": at}
    names = ";".join(head)
    lines = "".join(f"{name}:{value}\n" for name, value in head.items())
    canonical = "\n".join(("GET", path, query, lines, names, _EMPTY))
    text = "\n".join(("AWS4-HMAC-SHA256", at, scope, hashlib.sha256(canonical.encode()).hexdigest()))
    step = f"AWS4{key[1]}".encode()
    for part in (at[:8], region, "s3", "aws4_request"):
        step = hmac.new(step, part.encode(), hashlib.sha256).digest()
    signature = hmac.new(step, text.encode(), hashlib.sha256).hexdigest()
    return {
        "x-amz-content-sha256": _EMPTY,
        "x-amz-date": at,
        "Authorization": f"AWS4-HMAC-SHA256 Credential={key[0]}/{scope}, SignedHeaders={names}, Signature={signature}",
    }


def _listing(body: bytes) -> tuple[list[Listed], str]:
    """The objects of one page, and the token of the next one."""
    try:
        tree = fromstring(body)
    except (ParseError, DefusedXmlException):
        raise SourceFault("What answers is no bucket. Check the address of the store.") from None
    found = []
    after = ""
    for element in tree:
        name = element.tag.rsplit("}", 1)[-1]
        if name == "NextContinuationToken":
            after = element.text or ""
        elif name == "Contents":
            said = {child.tag.rsplit("}", 1)[-1]: child.text or "" for child in element}
            found.append(Listed(said.get("Key", ""), said.get("ETag", ""), said.get("LastModified", "")))
    return found, after
