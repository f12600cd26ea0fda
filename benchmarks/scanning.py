"""Scanning every cell of a CSV with all detectors, validators and names, reading included.

BENCH_ROWS sets another size than a million rows; the large file has ten times as many.
"""

from __future__ import annotations

import os
import tempfile
from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import median

from benchmarks.data import people
from benchmarks.lines import against, timing
from benchmarks.peer_re import PATTERNS
from benchmarks.peers import Answer, in_own, in_peer

ROWS = int(os.environ.get("BENCH_ROWS", "1000000"))
# What the peers get, of the same file: more would take them minutes.
_RE_ROWS, _PRESIDIO_ROWS, _PROFILER_ROWS = 10_000, 200, 2_000
_TIMES = 5

_OURS = """
from pathlib import Path
from datafiles.limits import Limits
from privacy.management.file_scanning import file_scan, warm_up
warm_up()

def work():
    found = file_scan(Path(given["path"]), limits=Limits(max_bytes=10**11))
    notes = next(one for one in found.result.columns if one.name == "remarks")
    return sum(hit.count for hit in notes.hits if hit.entity == "SSN")
"""
_READING = """
import polars

def work():
    return polars.read_csv(given["path"], infer_schema=False).height
"""
# A worker that has done such work before, and does it so many times more.
_WARM = """
import time
first, took = work(), []
for _ in range(given["times"]):
    began, used = time.perf_counter(), time.process_time()
    assert work() == first
    took.append((time.perf_counter() - began, time.process_time() - used))
answer = {"found": first, "took": took}
"""
_ONCE = """
with measured():
    answer = work()
"""
_EIGHT = """
EIGHT = [
    r"[0-9]{3}-[0-9]{2}-[0-9]{4}", r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\\.[A-Za-z]{2,}",
    r"\\(?[2-9][0-9]{2}\\)?[-. ][2-9][0-9]{2}[-. ][0-9]{4}", r"(?:[0-9]{4}[- ]){3}[0-9]{4}",
    r"(?:[0-9]{1,3}\\.){3}[0-9]{1,3}", r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", r"[A-HJ-NPR-Z0-9]{17}",
    r"(?:[0-9A-F]{2}:){5}[0-9A-F]{2}",
]
"""
_RE = (
    _EIGHT
    + """
import csv, itertools, re
patterns = [re.compile(one) for one in EIGHT]
with open(given["path"], newline="") as lines:
    cells = [cell for row in itertools.islice(csv.reader(lines), 1, given["rows"] + 1) for cell in row]
with measured():
    answer = sum(1 for cell in cells for pattern in patterns if pattern.search(cell))
"""
)
# The same work as ours: what our detectors look for, with check digits and names, reading included.
_RE_ALL = """
from pathlib import Path
from benchmarks.peer_re import search
from privacy.lexicon import given_set, surname_set
given_set(), surname_set()
with measured():
    found = search(Path(given["path"]), given["rows"])
assert found["EMAIL"] == found["PHONE"] == given["rows"], "the peer missed what stands in every row"
answer = found.total()
"""
_DUCKDB = (
    _EIGHT
    + """
import duckdb
union = "|".join(f"(?:{one})" for one in EIGHT)
with measured():
    file = duckdb.read_csv(given["path"], all_varchar=True)
    asked = ", ".join(f'count(*) filter (regexp_matches("{name}", $1))' for name in file.columns)
    sql = f"select {asked} from read_csv($2, all_varchar=true)"
    answer = [int(one) for one in duckdb.execute(sql, [union, given["path"]]).fetchall()[0]]
"""
)
_PANDAS = (
    _EIGHT
    + """
import pandas
with measured():
    frame = pandas.read_csv(given["path"], dtype=str, nrows=given["rows"])
    answer = sum(int(frame[name].str.contains(one, na=False).sum()) for name in frame for one in EIGHT)
"""
)
_PRESIDIO = """
import csv, itertools, logging
logging.disable(logging.CRITICAL)
import spacy
from presidio_analyzer import AnalyzerEngine, BatchAnalyzerEngine
from presidio_analyzer.nlp_engine import SpacyNlpEngine

class Blank(SpacyNlpEngine):
    def __init__(self):
        super().__init__(models=[{"lang_code": "en", "model_name": "blank"}])
        self.nlp = {"en": spacy.blank("en")}
    def load(self):
        pass

engine = BatchAnalyzerEngine(AnalyzerEngine(nlp_engine=Blank(), supported_languages=["en"]))
with open(given["path"], newline="") as lines:
    rows = list(itertools.islice(csv.DictReader(lines), given["rows"]))
table = {name: [row[name] for row in rows] for name in rows[0]}
with measured():
    answer = sum(len(found) for one in engine.analyze_dict(table, language="en") for found in one.recognizer_results)
"""
_PROFILER = """
import logging
logging.disable(logging.CRITICAL)
import pandas
import dataprofiler
options = dataprofiler.ProfilerOptions()
options.set({"*.is_enabled": False, "*.data_labeler.is_enabled": True, "multiprocess.is_enabled": False})
labeler = options.structured_options.data_labeler
labeler.data_labeler_object = dataprofiler.DataLabeler(labeler_type="structured")
labeler.max_sample_size = given["rows"]
frame = pandas.read_csv(given["path"], dtype=str, nrows=given["rows"])
with measured():
    report = dataprofiler.Profiler(frame, options=options, samples_per_update=len(frame)).report()
answer = len(report["data_stats"])
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "people.csv"
        measure(path)
        measure_large(path)


def measure(path: Path) -> None:
    """The scan, and what others take for the same file or a part of it."""
    people(path, ROWS)
    what = f"scan of every cell, {ROWS:,} x 12, CSV"
    ours = _warm(_OURS, path)
    assert ours.answer == ROWS // 100_000, "a planted number was missed"
    against(what, ours, "polars, reading alone", lambda: _warm(_READING, path))
    against(
        what, ours, "DuckDB, union of 8 patterns", lambda: in_peer("duckdb", _DUCKDB, {"path": str(path)})
    )
    for name, wanted, snippet, rows in (
        ("pandas, 8 patterns", "pandas", _PANDAS, 50_000),
        ("Python re, 8 patterns only", "", _RE, _RE_ROWS),
        (f"Python re, {len(PATTERNS)} entities, validators, names", "", _RE_ALL, _RE_ROWS),
        ("DataProfiler, every row", "DataProfiler", _PROFILER, _PROFILER_ROWS),
        ("Presidio batch, no NER", "presidio", _PRESIDIO, _PRESIDIO_ROWS),
    ):
        against(what, ours, name, partial(_slice, path, wanted, snippet, rows))


def measure_large(path: Path) -> None:
    """Ten times as many rows: the memory must not grow with them."""
    people(path, 10 * ROWS)
    ours = in_own(_OURS + _ONCE, {"path": str(path)}, limit=900)
    assert ours.answer == 10 * ROWS // 100_000, "a planted number was missed"
    timing(f"the same, {10 * ROWS:,} rows, {path.stat().st_size / 1e9:.1f} GB", ours)


def _warm(work: str, path: Path) -> Answer:
    """The median of several times in one process, and between what they lie."""
    ran = in_own(work + _WARM, {"path": str(path), "times": _TIMES})
    clocks, processors = (sorted(one) for one in zip(*ran.answer["took"], strict=True))
    return replace(
        ran,
        answer=ran.answer["found"],
        seconds=median(clocks),
        cpu=median(processors),
        note=f"median of {_TIMES}, {clocks[0]:.2f} to {clocks[-1]:.2f}",
    )


def _slice(path: Path, peer: str, snippet: str, rows: int) -> Answer:
    """The peer on the first rows, scaled to all of them."""
    rows = min(rows, ROWS)
    given = {"path": str(path), "rows": rows}
    found = in_peer(peer, snippet, given) if peer else in_own(snippet, given)
    return found.scaled(ROWS / rows, f"{rows:,} rows")


if __name__ == "__main__":
    main()
