"""What the product asks of any portal, and the ways in which a portal can fail it.

Each error carries one plain sentence (the thing, the reason, the next step) and says whether waiting helps.
A sentence about rows never repeats what the portal said about them: it might quote a value.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from publishing.records import PortalRecord


class PortalError(Exception):
    """The portal did not do what we asked."""

    permanent = True

    def __init__(
        self, sentence: str, *, status: int | None = None, code: str = "", request_id: str = ""
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.status = status
        self.code = code
        self.request_id = request_id


class Retryable(PortalError):
    """Passing trouble. `ambiguous`: the portal may have done what we asked without saying so."""

    permanent = False

    def __init__(
        self, sentence: str, *, ambiguous: bool = False, timed_out: bool = False, **about: Any
    ) -> None:
        super().__init__(sentence, **about)
        self.ambiguous = ambiguous
        self.timed_out = timed_out


class Throttled(Retryable):
    """The portal asks us to come back later."""

    def __init__(self, sentence: str, *, retry_after: float | None = None, **about: Any) -> None:
        super().__init__(sentence, **about)
        self.retry_after = retry_after


class Conflict(Retryable):
    """Somebody else writes to this dataset just now."""


class BadRequest(PortalError):
    """The portal refuses what we sent, and would refuse it again."""


class AuthFailed(PortalError):
    """The portal does not know our key."""


class Forbidden(PortalError):
    """The portal knows our key and does not let it do this."""


class NotFound(PortalError):
    """The portal has no such dataset."""


class TooLarge(PortalError):
    """One request was too big for the portal; smaller ones may pass."""


class ProtocolError(Retryable):
    """The answer is not one that a portal gives: a login page, a redirect, half a JSON."""


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

    def plus(self, other: ChunkReceipt) -> ChunkReceipt:
        return ChunkReceipt(
            other.status,
            other.request_id,
            self.created + other.created,
            self.updated + other.updated,
            self.errors + other.errors,
            self.requests + other.requests,
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
class Capabilities:
    """In what a portal differs from the others, where the ones who use it have to know.

    `atomic_replace`: a public dataset goes from the old rows to the new ones between two requests of a
    reader. Where it is False there may be a moment in which its address answers "not found"; never one in
    which it shows a part of the rows.
    `row_key_required`: rows are told apart by a key that the portal itself keeps unique. Where it is False
    the adapter looks before it writes, which holds as long as nobody else writes.
    `has_queue`: the portal may have reviewers of its own, so that a dataset waits for them.
    `exact_numbers`: numbers of any length come back with every digit. Where it is False the adapter refuses
    a number that the portal would round.
    `stable_ids`: the ids of a dataset on the portal stay over a refresh. Where it is False its address does.
    """

    atomic_replace: bool
    row_key_required: bool
    has_queue: bool
    exact_numbers: bool
    stable_ids: bool


class Portal(Protocol):
    """What publishing/services asks for. Every call may raise a PortalError."""

    name: str
    capabilities: Capabilities

    def __enter__(self) -> Portal: ...

    def __exit__(self, *about: object) -> None: ...

    def check_key(self) -> None: ...

    def find(self, record: PortalRecord) -> str | None:
        """The id of the dataset that carries the record's external key, or None."""

    def create(self, record: PortalRecord) -> RemoteAsset:
        """Make the dataset, private and without rows. Not idempotent: look with `find` first."""

    def view(self, remote_id: str) -> RemoteAsset: ...

    def working_copy(self, remote_id: str) -> RemoteAsset:
        """An unpublished twin without rows of a published dataset: the one there is, or a new one."""

    def fit_columns(self, remote_id: str, record: PortalRecord) -> RemoteAsset:
        """Bring the columns of an unpublished dataset to those of the record."""

    def set_metadata(self, remote_id: str, record: PortalRecord) -> None: ...

    def empty(self, remote_id: str) -> None:
        """Take every row out of an unpublished dataset."""

    def push_chunk(self, remote_id: str, rows: list[dict[str, Any]]) -> ChunkReceipt:
        """Upsert rows by the row identifier; sending the same rows again changes nothing."""

    def is_replicated(self, remote_id: str) -> bool:
        """Do reads see every write by now?"""

    def count(self, remote_id: str, *, anonymous: bool = False) -> int: ...

    def read_back(
        self, remote_id: str, fields: list[str], *, anonymous: bool = False
    ) -> Iterator[dict[str, Any]]:
        """Every row, page by page, in a stable order."""

    def publish(self, remote_id: str) -> RemoteAsset:
        """Publish an unpublished dataset; a working copy becomes the dataset it was made from."""

    def set_scope(self, remote_id: str, scope: str) -> RemoteAsset:
        """Ask for `private` or `public`; what came of it is read back and returned."""

    def verify_public(self, remote_id: str, *, key_field: str) -> PublicProbe:
        """Ask from outside, without a key."""

    def public_url(self, remote_id: str) -> str: ...

    def query_url(self, remote_id: str) -> str: ...
