"""A look at a source before anybody relies on it: its columns and their types, and no value."""

from __future__ import annotations

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
from publishing.services.secrets import limits_of_sample, secrets_current
from publishing.sources import KINDS
from publishing.sources.base import Source, SourceFault

if TYPE_CHECKING:
    from accounts.models import User

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
    sample = _sampled(kind, config)
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


def _sampled(kind: Source, config: Mapping[str, Any]) -> Sample:
    if faults := kind.faults(config):
        return Sample(problem=" ".join(faults.values()))
    with tempfile.TemporaryDirectory(dir=settings.FILE_UPLOAD_TEMP_DIR) as folder:
        into = Path(folder) / "sample"
        try:
            whole = _is_workbook(config)
            found = kind.fetch(config, secrets_current(), into, limits_of_sample(whole=whole), _no_beat)
            if not whole:
                _cut(into)
            out = Path(folder) / "read"
            out.mkdir()
            result = read_in_child(into, name=found.name, out_dir=out, limits=_FILE_LIMITS)
        except (SourceFault, DataFileError) as error:
            return Sample(problem=error.sentence)
    return Sample(tuple((one["name"], one["type"]) for one in result.columns), found.size)


def _is_workbook(config: Mapping[str, Any]) -> bool:
    named = str(config.get("url") or config.get("pattern") or "").split("?")[0]
    return named.lower().endswith(".xlsx")


def _cut(path: Path) -> None:
    """End at the last whole row: the sample may have ended within one, or within a cell of several lines."""
    body = path.read_bytes()
    at = end = 0
    quoted = False
    for line in body.splitlines(keepends=True):
        at += len(line)
        quoted ^= line.count(b'"') % 2 == 1
        if not quoted and line.endswith((b"\n", b"\r")):
            end = at
    if 0 < end < len(body):
        path.write_bytes(body[:end])


def _no_beat(done: int, message: str) -> None:
    """A person waits; no row is kept alive."""
