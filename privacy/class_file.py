"""A class table as a file: the combinations of the quasi-identifiers that occur, and how many rows share each.

It holds values of the raw file and is kept where the raw file is. Web processes read it instead of the rows.
"""

from __future__ import annotations

import io
import json
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile, ZipInfo

import numpy as np
import polars as pl

from privacy.risk.classes import ClassTable
from privacy.risk.packing import pack

_NAMES, _SIZES = "names.json", "sizes.npy"


def class_table_write(table: ClassTable, path: Path) -> None:
    """Write codes, values and sizes; the same table gives the same bytes."""
    with ZipFile(path, "w", ZIP_STORED) as archive:
        _put(archive, _NAMES, json.dumps(list(table.names), ensure_ascii=False).encode())
        _put(archive, _SIZES, _array(table.sizes))
        for at, name in enumerate(table.names):
            radix = len(table.values[name])
            narrow = np.uint8 if radix <= 1 << 8 else np.uint16 if radix <= 1 << 16 else np.uint32
            _put(archive, f"codes-{at}.npy", _array(table.codes[name].astype(narrow)))
            _put(archive, f"values-{at}.arrow", _values(table.values[name]))


def class_table_read(path: Path) -> ClassTable:
    """The table that class_table_write wrote."""
    with ZipFile(path) as archive:
        names = tuple(json.loads(archive.read(_NAMES)))
        sizes = np.load(io.BytesIO(archive.read(_SIZES)), allow_pickle=False)
        codes, values = [], {}
        for at, name in enumerate(names):
            codes.append(np.load(io.BytesIO(archive.read(f"codes-{at}.npy")), allow_pickle=False))
            values[name] = pl.read_ipc(archive.read(f"values-{at}.arrow")).to_series().alias(name)
    keys, packing = pack(codes, [len(values[name]) for name in names])
    return ClassTable(names, values, keys, packing, sizes, {})


def class_values_read(path: Path, column: str) -> pl.Series:
    """The values of one column of it, without the groups; the first is null."""
    with ZipFile(path) as archive:
        at = json.loads(archive.read(_NAMES)).index(column)
        return pl.read_ipc(archive.read(f"values-{at}.arrow")).to_series().alias(column)


def _put(archive: ZipFile, name: str, content: bytes) -> None:
    """With a fixed date, which ZipInfo has of itself."""
    archive.writestr(ZipInfo(name), content)


def _array(array: np.ndarray) -> bytes:
    target = io.BytesIO()
    np.save(target, array, allow_pickle=False)
    return target.getvalue()


def _values(values: pl.Series) -> bytes:
    target = io.BytesIO()
    values.alias("v").to_frame().write_ipc(target, compression="uncompressed")
    return target.getvalue()
