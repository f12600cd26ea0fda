"""DSMAPI revisions: a whole table sent as one file in parts, kept as a draft that nobody sees until it is applied.

A draft has an id of three parts, dataset:revision:source, and answers like a dataset that is not published.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from publishing.portals.base import (
    SUBMITTED,
    BadRequest,
    ChunkReceipt,
    Forbidden,
    NotFound,
    Proof,
    ProtocolError,
    RemoteAsset,
    RemoteColumn,
    Retryable,
    Still,
    Submitted,
    silent,
)
from publishing.portals.socrata.audience import Audience
from publishing.portals.socrata.bulk import BulkRows, as_text
from publishing.portals.socrata.describing import Describing
from publishing.portals.socrata.draft_shape import in_order, is_ours, is_point, output_columns, refuse_errors
from publishing.portals.socrata.shape import checked_id, descriptive, with_custom_fields
from publishing.records import PortalRecord

ROOT = "/api/publishing/v1"
PART_BYTES = 4 << 20
_DRAFT = re.compile(r"([a-z0-9]{4}-[a-z0-9]{4}):(\d{1,9}):(\d{1,12})")
_ROWS = 5_000
# Small tables are ready at once; for large ones we wait up to 20 minutes, longer between looks.
_POLLS = 600
_FIRST_WAIT = 0.1
_WAIT = 2.0
# Values go over as they are: blanks at their ends belong to them.
_PARSING = {"encoding": "utf-8", "header_count": 1, "column_header": 1, "trim_whitespace": False}


@dataclass(frozen=True)
class Draft:
    dataset: str
    seq: str
    source: str

    @classmethod
    def of(cls, text: str) -> Draft | None:
        match = _DRAFT.fullmatch(text)
        return cls(*match.groups()) if match else None

    @property
    def revision(self) -> str:
        return f"{ROOT}/revision/{checked_id(self.dataset)}/{self.seq}"

    @property
    def upload(self) -> str:
        return f"{ROOT}/source/{self.source}"


class Drafts(BulkRows, Describing, Audience):
    # whole files

    def wants_file(self, size: int) -> bool:
        return bool(self.config.file_bytes) and size > self.config.file_bytes

    def public_url(self, remote_id: str) -> str:
        draft = Draft.of(remote_id)
        return super().public_url(draft.dataset if draft else remote_id)

    def is_draft(self, remote_id: str) -> bool:
        return Draft.of(remote_id) is not None

    def open_draft(self, remote_id: str, record: PortalRecord) -> RemoteAsset:
        """A revision that replaces the rows, and the source that will take the file. Its audience is said."""
        # Without a word the audience stays: applying a draft must never widen it.
        audience = None if self.view(remote_id).scope == "public" else "private"
        action = {"type": "replace", "permission": audience}
        revision = self._post(
            "open a draft", f"{ROOT}/revision/{checked_id(remote_id)}", {"action": action, "metadata": {}}
        )
        seq = int(revision["revision_seq"])
        body = {
            "source_type": {"type": "upload", "filename": "data.csv"},
            "parse_options": {**_PARSING, "remove_empty_rows": False},
        }
        source = self._post("open an upload", f"{ROOT}/revision/{remote_id}/{seq}/source", body)
        draft = Draft(remote_id, str(seq), str(int(source["id"])))
        self._post("begin the upload", f"{draft.upload}/initiate", {"content_type": "text/csv"}, bare=True)
        return self._as_asset(draft, {})

    def put_part(self, draft_id: str, number: int, offset: int, body: bytes) -> ChunkReceipt:
        draft = _draft(draft_id)
        path = f"{draft.upload}/chunk/{int(number)}/{int(offset)}"
        headers = {"Content-Type": "application/octet-stream"}
        told = self.call(
            "send a part of the file",
            lambda: self.signed.send("POST", path, data=body, headers=headers).json(),
        )
        end = (told.get("resource") or {}).get("end_byte_offset") if isinstance(told, dict) else None
        if end != offset + len(body):
            raise ProtocolError("The portal did not take a part of the file whole. We send it again.")
        last = self.signed.session.last
        status = last.status_code if last is not None else 0
        return ChunkReceipt(status, self.signed.session.request_id(last), 0, 0, 0)

    def close_file(
        self, draft_id: str, *, parts: int, size: int, rows: int, record: PortalRecord
    ) -> RemoteAsset:
        """Let the portal read the file, and ask for the columns of the record; every row must fit them."""
        draft = _draft(draft_id)
        source = self._source(draft)
        if not source.get("schemas"):
            path = f"{draft.upload}/chunk/{parts - 1}/{size}/commit"
            self.call("end the upload", lambda: self.signed.send("POST", path, data=b"").json())
            source = self._wait("read the file", lambda: self._finished_source(draft))
        schema = source["schemas"][-1]
        if schema.get("num_row_errors"):
            raise BadRequest(f"The portal could not read {schema['num_row_errors']:,} rows of the file.")
        output = self._output_of(draft, schema, record)
        refuse_errors(output, rows)
        self._check_key(draft, schema, output)
        body = {"output_schema_id": output["id"]}
        self.call("choose the columns", lambda: self.signed.send("PUT", draft.revision, json=body))
        return self.view(draft_id)

    def _output_of(self, draft: Draft, schema: dict[str, Any], record: PortalRecord) -> dict[str, Any]:
        """The output schema with the record's columns: the one that is there, or a new one; finished."""
        path = f"{draft.upload}/schema/{int(schema['id'])}"
        wanted = output_columns(record)
        fields = [column["field_name"] for column in wanted]
        latest: dict[str, Any] = next(iter(schema.get("output_schemas", [])[-1:]), {})
        if is_ours(latest, wanted):
            number = latest["id"]
        else:
            number = self._post("ask for its columns", path, {"output_columns": wanted, "sort_bys": []})["id"]

        def finished() -> dict[str, Any] | None:
            told = self.get("look at its columns", f"{path}/output/{int(number)}")["resource"]
            return told if told.get("finished_at") or told.get("completed_at") else None

        output = self._wait("convert the values", finished)
        if [column["field_name"] for column in in_order(output)] != fields:
            raise ProtocolError("The portal made other columns of the file than we asked for. We ask again.")
        return output

    def _check_key(self, draft: Draft, schema: dict[str, Any], output: dict[str, Any]) -> None:
        key = next((column for column in output["output_columns"] if column.get("is_primary_key")), None)
        if key is None:
            raise BadRequest("The portal did not take the row identifier of the file.")
        path = (
            f"{draft.upload}/schema/{int(schema['id'])}/output/{int(output['id'])}"
            f"/validate_row_id/{int(key['transform']['id'])}"
        )
        if self.get("check the row identifier", path).get("valid") is not True:
            raise BadRequest(
                f"The portal finds {key['field_name']} empty or repeated in some rows of the file, so it cannot "
                "identify them. Nothing is public. Choose another row identifier, then publish again."
            )

    # what a draft answers as a dataset

    def view(self, remote_id: str) -> RemoteAsset:
        draft = Draft.of(remote_id)
        if draft is None:
            return super().view(remote_id)
        revision = self._revision(draft)
        if revision.get("closed_at"):
            raise NotFound("The draft was applied or discarded.", status=404)
        return self._as_asset(draft, self._output(draft, revision))

    def _as_asset(self, draft: Draft, output: dict[str, Any]) -> RemoteAsset:
        columns = [column for column in in_order(output) if not is_point(column)]
        return RemoteAsset(
            remote_id=f"{draft.dataset}:{draft.seq}:{draft.source}",
            name="",
            published=False,
            scope="private",
            columns=tuple(
                RemoteColumn(
                    column["field_name"],
                    column["display_name"],
                    column["transform"]["output_soql_type"],
                    column.get("description") or "",
                )
                for column in columns
            ),
            row_identifier=next(
                (column["field_name"] for column in columns if column.get("is_primary_key")), None
            ),
            group=None,
        )

    def empty(self, remote_id: str) -> None:
        if Draft.of(remote_id) is None:
            super().empty(remote_id)

    def is_replicated(self, remote_id: str) -> bool:
        return Draft.of(remote_id) is not None or super().is_replicated(remote_id)

    def count(self, remote_id: str, *, anonymous: bool = False, where: str | None = None) -> int:
        draft = Draft.of(remote_id)
        if draft is None:
            return super().count(remote_id, anonymous=anonymous, where=where)
        return int(self._output(draft, self._revision(draft)).get("total_rows") or 0)

    def read_back(
        self, remote_id: str, fields: list[str], *, anonymous: bool = False
    ) -> Iterator[dict[str, Any]]:
        draft = Draft.of(remote_id)
        if draft is None:
            yield from super().read_back(remote_id, fields, anonymous=anonymous)
            return
        output = self._output(draft, self._revision(draft))
        names = [column["field_name"] for column in in_order(output)]
        path = f"{draft.upload}/schema/{int(output['input_schema_id'])}/output/{int(output['id'])}/rows"
        offset = 0
        while True:
            page = self.get("read the draft back", path, limit=str(_ROWS), offset=str(offset))
            rows = page[1:] if isinstance(page, list) else []
            for row in rows:
                cells = dict(zip(names, (cell.get("ok") for cell in row["row"]), strict=True))
                yield {name: cells.get(name) for name in fields}
            if len(rows) < _ROWS:
                return
            offset += _ROWS

    def read_text(
        self, remote_id: str, fields: list[str], *, anonymous: bool = False, still: Still = silent
    ) -> Iterator[pl.DataFrame]:
        if Draft.of(remote_id) is None:
            return super().read_text(remote_id, fields, anonymous=anonymous, still=still)
        return as_text(self.read_back(remote_id, fields), fields)

    def rows_of_keys(
        self, remote_id: str, record: PortalRecord, keys: Sequence[str], *, anonymous: bool = False
    ) -> Iterator[pl.DataFrame]:
        if Draft.of(remote_id) is None:
            return super().rows_of_keys(remote_id, record, keys, anonymous=anonymous)
        wanted = pl.Series(list(keys), dtype=pl.String)
        pages = self.read_text(remote_id, record.fields)
        return (page.filter(pl.col(record.row_identifier).is_in(wanted.implode())) for page in pages)

    def set_metadata(self, remote_id: str, record: PortalRecord) -> None:
        draft = Draft.of(remote_id)
        if draft is None:
            super().set_metadata(remote_id, record)
            return
        there = (self.described(draft.dataset).get("metadata") or {}).get("custom_fields")
        metadata: dict[str, Any] = {"rowLabel": record.row_label}
        if record.custom_fields:
            metadata["custom_fields"] = with_custom_fields(there, record)
        private = {"contactEmail": record.contact_email}
        body = {"metadata": descriptive(record) | {"metadata": metadata, "privateMetadata": private}}
        self.call("describe the draft", lambda: self.signed.send("PUT", draft.revision, json=body))

    def proofs(self, remote_id: str, record: PortalRecord) -> list[Proof]:
        """A draft has no description of its own yet: it is compared when the draft is applied."""
        return [] if Draft.of(remote_id) is not None else super().proofs(remote_id, record)

    def publish(self, remote_id: str) -> RemoteAsset:
        """Apply the draft, and wait for the job. Raises Submitted when the portal's reviewers come first."""
        draft = Draft.of(remote_id)
        if draft is None:
            return super().publish(remote_id)
        before = self.view(draft.dataset).scope
        path = f"{draft.revision}/apply"
        told = self.call("apply the draft", lambda: self.signed.send("PUT", path, json={}).json())
        if isinstance(told, dict) and told.get("key") == "approval_submitted":
            raise Submitted(
                f"{SUBMITTED}: the new rows wait for a reviewer of the portal, and the public goes on "
                "seeing the earlier ones. We look again every few minutes."
            )
        job = told["resource"]

        def finished() -> dict[str, Any] | None:
            path = f"{draft.revision}/apply/{int(job['id'])}"
            state = self.get("look how far the draft is", path)["resource"]
            return state if state.get("status") in ("successful", "failure") else None

        if self._wait("apply the draft", finished)["status"] == "failure":
            raise Retryable("The portal could not apply the draft. Nothing changed there; we try again.")
        asset = self.view(draft.dataset)
        if before != "public" and asset.scope == "public":
            self.set_scope(draft.dataset, "private")
            raise BadRequest(
                "The portal made the dataset public when the draft was applied, which nobody asked for. It was made "
                "private again at once. Ask your portal admin how the portal applies drafts, then press Resume."
            )
        return asset

    # what was left open

    def leftovers(self, remote_id: str, *, keep: str = "") -> list[str]:
        drafts = [f"draft revision {seq}" for seq in self._left_revisions(remote_id, keep)]
        return [*super().leftovers(remote_id, keep=keep), *drafts]

    def discard_leftovers(self, remote_id: str, *, keep: str = "") -> list[str]:
        gone = super().discard_leftovers(remote_id, keep=keep)
        for seq in self._left_revisions(remote_id, keep):
            path = f"{ROOT}/revision/{checked_id(remote_id)}/{seq}"
            self.call("discard a draft", lambda path=path: self.signed.send("DELETE", path))
            gone.append(f"draft revision {seq}")
        return gone

    def step_back(self, remote_id: str, working_id: str) -> bool:
        """The same of a draft: also none that the portal applies just now."""
        draft = Draft.of(working_id)
        if draft is None:
            return super().step_back(remote_id, working_id)
        if draft.dataset != remote_id or self.view(remote_id).scope != "public":
            return False
        if not _is_untouched(self._revision(draft)):
            return False
        self.call("discard a draft", lambda: self.signed.send("DELETE", draft.revision))
        try:
            left = self._revision(draft)
        except NotFound:
            return True
        return _is_untouched(left | {"closed_at": None})

    def _left_revisions(self, remote_id: str, keep: str) -> list[int]:
        kept = Draft.of(keep)
        path = f"{ROOT}/revision/{checked_id(remote_id)}"
        try:
            told = self.get("list its drafts", path, open="true")
        except (NotFound, Forbidden):
            return []
        revisions = [entry.get("resource", entry) for entry in told] if isinstance(told, list) else []
        open_ones = [int(revision["revision_seq"]) for revision in revisions if not revision.get("closed_at")]
        return [seq for seq in open_ones if kept is None or str(seq) != kept.seq]

    # how we speak

    def _post(self, what: str, path: str, body: dict[str, Any], *, bare: bool = False) -> dict[str, Any]:
        told = self.call(what, lambda: self.signed.send("POST", path, json=body).json(), idempotent=False)
        resource = told if bare else told.get("resource") if isinstance(told, dict) else None
        if not isinstance(resource, dict):
            raise ProtocolError(f"The portal did not tell what came of our request to {what}. We ask again.")
        return resource

    def _revision(self, draft: Draft) -> dict[str, Any]:
        return self.get("look at the draft", draft.revision)["resource"]

    def _source(self, draft: Draft) -> dict[str, Any]:
        return self.get("look at the upload", draft.upload)["resource"]

    def _finished_source(self, draft: Draft) -> dict[str, Any] | None:
        source = self._source(draft)
        if source.get("failed_at"):
            raise BadRequest(
                "The portal could not read the file that we sent. Press Resume to send it again."
            )
        return source if source.get("finished_at") and source.get("schemas") else None

    def _output(self, draft: Draft, revision: dict[str, Any]) -> dict[str, Any]:
        """The output schema that the draft will become; empty before the file is closed."""
        number = revision.get("output_schema_id")
        if number is None:
            return {}
        for schema in self._source(draft).get("schemas", []):
            for output in schema.get("output_schemas", []):
                if output["id"] == number:
                    return output
        return {}

    def _wait(self, what: str, look: Callable[[], dict[str, Any] | None]) -> dict[str, Any]:
        wait = _FIRST_WAIT
        for _ in range(_POLLS):
            found = look()
            if found is not None:
                return found
            self.config.pause(wait * self.config.wait_scale, f"The portal is still working ({what}).")
            wait = min(1.5 * wait, _WAIT)
        raise Retryable(
            f"The portal at {self.config.domain} is still working ({what}). We look again.", ambiguous=True
        )


def _is_untouched(revision: dict[str, Any]) -> bool:
    """Open, and no job has applied it or may do so now."""
    jobs = revision.get("task_sets") or []
    failed = [job for job in jobs if isinstance(job, dict) and job.get("status") == "failure"]
    return not revision.get("closed_at") and len(failed) == len(jobs)


def _draft(text: str) -> Draft:
    draft = Draft.of(text)
    if draft is None:
        raise ValueError(f"{text!r} is not the id of a draft on Socrata.")
    return draft
