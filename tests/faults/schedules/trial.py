"""One push under one plan: started, watched as a citizen sees it, and judged when it has ended.

What must hold, whatever goes wrong: the portal has one dataset; in the end its rows are those approved, no row twice;
nobody outside ever saw anything but the rows approved before or those approved now; and nothing was seen before the
private copy had been compared with what was approved.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import polars as pl
import requests

from datafiles.table import Table
from publishing import encode
from publishing.models import PortalAsset, Publication
from publishing.services import publication_resume
from tests.cast import Cast
from tests.faults.schedules.plan import Plan
from tests.faults.schedules.world import World
from tests.publishing import samples
from tests.publishing.releases import Prepared

_PATIENCE = 120
_EVERY = 0.02
_MOST_RESUMED = 5
_KEY = "Permit number"


@dataclass
class Verdict:
    """What one trial came to: the rules that were broken, each as a sentence, and what it took."""

    plan: Plan
    broken: list[str] = field(default_factory=list)
    seconds: float = 0.0
    requests: int = 0
    as_file: bool = False
    resumed: int = 0

    def __str__(self) -> str:
        end = "; ".join(self.broken) or "public and equal"
        pressed = f", resumed {self.resumed} times" if self.resumed else ""
        way = " as one file" if self.as_file else ""
        return f"{self.plan}: {end}{way} after {self.seconds:.1f} s and {self.requests} requests{pressed}"


def trial(plan: Plan, world: World, cast: Cast) -> Verdict:
    """Push under this plan and judge what came of it."""
    verdict = Verdict(plan)
    began = time.monotonic()
    prepared = Prepared(cast, samples.table(plan.rows))
    _describe(prepared, plan)
    before = None
    if plan.refresh:
        before = _approved(prepared)
        _push(prepared, world, cast, verdict, allowed={None, before})
        prepared.treat(_changed(prepared.table))
        _describe(prepared, plan)
    kills = [(number, world.workers.kill) for number in plan.kills]
    flushes = [(number, world.flush_redis) for number in plan.flushes]
    world.watch.begin(plan.faults, [*kills, *flushes])
    try:
        _push(prepared, world, cast, verdict, allowed={before, _approved(prepared)})
    finally:
        verdict.requests, verdict.as_file = world.watch.asked, world.watch.as_file
        world.watch.begin((), [])
    verdict.broken += _faults_at_rest(prepared, world)
    verdict.seconds = time.monotonic() - began
    return verdict


def _describe(prepared: Prepared, plan: Plan) -> None:
    if plan.keyed:
        prepared.record = prepared.describe(row_identifier=_KEY)


def _push(
    prepared: Prepared, world: World, cast: Cast, verdict: Verdict, *, allowed: set[str | None]
) -> None:
    """Ask for the public copy and look from outside until it has ended; press Resume where it stops."""
    prepared.allow()
    publication = prepared.ask("public")
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        world.workers.keep()
        _look(publication, prepared, world, verdict, allowed)
        publication.refresh_from_db()
        if publication.status == Publication.Status.DONE:
            return
        if publication.status == Publication.Status.DEAD:
            if verdict.resumed == _MOST_RESUMED:
                break
            verdict.resumed += 1
            publication_resume(release_id=prepared.release.pk, actor=cast.coordinator)
        time.sleep(_EVERY)
    told = publication.failure or publication.error or "no word"
    verdict.broken.append(f"not ended but {publication.status} at {publication.step or 'the start'} ({told})")


def _look(
    publication: Publication, prepared: Prepared, world: World, verdict: Verdict, allowed: set[str | None]
) -> None:
    """What a citizen sees now must be one of the allowed tables, and the new one only when it was compared."""
    seen = _seen(prepared, world)
    if seen not in allowed:
        _note(verdict, f"strangers saw a table that nobody approved ({(seen or 'none').split(':')[0]} rows)")
    elif seen is not None and seen == _approved(prepared):
        publication.refresh_from_db()
        if not publication.receipt.get("private"):
            _note(verdict, "the new rows were public before they had been compared")


def _note(verdict: Verdict, sentence: str) -> None:
    if sentence not in verdict.broken:
        verdict.broken.append(sentence)


def _faults_at_rest(prepared: Prepared, world: World) -> list[str]:
    """The rules that are broken now that nothing moves any more."""
    broken = []
    views = requests.get(
        f"{world.outside}/api/views.json",
        params={"limit": 10_000},
        auth=(world.standin.key_id, world.standin.key_secret),
        timeout=30,
    ).json()
    ours = [view for view in views if view.get("resourceName") == prepared.key]
    if len(ours) != 1:
        broken.append(f"{len(ours)} datasets instead of one")
    if _seen(prepared, world) != _approved(prepared):
        broken.append("the public rows are not those approved")
    return broken


def _approved(prepared: Prepared) -> str:
    return encode.table_fingerprint(encode.encode_table(prepared.table, prepared.record))


def _seen(prepared: Prepared, world: World) -> str | None:
    """The fingerprint of the rows that a stranger gets now; None when there are none to get."""
    asset = PortalAsset.objects.filter(dataset_id=prepared.release.dataset_id).exclude(remote_id="").first()
    if asset is None:
        return None
    url = f"{world.outside}/resource/{asset.remote_id}.json"
    answer = requests.get(url, params={"$limit": 100_000}, timeout=30)
    if answer.status_code != 200:
        return None
    return encode.rows_fingerprint(answer.json(), prepared.record)


def _changed(table: Table) -> Table:
    """The next delivery: a tenth of the rows is gone, some have other remarks, and a few are new."""
    frame = table.frame.with_row_index("at")
    kept = frame.filter(pl.col("at") % 10 != 9).with_columns(
        Remarks=pl.when(pl.col("at") % 7 == 0).then(pl.lit("seen again")).otherwise(pl.col("Remarks"))
    )
    new = frame.head(5).with_columns(pl.concat_str(pl.lit("N-"), pl.col("at") + 1).alias(_KEY))
    return Table.of(pl.concat([kept, new]).drop("at"))
