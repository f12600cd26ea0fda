"""A look at a source before anybody relies on it: its columns and their types, and no value."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction

from audit.services import event_record
from datafiles.errors import DataFileError
from datafiles.limits import Limits as FileLimits
from datafiles.reading import read_in_child
from publishing.selectors_sources import record_in_force
from publishing.services.secrets import limits_of_sample, secrets_for
from publishing.sources import KINDS
from publishing.sources.base import Source, SourceFault
from publishing.sources.download import end_at_row
from work.faults import told_without_values

if TYPE_CHECKING:
    from accounts.models import User

log = logging.getLogger(__name__)

_UNEXPECTED = "Something unexpected went wrong while the source was tested. Tell your portal admin."
# The type of an answer tells of the values that a query compares: whoever may test any query can read the database.
_NOT_APPROVED = (
    "A query is first run when the department has approved it. Propose the record: once it is in force, this test "
    "runs its query."
)

# Reading so little takes a moment; a person waits for it.
_FILE_LIMITS = FileLimits(cpu_seconds=20, wall_seconds=20)


@dataclass(frozen=True)
class Sample:
    """What a look brought: columns as (name, type), or the sentence that says why there are none."""

    columns: tuple[tuple[str, str], ...] = ()
    size: int = 0
    problem: str = ""


def source_sample(
    *, dataset: Any, source: str, config: Mapping[str, Any], actor: User, now: datetime | None = None
) -> Sample:
    """Fetch the beginning of a source, and tell its columns with their types only; nothing of it is kept."""
    kind = KINDS[source]
    sample = _sampled(kind, config, dataset)
    with transaction.atomic():
        event_record(
            action="source.tested",
            actor=actor,
            subject=dataset,
            data={"source": kind.label, "outcome": "failed" if sample.problem else "answered"},
            program_id=dataset.program_id,
            dataset_id=dataset.pk,
            now=now,
        )
    return sample


def _sampled(kind: Source, config: Mapping[str, Any], dataset: Any) -> Sample:
    """What a look brings. Whatever goes wrong becomes a sentence: no message of a library is shown."""
    if faults := kind.faults(config):
        return Sample(problem=" ".join(faults.values()))
    if kind.code == "sql" and not _is_approved(config, dataset.pk):
        return Sample(problem=_NOT_APPROVED)
    try:
        return _looked(kind, config, dataset)
    except (SourceFault, DataFileError) as error:
        return Sample(problem=error.sentence)
    except Exception as error:  # noqa: BLE001 - a server may answer whatever it likes
        log.error("The test of a source of dataset %s failed: %s", dataset.pk, told_without_values(error))
        return Sample(problem=_UNEXPECTED)


def _is_approved(config: Mapping[str, Any], dataset_id: int) -> bool:
    """True for the query of the record in force, over the same connection."""
    record = record_in_force(dataset_id)
    return (
        record is not None
        and record.source == "sql"
        and all(config.get(name) == record.config.get(name) for name in ("connection", "query"))
    )


def _looked(kind: Source, config: Mapping[str, Any], dataset: Any) -> Sample:
    secrets = secrets_for(dataset=dataset, is_test=True)
    with tempfile.TemporaryDirectory(dir=settings.FILE_UPLOAD_TEMP_DIR) as folder:
        into = Path(folder) / "sample"
        whole = _is_workbook(config)
        found = kind.fetch(config, secrets, into, limits_of_sample(whole=whole), _no_beat)
        if not whole:
            end_at_row(into)
        out = Path(folder) / "read"
        out.mkdir()
        result = read_in_child(into, name=found.name, out_dir=out, limits=_FILE_LIMITS)
    return Sample(tuple((one["name"], one["type"]) for one in result.columns), found.size)


def _is_workbook(config: Mapping[str, Any]) -> bool:
    named = str(config.get("url") or config.get("pattern") or "").split("?")[0]
    return named.lower().endswith(".xlsx")


def _no_beat(done: int, message: str) -> None:
    """A person waits; no row is kept alive."""
