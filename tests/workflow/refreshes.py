"""A dataset that is public with a real file behind it, and the refreshes that come: quick, without a portal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from django.db.models import F
from django.utils import timezone

from checklists.models import Submission
from datafiles import child
from datafiles.limits import Limits
from datafiles.reading import ReadResult
from dossier.models import FileRead
from dossier.services import fact_record
from dossier.services_files import file_read, file_receive
from privacy.services import quasi_confirm
from publishing.models import Permit, Publication
from publishing.selectors import valid_permit
from tests.cast import Cast
from tests.factories.workflow import ACTORS, WEIGHED, dataset_make, review_all
from work.models import WorkItem
from work.services import work_run
from workflow.context import context_of
from workflow.demo.stations import STATION_WORK, decide_findings
from workflow.models import Dataset, Refresh, Release
from workflow.policies import SYSTEM
from workflow.services.catalogue import record_for
from workflow.services.datasets import columns_describe
from workflow.services.refresh import refresh_received
from workflow.services.refresh_run import refresh_run
from workflow.services.settle import release_settle
from workflow.services.transitions import release_transition
from workflow.stages import ONWARD, WAY, Stage

HEADER = "permit_no,issued,kind,district,cost"
WORK: list[tuple[type[WorkItem], Any]] = [
    (FileRead, file_read),
    (Refresh, refresh_run),
    *((model, handler) for model, handler in STATION_WORK if model is not Publication),
]


def rows(first: int = 1, last: int = 120) -> list[list[str]]:
    """Building permits: nobody is described by them."""
    return [
        [
            f"P-{n:05d}",
            f"2026-{n % 9 + 1:02d}-{n % 27 + 1:02d}",
            ("new building", "alteration", "demolition")[n % 3],
            ("North", "South", "East", "West")[n % 4],
            str(n * 37 % 9001),
        ]
        for n in range(first, last + 1)
    ]


def csv_of(table: Iterable[Iterable[str]], header: str = HEADER) -> bytes:
    return "\n".join([header, *(",".join(row) for row in table)]).encode() + b"\n"


def run(release_id: int, now: datetime | None = None) -> None:
    """Let the conductor and the workers do what is due, until nothing is; the portal is left out."""
    for _ in range(10):
        release_settle(release_id=release_id, now=now)
        if not work(release_id, now):
            return


def work(release_id: int, now: datetime | None = None) -> bool:
    """Let the workers do what is queued. Returns whether there was anything."""
    done = False
    for model, handler in WORK:
        queued: Any = model._default_manager.filter(release_id=release_id, status="queued")  # type: ignore[attr-defined]
        queued.update(due_at=F("created_at"))
        for pk in queued.values_list("pk", flat=True):
            done |= work_run(model, pk, partial(handler, now=now))
    return done


def went_public(release_id: int, now: datetime | None = None) -> Release:
    """What publishing does when the conductor asks for the copy: the permit is looked at as it would look."""
    now = now or timezone.now()
    context = context_of(release_id, now=now)
    if context.release.stage != Stage.STAGED:
        return context.release
    record = record_for(context)
    treated = context.data("treated", "sha256")
    about = {"treated": treated, "record": record.digest}
    for kind in ("private_copy", "public_copy"):
        if kind == "public_copy":
            permit = valid_permit(release_id, treated_sha256=treated, record_digest=record.digest, now=now)
            assert permit is not None, "nothing may become public without a permit"
        fact_record(
            release_id=release_id,
            kind=kind,
            ok=True,
            about=about,
            data={"remote_id": "abcd-1234", "url": "http://portal/d/abcd-1234", "rows": 1, "columns": 1},
            now=now,
        )
        run(release_id, now)
    return Release.objects.get(pk=release_id)


def public_dataset(
    cast: Cast,
    table: bytes | None = None,
    *,
    header: str = HEADER,
    quasi: Sequence[str] = (),
    **fields: Any,
) -> Dataset:
    """A dataset whose first release people prepared, judged and approved, and that is public.

    `quasi`: the columns that together could single somebody out, where it is about people.
    """
    dataset = dataset_make(cast, **fields)
    release = dataset.current_release
    upload: Any = ContentFile(table or csv_of(rows()), name="permits.csv")
    file_receive(release_id=release.pk, upload=upload, name="permits.csv", actor=cast.steward)
    run(release.pk)
    columns = [{"name": name, "description": f"What {name} holds."} for name in header.split(",")]
    columns_describe(release_id=release.pk, rows=columns, actor=cast.steward)
    run(release.pk)
    for step in WAY[: WAY.index(Stage.STAGED)]:
        if step == Stage.INVENTORY:
            answered(release.pk)
        elif step == Stage.PRIVACY:
            decided(release.pk, cast, quasi)
        review_all(release, ONWARD[step], cast)
        release_transition(release_id=release.pk, name=ONWARD[step], actor=cast[ACTORS[ONWARD[step]]])
    went_public(release.pk)
    review_all(release, "publish", cast)
    run(release.pk)
    dataset = Dataset.objects.get(pk=dataset.pk)
    assert dataset.stage == Stage.PUBLISHED
    return dataset


def answered(release_id: int) -> None:
    """What people answer in checklists, and the plan: as good as they come."""
    file = context_of(release_id).about("file", "file")
    for name in ("inventory", "eligibility", "readiness", "submission", "quality"):
        Submission.objects.filter(release_id=release_id, checklist=name).delete()
        fact_record(release_id=release_id, kind=f"checklist.{name}", ok=True, about={"answers": name})
    fact_record(
        release_id=release_id, kind="attestation", ok=True, about={"answers": "submission", "file": file}
    )
    fact_record(release_id=release_id, kind="plan", ok=True, about={"plan": "l"})


def decided(release_id: int, cast: Cast, quasi: Sequence[str] = ()) -> None:
    """The privacy officer decides every finding, and weighs benefit and risk on the copy."""
    if quasi:
        quasi_confirm(release_id=release_id, columns=quasi, k_min=5, actor=cast.privacy_officer)
    decide_findings(release_id, cast.privacy_officer, timezone.now())
    while work(release_id):
        pass
    context = context_of(release_id)
    for name in ("legal", "privacy", "equity"):
        fact_record(release_id=release_id, kind=f"checklist.{name}", ok=True, about={"answers": name})
    about = {
        "treated": context.data("treated", "sha256"),
        "judged": "j",
        "file": context.about("file", "file"),
    }
    fact_record(release_id=release_id, kind="assessment", ok=True, about=about, data=WEIGHED)


def refreshed(
    dataset: Dataset,
    table: bytes,
    *,
    actor: Any = None,
    now: datetime | None = None,
    settle: bool = True,
    **words: Any,
) -> Refresh:
    """A new file comes, and everything that the system does by itself is done."""
    refresh = refresh_received(
        dataset_id=dataset.pk,
        upload=ContentFile(table, name="permits.csv"),  # type: ignore[arg-type]
        name="permits.csv",
        actor=actor,
        method_changed=words.pop("method_changed", False),
        now=now,
        **words,
    )
    if settle:
        run(refresh.release_id, now)
        went_public(refresh.release_id, now)
    return Refresh.objects.get(pk=refresh.pk)


def expired(dataset: Dataset) -> None:
    """The approval of what is public has run out."""
    Permit.objects.filter(release__dataset=dataset).update(expires_at=timezone.now() - timedelta(days=1))


def system_moves(release_id: int, name: str) -> Release:
    return release_transition(release_id=release_id, name=name, actor=SYSTEM)


def read_here(path: Path, *, name: str, out_dir: Path, limits: Limits | None = None, **_: Any) -> ReadResult:
    """Reading without a process of its own, which would cost each test some seconds."""
    limits = limits or Limits()
    request = {"path": str(path), "name": name, "out_dir": str(out_dir), "limits": limits.to_dict()}
    found = child.read(request, limits)
    return ReadResult(**found | {"columnar": out_dir / found["columnar"]}, seconds=0.1)
