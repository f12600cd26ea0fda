"""What every part of the adapter shares: the two sessions, and one way to ask for a dataset."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

from publishing.portals.base import Capabilities, ProtocolError, RemoteAsset
from publishing.portals.shared.points import point_fields
from publishing.portals.socrata.session import SocrataClient, SocrataConfig
from publishing.portals.socrata.shape import asset_of, checked_id, data_columns, is_ours
from publishing.records import PortalColumn


@dataclass(frozen=True)
class Point:
    """The column for the map, and the latitude and longitude that it is made of."""

    field: str
    made_of: tuple[str, str]


@dataclass(frozen=True)
class Known:
    """What a row needs to know of its dataset: the field of its key, and the column for the map."""

    key: str | None
    point: Point | None


class Calls:
    """One instance per piece of work; close it afterwards."""

    name = "socrata"
    capabilities = Capabilities(
        atomic_replace=True, row_key_required=True, has_queue=True, exact_numbers=True, stable_ids=True
    )

    def __init__(self, config: SocrataConfig) -> None:
        self.config = config
        self.signed = SocrataClient(config)
        self.stranger = SocrataClient(config, anonymous=True)
        self._known: dict[str, Known] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *about: object) -> None:
        self.signed.close()
        self.stranger.close()

    def check_key(self) -> None:
        self.call("sign in", lambda: self.signed.send("GET", "/api/users/current.json").json())

    def view(self, remote_id: str) -> RemoteAsset:
        return asset_of(self.described(remote_id))

    def public_url(self, remote_id: str) -> str:
        return f"{self.config.base}/d/{checked_id(remote_id)}"

    def query_url(self, remote_id: str) -> str:
        return f"{self.config.base}/resource/{checked_id(remote_id)}.json"

    # how we speak

    def call(self, what: str, act: Any, *, idempotent: bool = True, anonymous: bool = False) -> Any:
        client = self.stranger if anonymous else self.signed
        return client.call(what, act, idempotent=idempotent)

    def get(self, what: str, path: str, **params: str) -> Any:
        """The JSON at a path, for our key."""
        return self.call(what, lambda: self.signed.send("GET", path, params=params).json())

    def described(self, remote_id: str) -> dict[str, Any]:
        """The whole view as the portal tells of it."""
        view = self.call("read the dataset", lambda: self.signed.soda.get_metadata(checked_id(remote_id)))
        if not isinstance(view, dict) or "columns" not in view:
            raise ProtocolError("The portal did not describe the dataset when asked. We ask again.")
        self.remember(view)
        return view

    def remember(self, view: Any) -> RemoteAsset:
        """Keep what rows need to know of the dataset, from any answer that describes it."""
        asset = asset_of(view)
        self._known[asset.remote_id] = Known(asset.row_identifier, _point_of(view))
        return asset

    def known(self, remote_id: str) -> Known:
        if remote_id not in self._known:
            self.described(remote_id)
        return self._known[remote_id]


def _point_of(view: dict[str, Any]) -> Point | None:
    ours = next((column for column in view.get("columns", []) if is_ours(column)), None)
    columns = [
        PortalColumn(column["fieldName"], column["name"], column["dataTypeName"])
        for column in data_columns(view)
    ]
    made_of = point_fields(columns)
    return Point(ours["fieldName"], made_of) if ours is not None and made_of is not None else None
