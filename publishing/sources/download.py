"""An answer on its way to the disk: hashed and counted as it comes, and never more than was allowed."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import HTTPError

from publishing.sources.base import Clock, Fetched, Limits, SourceFault
from publishing.sources.safe import SafeSession
from publishing.waits import retry_after

CHUNK = 1 << 16
LONGEST_WAIT = 6 * 3600.0
# What a source says about itself (not its rows) fits into this.
ABOUT_BYTES = 16 << 20
_CRLF = "\r\n"


class Writer:
    """A file that is hashed and counted while it is written."""

    def __init__(self, target: BinaryIO, clock: Clock, *, expected: int = 0) -> None:
        self._target, self._clock, self._limits = target, clock, clock.limits
        self._hash = hashlib.sha256()
        self._expected = expected
        self.size = 0
        self.rows = 0

    @property
    def is_full(self) -> bool:
        """A sample holds enough."""
        return self._limits.is_sample and self.size >= self._limits.max_bytes

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    def write(self, part: bytes) -> None:
        """Raises SourceFault when there is more than was allowed, or the time is over."""
        if self.size + len(part) > self._limits.max_bytes:
            if not self._limits.is_sample:
                raise too_large(self._limits)
            part = part[: self._limits.max_bytes - self.size]
        self._target.write(part)
        self._hash.update(part)
        self.size += len(part)
        done = self.size / self._expected if self._expected else 0.5
        self._clock.tick(f"Receiving: {self.size / 1_000_000:,.1f} MB", done=done)


class CsvWriter:
    """Rows that a source hands over one by one, as CSV."""

    def __init__(self, target: BinaryIO, clock: Clock, columns: Sequence[str]) -> None:
        self._writer = Writer(target, clock)
        self._csv = csv.writer(_Lines(self._writer), lineterminator=_CRLF)
        self._limits = clock.limits
        self._csv.writerow(columns)
        self.rows = 0

    @property
    def is_full(self) -> bool:
        return self._writer.is_full or (self._limits.is_sample and self.rows >= self._limits.sample_rows)

    def row(self, values: Iterable[Any]) -> None:
        """Raises SourceFault beyond the rows or bytes that were allowed."""
        if self.rows >= self._limits.max_rows:
            raise SourceFault(
                f"The source sent more than {self._limits.max_rows:,} rows, the most this product accepts. Ask "
                "for fewer, for example for one year.",
                final=True,
            )
        self._csv.writerow([text_of(value) for value in values])
        self.rows += 1

    def fetched(self, name: str, validators: Mapping[str, str] | None = None) -> Fetched:
        return Fetched(name, self._writer.sha256, self._writer.size, self.rows, dict(validators or {}))


class _Lines:
    """What csv.writer needs of a file: it hands over one line at a time, which ends in a line feed here.

    A writer whose own lines end so puts no quotes around a carriage return, and readers take that for the end of a
    row.
    """

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    def write(self, line: str) -> int:
        self._writer.write(f"{line.removesuffix(_CRLF)}\n".encode())
        return len(line)


def text_of(value: Any) -> str:
    """A value as its cell: dates in ISO form, numbers with every digit, nothing for nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).hex()
    if hasattr(value, "isoformat"):
        return str(value.isoformat())
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


def stream(answer: requests.Response, target: BinaryIO, clock: Clock) -> Writer:
    """Write the body of an answer to `target`. Raises SourceFault where it breaks off, or is too large."""
    length = answer.headers.get("Content-Length", "")
    expected = int(length) if length.isdigit() else 0
    if expected > clock.limits.max_bytes and not clock.limits.is_sample:
        raise too_large(clock.limits)
    writer = Writer(target, clock, expected=expected)
    host = urlsplit(answer.url).hostname
    try:
        for part in _parts(answer):
            writer.write(part)
            if writer.is_full:
                break
    except (HTTPError, OSError):
        raise SourceFault(f"The connection to {host} broke while the data came.", is_host=True) from None
    finally:
        answer.close()
    compressed = answer.headers.get("Content-Encoding", "identity") not in ("", "identity")
    if expected and not compressed and writer.size < expected and not writer.is_full:
        raise SourceFault(f"{host} sent less than it announced.", is_host=True)
    return writer


def _parts(answer: requests.Response) -> Iterator[bytes]:
    """The body as it arrives: a server that sends it drop by drop gets no more time than was allowed."""
    while part := answer.raw.read1(CHUNK, decode_content=True):
        yield part


def check(answer: requests.Response, *, what: str = "the file") -> requests.Response:
    """The answer, when it is one. Raises SourceFault by its status."""
    status = answer.status_code
    if status < 400:
        return answer
    host = urlsplit(answer.url).hostname
    wait = retry_after(answer.headers.get("Retry-After"), longest=LONGEST_WAIT)
    answer.close()
    if status in (401, 403):
        raise SourceFault(
            f"{host} does not let us read {what} (it answered {status}). Check the name of the secret, and ask "
            "your portal admin whether it still opens this source."
        )
    if status in (404, 410):
        raise SourceFault(
            f"{host} has no such data any more (it answered {status}). Correct the address of the source."
        )
    if status == 429:
        raise SourceFault(f"{host} gets too many questions just now.", is_host=True, after=wait)
    if status >= 500 or status == 408:
        raise SourceFault(f"{host} has trouble just now (it answered {status}).", is_host=True, after=wait)
    raise SourceFault(f"{host} refused the question (it answered {status}). Check what the source asks for.")


def about_json(
    session: SafeSession, url: str, clock: Clock, *, headers: Mapping[str, str] | None = None, what: str = ""
) -> Any:
    """A small answer in JSON. Raises SourceFault when it is none."""
    host = urlsplit(url).hostname
    answer = check(session.get(url, headers=headers), what=what or "its description")
    clock.tick(f"Asking {host}")
    body = bounded(answer, ABOUT_BYTES, clock)
    try:
        return json.loads(body)
    except ValueError:
        raise SourceFault(
            f"What answers at {host} is not what was expected. Check the address of the source.", is_host=True
        ) from None


def bounded(answer: requests.Response, most: int, clock: Clock) -> bytes:
    """The body of an answer that must fit into memory. Raises SourceFault when it does not, or breaks off."""
    host = urlsplit(answer.url).hostname
    parts, size = [], 0
    try:
        for part in _parts(answer):
            clock.tick(f"Asking {host}")
            size += len(part)
            if size > most:
                raise SourceFault(f"{host} answered with more than fits. Check the address of the source.")
            parts.append(part)
    except (HTTPError, OSError):
        raise SourceFault(f"The connection to {host} broke.", is_host=True) from None
    finally:
        answer.close()
    return b"".join(parts)


def file_from(
    session: SafeSession,
    url: str,
    into: Path,
    clock: Clock,
    *,
    known: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Fetched:
    """Download one file, unless the server says that it is still the one of `known` (conditional GET)."""
    known = known or {}
    sent = dict(headers or {})
    if known.get("etag"):
        sent["If-None-Match"] = known["etag"]
    if known.get("last_modified"):
        sent["If-Modified-Since"] = known["last_modified"]
    answer = session.get(url, headers=sent, follow=True)
    if answer.status_code == 304:
        answer.close()
        return Fetched(is_same=True, validators=dict(known))
    check(answer)
    suffix = suffix_of(answer)
    with into.open("wb") as target:
        writer = stream(answer, target, clock)
    validators = {
        name: value[:200]
        for name, header in (("etag", "ETag"), ("last_modified", "Last-Modified"))
        if (value := answer.headers.get(header, ""))
    }
    return Fetched(f"data{suffix}", writer.sha256, writer.size, None, validators)


_SUFFIXES = {
    "text/csv": ".csv",
    "application/csv": ".csv",
    "text/tab-separated-values": ".tsv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
}


def suffix_of(answer: requests.Response) -> str:
    """Which kind of file an answer is. Raises SourceFault for what is no table."""
    kind = answer.headers.get("Content-Type", "").split(";")[0].strip().lower()
    named = Path(urlsplit(answer.url).path).suffix.lower()
    suffix = _SUFFIXES.get(kind) or (named if named in _SUFFIXES.values() else "")
    if kind in ("text/html", "application/xhtml+xml") or not suffix:
        answer.close()
        raise SourceFault(
            f"{urlsplit(answer.url).hostname} sent a web page or another kind of file, not a CSV, TSV or Excel "
            "table. Give the address of the file itself.",
        )
    return suffix


def end_at_row(path: Path) -> None:
    """End a sample at its last whole row: it may have ended within one, or within a cell of several lines."""
    body = path.read_bytes()
    at = end = 0
    quoted = False
    for line in body.splitlines(keepends=True):
        at += len(line)
        quoted ^= line.count(b'"') % 2 == 1
        if not quoted and line.endswith((b"\n", b"\r")):
            end = at
    if 0 < end < len(body):
        path.write_bytes(body[:end])


def too_large(limits: Limits) -> SourceFault:
    return SourceFault(
        f"The source holds more than {limits.max_bytes / 1_000_000:,.0f} MB, the most this product accepts. Ask "
        "for less, for example for one year.",
        final=True,
    )
