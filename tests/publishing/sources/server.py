"""A small web server that gives out files, lists a bucket that checks signatures, and misbehaves on order."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

KEY_ID, KEY_SECRET, REGION = "AKEXAMPLE", "secret/of+the+bucket", "test-1"


@dataclass
class Site:
    """What the server holds: files by path, objects by key, and what it was asked."""

    port: int = 0
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    objects: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    redirects: dict[str, str] = field(default_factory=dict)
    # path -> (status, headers): the answer instead of the file, until it is taken back.
    refuses: dict[str, tuple[int, dict[str, str]]] = field(default_factory=dict)
    cuts: set[str] = field(default_factory=set)
    chunked: set[str] = field(default_factory=set)
    # Sent byte by byte.
    drips: set[str] = field(default_factory=set)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    per_page: int = 2

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        pass

    @property
    def site(self) -> Site:
        return self.server.site  # type: ignore[attr-defined]

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        self.site.asked.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
        if path in self.site.refuses:
            status, headers = self.site.refuses[path]
            return self._send(status, b"", headers)
        if path in self.site.redirects:
            return self._send(302, b"", {"Location": self.site.redirects[path]})
        if path.startswith("/exports"):
            return self._bucket(path)
        if path not in self.site.files:
            return self._send(404, b"", {})
        kind, body = self.site.files[path]
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if self.headers.get("If-None-Match") == etag:
            return self._send(304, b"", {"ETag": etag})
        if path in self.site.chunked:
            return self._chunked(kind, body)
        if path in self.site.drips:
            return self._drip(kind, body)
        if path in self.site.cuts:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[: len(body) // 2])
            self.close_connection = True
            return None
        return self._send(200, body, {"Content-Type": kind, "ETag": etag})

    def _chunked(self, kind: str, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for start in range(0, len(body), 70_000):
            part = body[start : start + 70_000]
            self.wfile.write(f"{len(part):x}\r\n".encode() + part + b"\r\n")
        self.wfile.write(b"0\r\n\r\n")

    def _drip(self, kind: str, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with contextlib.suppress(OSError):
            for byte in body:
                self.wfile.write(bytes((byte,)))
                time.sleep(0.02)
        self.close_connection = True

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _bucket(self, path: str) -> None:
        parts = urlsplit(self.path)
        if self.headers.get("Authorization", "") != _authorization(self.headers, parts.path, parts.query):
            return self._send(403, b"<Error><Code>SignatureDoesNotMatch</Code></Error>", {})
        key = path.removeprefix("/exports").lstrip("/")
        if key:
            found = {quote(name): body for name, (_, body) in self.site.objects.items()}.get(key)
            return self._send(200 if found is not None else 404, found or b"", {})
        return self._send(200, self._listing(dict(parse_qsl(parts.query))), {})

    def _listing(self, asked: dict[str, str]) -> bytes:
        keys = sorted(name for name in self.site.objects if name.startswith(asked.get("prefix", "")))
        first = int(asked.get("continuation-token", "0"))
        page = keys[first : first + self.site.per_page]
        lines = "".join(
            f"<Contents><Key>{key}</Key><LastModified>{self.site.objects[key][0]}</LastModified>"
            f'<ETag>"{hashlib.sha256(self.site.objects[key][1]).hexdigest()}"</ETag></Contents>'
            for key in page
        )
        after = first + len(page)
        more = f"<NextContinuationToken>{after}</NextContinuationToken>" if after < len(keys) else ""
        head = '<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
        return f"{head}{lines}{more}</ListBucketResult>".encode()


def _authorization(headers: Any, path: str, query: str) -> str:
    """The header as the specification of Signature Version 4 has it, computed anew from what arrived."""
    date = headers.get("x-amz-date", "")
    scope = f"{date[:8]}/{REGION}/s3/aws4_request"
    pairs = sorted(parse_qsl(query, keep_blank_values=True))
    canonical_query = "&".join(f"{quote(k, safe='-_.~')}={quote(v, safe='-_.~')}" for k, v in pairs)
    body = headers.get("x-amz-content-sha256", "")
    names = "host;x-amz-content-sha256;x-amz-date"
    canonical = (
        f"GET\n{path}\n{canonical_query}\nhost:{headers.get('Host')}\nx-amz-content-sha256:{body}\n"
        f"x-amz-date:{date}\n\n{names}\n{body}"
    )
    text = f"AWS4-HMAC-SHA256\n{date}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    key = f"AWS4{KEY_SECRET}".encode()
    for part in (date[:8], REGION, "s3", "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.digest(key, text.encode(), "sha256").hex()
    return f"AWS4-HMAC-SHA256 Credential={KEY_ID}/{scope}, SignedHeaders={names}, Signature={signature}"


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    site: Site


@contextmanager
def serving() -> Iterator[Site]:
    """The server, until the block ends."""
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.site = Site(port=server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield server.site
        finally:
            server.shutdown()
            thread.join()
