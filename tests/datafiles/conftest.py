"""Reading bytes as a file, in this process, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from datafiles.errors import DataFileError
from datafiles.limits import Limits
from datafiles.readers import read_table
from datafiles.table import Table

Read = Callable[..., Table]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Read bytes (or text, as UTF-8) as the file `name`."""

    def reading(content: bytes | str, name: str = "table.csv", **limits: int) -> Table:
        path = tmp_path / "upload"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        table, _ = read_table(path, name=name, limits=Limits(**limits), scratch=tmp_path)
        return table

    return reading


@pytest.fixture
def refusal(read: Read) -> Callable[..., DataFileError]:
    """The error that reading raises; fails when there is none."""

    def refusing(content: bytes | str, name: str = "table.csv", **limits: int) -> DataFileError:
        with pytest.raises(DataFileError) as caught:
            read(content, name, **limits)
        return caught.value

    return refusing
