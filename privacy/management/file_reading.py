"""What the commands that work on one file share: reading it as the product would."""

from __future__ import annotations

import resource
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from datafiles.errors import DataFileError
from datafiles.fingerprint import file_sha256
from datafiles.reading import read_in_child
from datafiles.table import Table, read_columnar
from dossier.services_files import limits_current
from privacy.management.column_names import UNREADABLE


@contextmanager
def columnar_read(path: Path) -> Iterator[Path]:
    """The columnar copy of a file, as long as the block runs.

    Raises CommandError (exit code 2) with the sentence that says why the file cannot be read.
    """
    if not path.is_file():
        raise CommandError(f"There is no file {path}.", returncode=UNREADABLE)
    with tempfile.TemporaryDirectory() as folder:
        try:
            read = read_in_child(
                path.resolve(), name=path.name, out_dir=Path(folder), limits=limits_current()
            )
        except DataFileError as error:
            raise CommandError(error.sentence, returncode=UNREADABLE) from None
        yield read.columnar


def table_read(path: Path) -> Table:
    """The table in a file. Raises CommandError (exit code 2) when it cannot be read."""
    with columnar_read(path) as columnar:
        return read_columnar(columnar)


def file_facts(path: Path, *, rows: int, columns: int, seconds: float) -> dict[str, Any]:
    """The file as the commands name it in JSON; the peak of memory includes the child that read the file."""
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return {
        "sha256": file_sha256(path),
        "rows": rows,
        "columns": columns,
        "bytes": path.stat().st_size,
        "seconds": round(seconds, 3),
        "peak_rss_mb": peak // 1024,
    }
