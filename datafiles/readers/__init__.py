"""One reader per format, in an explicit list."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from datafiles.errors import DataFileError
from datafiles.limits import Limits, human_bytes
from datafiles.readers.csv import read_csv
from datafiles.readers.excel import read_excel
from datafiles.table import Table

Reader = Callable[..., tuple[Table, list[dict[str, str]]]]
READERS: dict[str, Reader] = {".csv": read_csv, ".tsv": read_csv, ".xlsx": read_excel}
# Formats that datafiles.readers.blocks reads.
IN_BLOCKS = (".csv", ".tsv")
_ADVICE = {
    ".xls": "Open it in Excel and save it as .xlsx or CSV.",
    ".xlsm": "It may hold macros: save it in Excel as .xlsx.",
    ".xlsb": "Save it in Excel as .xlsx.",
    ".ods": "Save it as .xlsx or CSV.",
    ".zip": "Unpack it, and upload the table inside.",
    ".txt": "If it is a table, name it .csv or .tsv.",
}


def suffix_check(name: str) -> str:
    """The extension of an accepted format. Raises DataFileError for any other, with what to do instead."""
    suffix = Path(name).suffix.lower()
    if suffix not in READERS:
        kind = f"Files of the kind {suffix} are" if suffix else "A file without an extension is"
        advice = _ADVICE.get(suffix, "Export the table as CSV, and upload that.")
        raise DataFileError(
            f"{kind} not accepted; accepted are {accepted_formats()}. {advice}", code="format_not_accepted"
        )
    return suffix


def accepted_formats() -> str:
    """ ".csv, .tsv and .xlsx"."""
    *most, last = READERS
    return f"{', '.join(most)} and {last}"


def read_table(path: Path, *, name: str, limits: Limits, scratch: Path) -> tuple[Table, list[dict[str, str]]]:
    """Read the file at `path`, named `name` by its owner. Returns table and notes; raises DataFileError."""
    reader = READERS[suffix_check(name)]
    size_check(path.stat().st_size, limits)
    return reader(path, limits=limits, scratch=scratch)


def size_check(size: int, limits: Limits) -> None:
    """Raises DataFileError when a file is larger than may be received."""
    if size > limits.max_bytes:
        raise DataFileError(
            f"The file is larger than {human_bytes(limits.max_bytes)}, the most this product accepts. Split "
            "the table, for example by year, and publish the parts as datasets of their own.",
            code="too_large",
        )
