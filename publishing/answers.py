"""What a portal answers: a dataset, rows that it took, what strangers see, and what was compared."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RemoteColumn:
    field_name: str
    name: str
    type: str
    description: str


@dataclass(frozen=True)
class RemoteAsset:
    """A dataset as the portal tells of it. `waiting`: the portal's own reviewer has to say yes first."""

    remote_id: str
    name: str
    published: bool
    scope: str
    columns: tuple[RemoteColumn, ...]
    row_identifier: str | None
    group: int | None
    waiting: bool = False


@dataclass(frozen=True)
class ChunkReceipt:
    """What the portal said about one chunk of rows, summed over the requests that it took."""

    status: int
    request_id: str
    created: int
    updated: int
    errors: int
    requests: int = 1
    deleted: int = 0

    def plus(self, other: ChunkReceipt) -> ChunkReceipt:
        return ChunkReceipt(
            other.status,
            other.request_id,
            self.created + other.created,
            self.updated + other.updated,
            self.errors + other.errors,
            self.requests + other.requests,
            self.deleted + other.deleted,
        )


@dataclass(frozen=True)
class PublicProbe:
    """What a stranger without a key gets: the status of the page, a counted query and a sample query."""

    view_status: int
    rows: int | None
    sample_rows: int | None

    @property
    def visible(self) -> bool:
        return self.view_status == 200


@dataclass(frozen=True)
class Proof:
    """One thing that was compared on the portal with what was approved.

    `counts` is False where a difference is told and stops nothing: the portal keeps its own way there.
    """

    what: str
    expected: str
    found: str
    counts: bool = True

    @property
    def ok(self) -> bool:
        return self.expected == self.found or not self.counts


@dataclass(frozen=True)
class Shared:
    """What came of sharing a private copy with people of the portal, by their e-mail addresses."""

    with_: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True)
class Finding:
    """One line of a test of the connection. `tone`: good, warn, bad, or empty where nobody can know."""

    what: str
    tone: str
    found: str
    next_step: str = ""
