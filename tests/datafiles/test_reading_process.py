"""Reading in a process of its own: what comes back, and what happens when it goes wrong."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from datafiles.errors import DataFileError
from datafiles.fingerprint import canonical_row, file_sha256, row_hash_sum
from datafiles.limits import Limits
from datafiles.reading import read_in_child
from datafiles.table import read_columnar


@pytest.fixture
def upload(tmp_path: Path) -> Path:
    path = tmp_path / "upload"
    path.write_text("id,name\n1,Ann\n2,\n")
    return path


@pytest.fixture
def large(tmp_path: Path) -> Path:
    path = tmp_path / "large"
    path.write_bytes(
        b"id,name,text\n" + b"".join(b"%d,N%d,some words %d\n" % (i, i, i) for i in range(400_000))
    )
    return path


def test_a_reading_tells_what_is_in_the_file_and_leaves_a_columnar_copy(upload: Path, tmp_path: Path) -> None:
    result = read_in_child(upload, name="people.csv", out_dir=tmp_path)
    assert result.rows == 2
    assert result.columns == [
        {"name": "id", "type": "integer", "form": "integer"},
        {"name": "name", "type": "text", "form": "text"},
    ]
    assert result.sha256 == file_sha256(upload)
    assert result.row_fingerprint == row_hash_sum(
        canonical_row(row) for row in ({"id": "1", "name": "Ann"}, {"id": "2"})
    )
    assert read_columnar(result.columnar).frame.rows() == [("1", "Ann"), ("2", None)]
    assert result.profile["rows"] == 2


def test_an_error_of_the_file_comes_back_with_its_line(upload: Path, tmp_path: Path) -> None:
    upload.write_text("a,b\n1\n")
    with pytest.raises(DataFileError) as caught:
        read_in_child(upload, name="a.csv", out_dir=tmp_path)
    assert (caught.value.code, caught.value.line) == ("ragged_row", 2)


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (Limits(memory_mb=1_200), "memory"),
        (Limits(memory_mb=700), "memory"),
        (Limits(wall_seconds=0), "too_slow"),
    ],
)
def test_a_limit_ends_the_reading_with_a_sentence(
    large: Path, tmp_path: Path, limits: Limits, code: str
) -> None:
    with pytest.raises(DataFileError) as caught:
        read_in_child(large, name="a.csv", out_dir=tmp_path, limits=limits)
    assert caught.value.code == code


def test_what_the_tick_raises_ends_the_reading_and_is_passed_on(large: Path, tmp_path: Path) -> None:
    class LeaseLost(Exception):
        pass

    def tick(seconds: float) -> None:
        raise LeaseLost

    started = time.monotonic()
    with pytest.raises(LeaseLost):
        read_in_child(large, name="a.csv", out_dir=tmp_path, tick=tick)
    assert time.monotonic() - started < 5


def test_the_reading_process_sees_no_secret_of_the_environment(
    upload: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: dict[str, str] = {}

    class Stop(Exception):
        pass

    def popen(*args: object, env: dict[str, str], **kwargs: object) -> None:
        seen.update(env)
        raise Stop

    monkeypatch.setenv("SOCRATA_KEY_SECRET", "hush")
    monkeypatch.setattr("datafiles.reading.subprocess.Popen", popen)
    with pytest.raises(Stop):
        read_in_child(upload, name="a.csv", out_dir=tmp_path)
    assert "hush" not in seen.values()
    assert set(seen) <= set(os.environ)
