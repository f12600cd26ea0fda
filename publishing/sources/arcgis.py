"""A layer or table of an ArcGIS feature service, read page by page in the order of its object ids.

Reference: ArcGIS REST API, "Query (Feature Service/Layer)": resultOffset, resultRecordCount, returnCountOnly, and
"Layer (Feature Service)": editingInfo, datesInUnknownTimezone.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from publishing.sources.base import Beat, Clock, Fetched, Field, Limits, Secrets, SourceFault, required
from publishing.sources.download import CsvWriter, about_json, end_at_row
from publishing.sources.safe import SafeSession, typed_fault
from publishing.sources.url import SECRET

PAGE = 2000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = 86_400_000
_DATE = "esriFieldTypeDate"


class ArcgisLayer:
    code = "arcgis"
    label = "A layer of an ArcGIS service"
    help = "Points get the columns longitude and latitude; the shapes of lines and areas are left out."
    fields = (
        Field(
            "url",
            "Address of the layer",
            "It ends in FeatureServer or MapServer and the number of the layer.",
            kind="url",
            example="https://services1.arcgis.com/abc/arcgis/rest/services/Permits/FeatureServer/0",
        ),
        SECRET,
    )

    def faults(self, config: Mapping[str, Any]) -> dict[str, str]:
        found = required(self.fields, config)
        if "url" in found:
            return found
        url = str(config["url"])
        if fault := typed_fault(url):
            found["url"] = fault
        elif urlsplit(url).query or not url.rstrip("/").rsplit("/", 1)[-1].isdigit():
            found["url"] = (
                "The address of a layer ends in its number, such as …/FeatureServer/0, without “?”."
            )
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
        clock = Clock(limits, beat)
        key = secrets.value(str(config.get("secret", "")), to=str(config["url"]))
        with SafeSession(secrets) as session:
            layer = _Layer(session, str(config["url"]).rstrip("/"), key, clock)
            edited = layer.version()
            if edited and not limits.is_sample and edited == dict(known or {}):
                return Fetched(is_same=True, validators=edited)
            expected = layer.count()
            with into.open("wb") as target:
                writer = CsvWriter(target, clock, layer.columns)
                layer.copy(writer, limits)
            if not limits.is_sample:
                if writer.rows != expected or layer.count() != expected:
                    raise SourceFault(
                        f"The layer counts {expected:,} rows and {writer.rows:,} came: it changed while it was read."
                    )
                # Rows that are edited in place leave the count as it was.
                if layer.version(is_anew=True) != edited:
                    raise SourceFault("The layer was edited while it was read, so what came may be mixed.")
        if days := layer.days:
            if limits.is_sample:
                end_at_row(into)
            writer = _as_days(into, days, clock)
        return writer.fetched("data.csv", edited)


class _Layer:
    """One layer: what it says about itself, and its rows."""

    def __init__(self, session: SafeSession, url: str, token: str, clock: Clock) -> None:
        self._session, self._url, self._token, self._clock = session, url, token, clock
        self._about = self._ask("", {})
        fields = self._about.get("fields")
        if not isinstance(fields, list) or not fields or not all(map(_is_named, fields)):
            raise SourceFault(
                "What answers at this address is no layer with columns. Check the address of the layer."
            )
        self._fields = [(str(one["name"]), str(one.get("type", ""))) for one in fields]
        self._id = next((name for name, kind in self._fields if kind == "esriFieldTypeOID"), "OBJECTID")
        self._points = self._about.get("geometryType") == "esriGeometryPoint"
        # Its dates are clock times of a place that nobody named, written as if they were UTC.
        self._is_zoneless = bool(self._about.get("datesInUnknownTimezone"))
        self._timed: set[str] = set()
        self._dated: set[str] = set()

    @property
    def days(self) -> list[int]:
        """Where the columns of dates stand in which no value has a time of day."""
        names = [name for name, _ in self._fields]
        return [names.index(name) for name in names if name in self._dated - self._timed]

    @property
    def columns(self) -> list[str]:
        names = [name for name, _ in self._fields]
        return [*names, "longitude", "latitude"] if self._points else names

    def version(self, *, is_anew: bool = False) -> dict[str, str]:
        """When the layer was last edited, as it said at first, or as it says now."""
        info = (self._ask("", {}) if is_anew else self._about).get("editingInfo") or {}
        edited = info.get("dataLastEditDate") or info.get("lastEditDate")
        return {"last_edit": str(edited)} if edited else {}

    def count(self) -> int:
        return int(self._ask("/query", {"where": "1=1", "returnCountOnly": "true"}).get("count", -1))

    def copy(self, writer: CsvWriter, limits: Limits) -> None:
        """Every row once. Raises SourceFault when the service sends one twice."""
        most = int(self._about.get("maxRecordCount") or PAGE)
        step = min(PAGE, most, limits.sample_rows if limits.is_sample else PAGE)
        seen: set[Any] = set()
        offset = 0
        while True:
            page = self._ask("/query", self._wanted(offset, step))
            features = page.get("features") or []
            for feature in features:
                values = feature.get("attributes") or {}
                number = values.get(self._id)
                if number in seen:
                    raise SourceFault("The layer sent a row twice: it changed while it was read.")
                seen.add(number)
                writer.row(self._cells(values, feature.get("geometry") or {}))
            offset += len(features)
            if not features or writer.is_full or not page.get("exceededTransferLimit"):
                return

    def _wanted(self, offset: int, step: int) -> dict[str, str]:
        return {
            "where": "1=1",
            "outFields": "*",
            "orderByFields": self._id,
            "returnGeometry": "true" if self._points else "false",
            "outSR": "4326",
            "resultOffset": str(offset),
            "resultRecordCount": str(step),
        }

    def _cells(self, values: Mapping[str, Any], point: Mapping[str, Any]) -> list[Any]:
        cells = [self._cell(name, values.get(name), kind) for name, kind in self._fields]
        return [*cells, point.get("x"), point.get("y")] if self._points else cells

    def _cell(self, name: str, value: Any, kind: str) -> Any:
        """Dates come as milliseconds since 1970 in UTC, and go on with their zone."""
        if kind != _DATE or not isinstance(value, int | float):
            return value
        moment = _EPOCH + timedelta(milliseconds=value)
        self._dated.add(name)
        if value % _DAY:
            self._timed.add(name)
        return moment.replace(tzinfo=None) if self._is_zoneless else moment

    def _ask(self, path: str, values: Mapping[str, str]) -> dict[str, Any]:
        # The token goes in a header: an address would stand in logs on the way.
        headers = {"X-Esri-Authorization": f"Bearer {self._token}"} if self._token else {}
        url = f"{self._url}{path}?{urlencode({'f': 'json', **values})}"
        answer = about_json(self._session, url, self._clock, headers=headers, what="the layer")
        if not isinstance(answer, dict):
            raise SourceFault(
                "What answers at this address is no ArcGIS layer. Check the address of the layer."
            )
        # ArcGIS answers 200 and says in the body that it refuses.
        if error := answer.get("error"):
            code = error.get("code") if isinstance(error, dict) else ""
            if code in (401, 403, 498, 499):
                raise SourceFault("The service does not let us read the layer. Check the name of the secret.")
            raise SourceFault(
                f"The service refused the question (code {code}). Check the address of the layer.",
                is_host=isinstance(code, int) and code >= 500,
            )
        return answer


def _is_named(field: object) -> bool:
    return isinstance(field, dict) and bool(field.get("name"))


def _as_days(into: Path, days: list[int], clock: Clock) -> CsvWriter:
    """Write these columns of the file as dates: a day that is kept as midnight in UTC is that day everywhere."""
    # We read what we wrote, and a layer's texts may be of any length.
    csv.field_size_limit(2**31 - 1)
    whole = into.with_name(f"{into.name}.days")
    with into.open(newline="", encoding="utf-8") as source, whole.open("wb") as target:
        rows = csv.reader(source)
        writer = CsvWriter(target, clock, next(rows))
        for row in rows:
            for at in days:
                row[at] = row[at][:10]
            writer.row(row)
    whole.replace(into)
    return writer
