"""What an approval sets down about later refreshes, and the permit of a refresh that it covers."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from accounts.profiles import Updates
from dossier.selectors import current_columnar
from dossier.services import digest_of
from privacy.found import entities_of
from publishing.models import Permit, PermitBounds
from publishing.services import permit_write
from publishing.services.bounds import permit_bounds_write
from workflow import approvals
from workflow.context import ReleaseContext
from workflow.describing import changed_fields_words
from workflow.errors import MoveRefused
from workflow.models import Review
from workflow.refreshing import basis_of, is_light
from workflow.selectors.datasets import dictionary_of
from workflow.services.catalogue import described_of, record_for
from workflow.services.describing import description_changes

_DESCRIBED_OTHERWISE = "The description of the data changed since it was approved"


def bounds_write(context: ReleaseContext, permit: Permit, basis: Permit | None = None) -> None:
    """Beside a permit: the columns and findings it was given for, and how far refreshes may move.

    A refresh hands on the limits that people approved, never wider ones of a later profile.
    """
    columnar = current_columnar(context.release.pk)
    meta: dict[str, Any] = columnar.meta if columnar else {}
    words = column_words(context)
    nulls = {row["name"]: bool(row["nulls"]) for row in meta.get("profile", {}).get("columns", [])}
    inherited = getattr(basis, "bounds", None)
    permit_bounds_write(
        permit=permit,
        basis=basis,
        recipe_digest=context.about("treated", "recipe") or "",
        columns=[
            {"name": row["name"], "type": row["type"], "nullable": nulls.get(row["name"], True)}
            for row in meta.get("columns", [])
        ],
        treated_columns=[
            {**column, "words": words.get(column["name"])}
            for column in context.data("treated", "columns") or []
        ],
        rows=meta.get("rows", 0),
        entities=entities_of(context.release.pk),
        description_digest=description_digest(context),
        limits=inherited.limits if inherited else limits_of(context.profile.updates),
    )


def limits_of(updates: Updates) -> dict[str, Any]:
    """The bounds of the program's profile, as the permit keeps them."""
    return {
        "rows_more": updates.rows_more,
        "rows_fewer": updates.rows_fewer,
        "emptier": updates.emptier,
        "psi": updates.psi,
        "variation": updates.variation,
        "rows_review": updates.review_for("rows"),
    }


def description_digest(context: ReleaseContext, columns: list[dict[str, Any]] | None = None) -> str:
    """Names what the public reads beside the data: the record without its columns, and the catalogue's words.

    `columns` stand for those of the copy while there is none; without both it is empty.
    """
    columns = context.data("treated", "columns") or columns
    if not columns:
        return ""
    record = record_for(context, columns)
    # A field that is empty reads like one that is not there.
    filled = tuple(line for line in record.custom_fields if line[2])
    told = replace(record, columns=(), custom_fields=filled).as_json()
    described = described_of(context.dataset)
    # What identifies the rows is a matter of the columns, and the days that data covers go on with every refresh.
    return digest_of([{**told, "row_identifier": ""}, {**described, "ends": ""}])


def column_words(context: ReleaseContext) -> dict[str, list[str]]:
    """What the public reads of each column: its label, its description and its unit."""
    lines = dictionary_of(context.release).items()
    return {name: [line.label, line.description, line.unit] for name, line in lines}


def is_described_otherwise(context: ReleaseContext, bounds: PermitBounds) -> bool:
    """True when other words than the approved ones stand beside the data, or at a column that was approved.

    New columns are left out: what is said of them privacy reads. While there is no copy, the columns of the
    public one stand for its own.
    """
    words = column_words(context)
    approved = [column for column in bounds.treated_columns if column["name"] in words]
    if any(words[column["name"]] != column.get("words") for column in approved):
        return True
    return description_digest(context, approved) != bounds.description_digest


def described_otherwise(context: ReleaseContext) -> str:
    """The sentence that says so, with the names of the fields where they are known; never their text."""
    fields = changed_fields_words(description_changes(context))
    return f"{_DESCRIBED_OTHERWISE}: {fields}." if fields else f"{_DESCRIBED_OTHERWISE}."


def refresh_permit_write(context: ReleaseContext, now: datetime) -> None:
    """The permit of a refresh that the system lets through: the approvers and the last day of what covers it.

    Where privacy read it again, that verdict stands beside theirs. Called by the door on `pass_refresh`. Raises
    MoveRefused where the description is not the one they approved: their names must not stand under other words.
    """
    basis = basis_of(context)
    if basis is None:
        raise ValueError("Nothing covers this refresh.")
    if is_described_otherwise(context, basis.bounds):
        raise MoveRefused(described_otherwise(context))
    approvers = list(basis.approvers)
    if is_light(context):
        approvers += [
            {"kind": review.kind, "user": review.reviewer_id, "at": review.decided_at.isoformat()}
            for review in approvals.approvals_of(context, Review.Kind.PRIVACY)
            if review.decided_at
        ]
    permit = permit_write(
        release_id=context.release.pk,
        treated_sha256=context.data("treated", "sha256"),
        record_digest=record_for(context).digest,
        approvers=approvers,
        described=described_of(context.dataset),
        expires_at=basis.expires_at,
        now=now,
    )
    bounds_write(context, permit, basis)
