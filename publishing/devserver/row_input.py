"""The rows of a write, one after another out of a body that may be longer than memory."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from publishing.devserver.http import ApiError, Request, no_constant
from publishing.devserver.store import Asset

PIECE = 1_048_576
_SPACE = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder(parse_float=Decimal, parse_constant=no_constant)


def rows(request: Request, asset: Asset, *, strict: bool) -> Iterator[Any]:
    """The rows of this request: CSV, or JSON, which is one object or a list of them. Raises ApiError."""
    kind = request.headers.get("content-type", "").lower()
    if not kind and strict:
        raise ApiError(400, "req.content-type.missing", "The request has no Content-Type")
    charset = re.search(r"charset=\"?([\w-]+)", kind)
    if charset and charset[1] not in ("utf-8", "utf8", "us-ascii"):
        raise ApiError(415, "req.content-type.unknown-charset", f"Unknown charset {charset[1]}")
    request.file.seek(0)
    text = io.TextIOWrapper(request.file, encoding="utf-8", newline="")  # type: ignore[type-var]
    try:
        if kind.startswith("text/csv"):
            yield from _csv(text, asset)
        elif kind and "json" not in kind and strict:
            raise ApiError(415, "req.content-type.not-json", "The body is neither JSON nor CSV")
        else:
            yield from _json(text)
    except UnicodeDecodeError as error:
        code = "req.body.malformed-csv" if kind.startswith("text/csv") else "req.body.malformed-json"
        raise ApiError(400, code, "The body is not UTF-8") from error
    finally:
        text.detach()


def _csv(text: io.TextIOWrapper, asset: Asset) -> Iterator[dict[str, Any]]:
    """By field name or by the name that people read; a cell too many or too few is malformed."""
    fields = {column["name"]: column["fieldName"] for column in asset.columns}
    fields |= {column["fieldName"]: column["fieldName"] for column in asset.columns}
    texts = {column["fieldName"] for column in asset.columns if column["dataTypeName"] == "text"}
    reader = csv.reader(text)
    names = [fields.get(name, name) for name in next(reader, [])]
    for cells in reader:
        if not cells:
            continue
        if len(cells) != len(names):
            raise ApiError(400, "req.body.malformed-csv", f"Line {reader.line_num} does not fit its header")
        yield {
            name: cell if cell or name in texts else _empty(name)
            for name, cell in zip(names, cells, strict=True)
        }


def _empty(name: str) -> str | None:
    """Nothing between two commas: no value for a number or a date, and no sign on a system field."""
    return "" if name.startswith(":") else None


def _json(text: io.TextIOWrapper) -> Iterator[Any]:
    """Elements are decoded as they come in; only the piece that is being read is in memory."""
    buffer, at = text.read(PIECE), 0
    at = _skip(buffer, 0)
    if not buffer[at:].startswith("["):
        # One row, or something that is none: small enough to be read whole.
        value = _whole(buffer + text.read())
        if not isinstance(value, dict):
            raise ApiError(400, "req.content.json.not-object", "Rows are a JSON list of objects")
        yield value
        return
    at = _skip(buffer, at + 1)
    first = True
    while True:
        if len(buffer) - at < PIECE // 2:
            buffer, at = buffer[at:] + text.read(PIECE), 0
        at = _skip(buffer, at)
        if first and buffer[at : at + 1] == "]":
            break
        value, at, buffer = _element(buffer, at, text)
        yield value
        first = False
        at = _skip(buffer, at)
        if buffer[at : at + 1] == "]":
            break
        if buffer[at : at + 1] != ",":
            raise _malformed("',' or ']' is missing", buffer[at : at + 20])
        at += 1
    if (buffer[at + 1 :] + text.read()).strip():
        raise _malformed("there is more after the list", "")


def _element(buffer: str, at: int, text: io.TextIOWrapper) -> tuple[Any, int, str]:
    """One value; a row longer than what is left of the piece is read on until it is whole."""
    while True:
        try:
            value, end = _DECODER.raw_decode(buffer, at)
        except ValueError as error:
            more = text.read(PIECE)
            if not more:
                raise _malformed(str(error), buffer[at : at + 20]) from error
            buffer, at = buffer[at:] + more, 0
        else:
            return value, end, buffer


def _whole(text: str) -> Any:
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=no_constant)
    except ValueError as error:
        raise _malformed(str(error), "") from error


def _skip(buffer: str, at: int) -> int:
    match = _SPACE.match(buffer, at)
    return match.end() if match else at


def _malformed(why: str, near: str) -> ApiError:
    return ApiError(400, "req.body.malformed-json", f"Malformed JSON: {why} {near}".strip())
