"""What the product asks of any portal. What it answers is in `answers`, how it fails in `failures`; both known here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import polars as pl

from publishing.answers import (
    ChunkReceipt,
    Finding,
    Proof,
    PublicProbe,
    RemoteAsset,
    RemoteColumn,
    Shared,
)
from publishing.failures import (
    SUBMITTED,
    AuthFailed,
    BadRequest,
    Conflict,
    Forbidden,
    NotFound,
    PortalError,
    ProtocolError,
    Retryable,
    ReviewerRefused,
    RowsRefused,
    Submitted,
    Throttled,
    TooLarge,
)
from publishing.records import PortalRecord
from publishing.refusals import USUAL_LIMITS, Limits

__all__ = [
    "SUBMITTED",
    "Attachment",
    "AuthFailed",
    "BadRequest",
    "Capabilities",
    "ChunkReceipt",
    "Conflict",
    "CopiesRows",
    "DeletesRows",
    "Examines",
    "Federates",
    "Finding",
    "FindsRows",
    "Forbidden",
    "HasViews",
    "JsonRows",
    "KeepsFiles",
    "LoadsFiles",
    "NotFound",
    "PlacesFiles",
    "Portal",
    "PortalError",
    "Proof",
    "ProtocolError",
    "Proves",
    "PublicProbe",
    "ReadsText",
    "RemoteAsset",
    "RemoteColumn",
    "Retires",
    "Retryable",
    "ReviewerRefused",
    "RowsRefused",
    "Shared",
    "SharesPrivately",
    "StepsBack",
    "Submitted",
    "TakesJson",
    "Throttled",
    "TidiesUp",
    "TooLarge",
]


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
    `limits`: how long a text, or a shape, may be there.
    """

    atomic_replace: bool
    row_key_required: bool
    has_queue: bool
    exact_numbers: bool
    stable_ids: bool
    limits: Limits = USUAL_LIMITS


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


# What some portals can do besides. Who asks looks first: isinstance(portal, DeletesRows).

# Told that the work goes on.
Still = Callable[[], None]


def silent() -> None:
    """For whoever need not be told."""


@runtime_checkable
class DeletesRows(Protocol):
    def delete_rows(self, remote_id: str, keys: Sequence[str]) -> ChunkReceipt:
        """Take out the rows with these keys, in a request of its own. Gone already counts as done."""


class JsonRows(Protocol):
    """Rows as the JSON text of one request. A slice of them is rows again, for a portal that takes fewer."""

    @property
    def body(self) -> bytes: ...

    def __len__(self) -> int: ...

    def __getitem__(self, part: slice) -> JsonRows: ...


@runtime_checkable
class TakesJson(Protocol):
    def push_json(self, remote_id: str, rows: JsonRows) -> ChunkReceipt:
        """As `push_chunk`, for rows that are written as JSON already."""


@runtime_checkable
class ReadsText(Protocol):
    def read_text(
        self, remote_id: str, fields: list[str], *, anonymous: bool = False, still: Still = silent
    ) -> Iterator[pl.DataFrame]:
        """As `read_back`, a page of text columns at a time; "" and null both stand for nothing.

        Whoever gets to the end has got as many rows as the portal counted. `still` is called after every answer:
        more than one may be waited for before a page is given out.
        """


@runtime_checkable
class FindsRows(Protocol):
    def rows_of_keys(
        self, remote_id: str, record: PortalRecord, keys: Sequence[str], *, anonymous: bool = False
    ) -> Iterator[pl.DataFrame]:
        """The rows whose row identifier is one of these, as `read_text` gives them; a key may have none."""


@runtime_checkable
class CopiesRows(Protocol):
    def working_copy_with_rows(self, remote_id: str) -> RemoteAsset:
        """An unpublished twin of a published dataset that begins with its rows: the one there is, or a new one."""


@runtime_checkable
class TidiesUp(Protocol):
    def leftovers(self, remote_id: str, *, keep: str = "") -> list[str]:
        """Open drafts of a published dataset except `keep`, in words."""

    def discard_leftovers(self, remote_id: str, *, keep: str = "") -> list[str]:
        """Discard open drafts of a published dataset except `keep`; returns what was discarded, in words."""


@runtime_checkable
class StepsBack(Protocol):
    def step_back(self, remote_id: str, working_id: str) -> bool:
        """Discard the working copy or draft that was to take the place of a public dataset, which stays as it is.

        True only when it is discarded, was not published, and cannot be any more; else nothing may be said of what
        the public sees.
        """


@runtime_checkable
class Proves(Protocol):
    def proofs(self, remote_id: str, record: PortalRecord) -> list[Proof]:
        """What the portal says of the dataset besides its rows, beside what the record says."""


@dataclass(frozen=True)
class Attachment:
    """A file that belongs to a dataset. The same `filename` with other bytes takes its place."""

    filename: str
    name: str
    media_type: str
    body: bytes


@runtime_checkable
class KeepsFiles(Protocol):
    def attach(self, remote_id: str, files: Sequence[Attachment]) -> list[Proof]:
        """Attach these files, replace those that changed, leave alone what others attached."""


@runtime_checkable
class SharesPrivately(Protocol):
    def share(self, remote_id: str, emails: Sequence[str]) -> Shared:
        """Let these people of the portal read the private copy."""

    def unshare(self, remote_id: str, emails: Sequence[str]) -> None:
        """Take that back, from these and from nobody else."""


@runtime_checkable
class Federates(Protocol):
    @property
    def federated_sites(self) -> tuple[str, ...]:
        """The other sites that show what this portal has public."""

    def shown_on(self, remote_id: str) -> dict[str, bool | None]:
        """Which of those sites show the dataset to a stranger; None where the site does not answer."""


@runtime_checkable
class HasViews(Protocol):
    def set_views(self, remote_id: str, record: PortalRecord) -> list[Proof]:
        """Create and correct the filtered views of the record, remove ours that left it, and verify each."""

    def set_views_scope(self, remote_id: str, scope: str) -> list[str]:
        """Give the filtered views the audience of their dataset; returns the names of those that did not take it."""


@runtime_checkable
class Retires(Protocol):
    def retire(self, remote_id: str, note: str) -> RemoteAsset:
        """Private, with a note that says why; address and id stay. Again is the same as once."""


@runtime_checkable
class PlacesFiles(Protocol):
    def file_url(self, name: str) -> str:
        """The address at which the public finds such a file."""

    def place(self, name: str, text: str) -> bool:
        """Put a file about the whole portal beside its first page; returns whether it is another than before."""


@runtime_checkable
class Examines(Protocol):
    def examine(self) -> list[Finding]:
        """Who we are on the portal and what it lets us do. Only reads."""

    def rehearse(self) -> list[Finding]:
        """The same by doing: a private test dataset is made, filled, looked at from outside, and removed."""


@runtime_checkable
class LoadsFiles(Protocol):
    """Whole files in parts, kept as a draft that nobody sees until it is published.

    A draft has an id like every dataset: `view`, `read_back`, `set_metadata` and `publish` take it.
    """

    def wants_file(self, size: int) -> bool:
        """Is a table of so many bytes better sent as a file?"""

    def view(self, remote_id: str) -> RemoteAsset: ...

    def is_draft(self, remote_id: str) -> bool:
        """Is this the id of such a draft, and not of a dataset or a working copy?"""

    def open_draft(self, remote_id: str, record: PortalRecord) -> RemoteAsset: ...

    def put_part(self, draft_id: str, number: int, offset: int, body: bytes) -> ChunkReceipt:
        """One part of the CSV, numbered from 0, at its place in bytes. The same part again changes nothing."""

    def close_file(
        self, draft_id: str, *, parts: int, size: int, rows: int, record: PortalRecord
    ) -> RemoteAsset:
        """All parts are there: read them as the columns of the record. Raises where a cell does not fit."""
