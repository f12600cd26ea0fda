"""A million rows to the stand-in portal and read back, and the refresh after it, against plain sodapy.

Three things are timed and named apart: the clock, the processor of the portal's stand-in (its own work, which no
client can spare), and what is left of the clock without it. The peer is what a script does: `upsert` of sodapy in
steps of 10,000 rows out of a pandas frame, nothing read back. Ours runs as a worker runs it, with its ledger in a
database, every row read back and compared.
"""

from __future__ import annotations

import os
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl

from benchmarks.data import people
from benchmarks.lines import line, timing
from benchmarks.peers import Answer, PeerMissing, in_own, in_peer, processor
from datafiles.table import Table, write_columnar
from tests.services.standin import StandIn, standin_portal

ROWS = int(os.environ.get("BENCH_PUBLISHING_ROWS", "1000000"))
LONGEST = 3600
_DJANGO = """
import os
os.environ.update(given["environment"])
import django
from django.conf import settings
django.setup()
"""
# A database with one release for each treated copy, asked for in the order of the copies.
_SITE = (
    _DJANGO
    + """
class NoMigrations(dict):
    def __contains__(self, app): return True
    def __getitem__(self, app): return None
settings.MIGRATION_MODULES = NoMigrations()
from django.core.management import call_command
call_command("migrate", run_syncdb=True, verbosity=0)
from pathlib import Path
from datafiles.table import read_columns
from dossier.models import StoredFile
from dossier.storage import file_keep
from publishing.services import record_build
from tests.cast import cast_create
from tests.factories.workflow import dataset_make
release = dataset_make(cast_create(), title="People").current_release
answer = {"release": release.pk, "copies": []}
for path in given["copies"]:
    columns = read_columns(Path(path))
    sha256, size, key = file_keep(Path(path))
    StoredFile.objects.create(
        release=release, kind="treated", sha256=sha256, size=size, name="people.csv", storage_key=key
    )
    record = record_build(
        columns=columns, external_key="bench-people", name="People", description="Invented people",
        descriptions={column.name: "" for column in columns}, row_identifier="case_number",
    )
    answer["copies"].append({"sha256": sha256, "record": record.as_json()})
"""
)
# One pass of a worker to the goal; what each step took, and the memory above that of the worker at rest.
_RUN = (
    _DJANGO
    + """
import time
from datetime import timedelta
from django.utils import timezone
from publishing.models import Publication
from publishing.records import PortalRecord
from publishing.services import permit_write, publication_request, publication_run
from publishing.services.run import Run
from benchmarks.peers import processor
from work.services import work_run

record = PortalRecord.from_json(given["copy"]["record"])
about = {"release_id": given["release"], "treated_sha256": given["copy"]["sha256"]}
permit_write(
    **about, record_digest=record.digest, approvers=[], expires_at=timezone.now() + timedelta(days=1)
)
publication = publication_request(**about, record=record, goal=given["goal"])
steps, theirs = {}, {}

def timed(name):
    whole = getattr(Run, name)
    def step(self, *args):
        began, before = time.perf_counter(), processor(given["portal"])
        try:
            return whole(self, *args)
        finally:
            steps[name] = time.perf_counter() - began
            theirs[name] = processor(given["portal"]) - before
    setattr(Run, name, step)

for name in ("prepare", "send", "compare"):
    timed(name)

def status(name):
    with open("/proc/self/status") as lines:
        return next(int(text.split()[1]) for text in lines if text.startswith(name)) / 1024

open("/proc/self/clear_refs", "w").write("5")
idle = status("VmRSS")
with measured():
    for _ in range(3):
        Publication.objects.filter(pk=publication.pk).update(due_at=timezone.now())
        work_run(Publication, publication.pk, publication_run)
publication.refresh_from_db()
assert publication.reached == given["goal"], (publication.reached, publication.error)
answer = {
    "steps": steps, "theirs": theirs, "above": status("VmHWM") - idle, "idle": idle, "method": publication.method,
    "sent": sum(chunk.rows for chunk in publication.chunks.all()),
}
"""
)
_PEER = """
import pandas
from requests.adapters import HTTPAdapter
from sodapy import Socrata
client = Socrata(
    given["domain"], "token", username=given["key"], password=given["secret"], timeout=600,
    session_adapter={"prefix": "http://", "adapter": HTTPAdapter()},
)
frame = pandas.read_csv(given["path"], dtype=str)
columns = [{"name": name, "fieldName": name, "dataTypeName": "text"} for name in frame.columns]
made = client.create("People by sodapy", columns=columns, metadata={"rowIdentifier": "case_number"})
with measured():
    for start in range(0, len(frame), 10_000):
        client.upsert(made["id"], frame.iloc[start : start + 10_000].to_dict("records"))
answer = len(frame)
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        copies = [root / "first.parquet", root / "second.parquet"]
        path = _tables(root, copies)
        with standin_portal(root / "standin") as portal:
            _measure(root, path, copies, portal)


def _tables(root: Path, copies: list[Path]) -> Path:
    """The file, its treated copy, and a newer copy: 1 % of the rows changed, some are new, some are gone."""
    path = root / "people.csv"
    people(path, ROWS)
    frame = pl.read_csv(path, infer_schema=False)
    first = Table.of(frame)
    write_columnar(first, copies[0])
    few = max(1, ROWS // 1000)
    changed = frame.with_columns(
        status=pl.when(pl.int_range(pl.len()) % 100 == 50).then(pl.lit("reopened")).otherwise("status")
    ).slice(few)
    new = frame.head(few).with_columns(case_number=pl.lit("N") + pl.col("case_number"))
    write_columnar(Table(first.columns, pl.concat([changed, new])), copies[1])
    return path


def _measure(root: Path, path: Path, copies: list[Path], portal: StandIn) -> None:
    environment = portal.environment | {
        "DJANGO_SETTINGS_MODULE": "opendata_portal.settings.dev",
        "VAR_DIR": str(root / "var"),
        "LOG_LEVEL": "ERROR",
    }
    site = in_own(_SITE, {"environment": environment, "copies": [str(copy) for copy in copies]}).answer

    def worker(copy: int, goal: str) -> tuple[Answer, float]:
        given = {"environment": environment, "goal": goal, "copy": site["copies"][copy], "portal": portal.pid}
        before = processor(portal.pid)
        ran = in_own(_RUN, given | {"release": site["release"]}, limit=LONGEST)
        return ran, processor(portal.pid) - before

    first, own = worker(0, "private")
    whole = f"{ROWS:,} x 12 pushed, read back and compared"
    pushes = {"ours": _pushed(first)}
    try:
        before = processor(portal.pid)
        peer = in_peer("sodapy", _PEER, _signed(portal, path), limit=LONGEST)
        own_peer = processor(portal.pid) - before
        pushes["sodapy"] = (peer.seconds, own_peer)
        timing(f"{whole}, by the clock", first, "sodapy, pushed only,", peer)
        line("the stand-in's own time in that", f"{own:,.2f} s CPU", f"{own_peer:,.2f} s CPU")
        rest, rest_peer = _without(first, own), _without(peer, own_peer)
        timing("what is left without the stand-in's own time", rest, "sodapy", rest_peer)
    except PeerMissing as missing:
        timing(whole, first, "", str(missing))
    _memory("memory of the worker above its idle", first)
    worker(0, "public")
    second, own = worker(1, "private")
    _refresh(pushes, second, own)


def _refresh(pushes: dict[str, tuple[float, float]], second: Answer, own: float) -> None:
    """`pushes`: for whoever pushed everything, the seconds of the clock and those of the stand-in's processor."""
    sent, (clock, theirs) = second.answer["sent"], _pushed(second)
    what = f"1 % changed: {sent:,} of {ROWS:,} rows sent ({second.answer['method']})"
    for who, (whole, own_whole) in pushes.items():
        _part(what, clock, f"everything, {who},", whole)
        _part(
            "the same without the stand-in's own time",
            clock - theirs,
            f"everything, {who},",
            whole - own_whole,
        )
    timing("the same, all rows read back and compared", second)
    line("the stand-in's own time in that", f"{own:,.2f} s CPU")
    _memory("memory of the worker above its idle", second)


def _pushed(ran: Answer) -> tuple[float, float]:
    """Until every row is over there: the seconds of the clock, and those of the stand-in's processor in them."""
    clock, theirs = (ran.answer[of]["prepare"] + ran.answer[of]["send"] for of in ("steps", "theirs"))
    return clock, theirs


def _part(what: str, ours: float, name: str, whole: float) -> None:
    ours = max(ours, 0.01)
    line(what, f"{ours:,.2f} s", f"{name} {whole:,.2f} s", f"1/{whole / ours:,.1f}")


def _memory(what: str, ran: Answer) -> None:
    line(what, f"{ran.answer['above']:,.0f} MB", "", "", f"idle {ran.answer['idle']:,.0f} MB")


def _without(ran: Answer, own: float) -> Answer:
    """What the client could have spared: the clock without the processor time of the portal beside it."""
    return replace(ran, seconds=max(ran.seconds - own, 0.0))


def _signed(portal: StandIn, path: Path) -> dict[str, Any]:
    return {"domain": portal.domain, "key": portal.key_id, "secret": portal.key_secret, "path": str(path)}


if __name__ == "__main__":
    main()
