"""What the comparison of a refresh stopped at: reading, scan, checks or the comparing itself, and the next step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from checklists.models import CheckRun
from checklists.selectors import latest_run
from privacy.detectors import REGISTRY_VERSION
from privacy.models import Scan
from work.models import WorkItem
from workflow.context import ReleaseContext
from workflow.refreshing import is_measuring, refresh_of


@dataclass(frozen=True)
class Halt:
    """Why nothing goes on by itself: what stopped, why, what to do about it, and where."""

    title: str
    why: str
    # A sentence for the page and the letter, and the same as a task of My work.
    next: str
    task: str
    label: str
    url_name: str
    since: datetime


def halt_of(context: ReleaseContext) -> Halt | None:
    """What stopped before the drift could be measured; None while a worker is at it, or when it is measured."""
    if not is_measuring(context):
        return None
    return next((found for find in _FINDERS if (found := find(context)) is not None), None)


def _comparing(context: ReleaseContext) -> Halt | None:
    refresh = refresh_of(context)
    if refresh is None or refresh.status != WorkItem.Status.DEAD:
        return None
    return Halt(
        "The refresh stopped",
        refresh.error,
        "Hand in a file that can be taken, or withdraw the refresh. What is public stays public.",
        "look why the refresh stopped, and hand in a file that can be taken",
        "Open the refresh",
        "release",
        refresh.finished_at or refresh.created_at,
    )


def _reading(context: ReleaseContext) -> Halt | None:
    file = context.facts.get("file")
    if file is None or file.ok:
        return None
    return Halt(
        "The new file could not be read",
        " ".join(file.sentences),
        "Look at the data for what is wrong, and hand in a file that can be read. What is public stays public.",
        "hand in the new file again: it could not be read",
        "Open the data",
        "release_data",
        file.at,
    )


def _scan(context: ReleaseContext) -> Halt | None:
    file = context.about("file", "file")
    if file is None or (
        context.about("scan", "file") == file and context.about("scan", "registry") == REGISTRY_VERSION
    ):
        return None
    scan = Scan.objects.filter(
        release=context.release, file_sha256=file, registry_version=REGISTRY_VERSION, scanned_at=None
    ).last()
    if scan is None or scan.is_live:
        return None
    return Halt(
        "The scan of the new file stopped",
        scan.error or "Somebody stopped it.",
        "Start the scan again on the privacy tab; the comparison then goes on by itself. If it stops again, tell "
        "your portal admin. What is public stays public.",
        "start the scan of the refresh again: it stopped",
        "Open the scan",
        "release_privacy",
        scan.finished_at or scan.created_at,
    )


def _checks(context: ReleaseContext) -> Halt | None:
    file = context.about("file", "file")
    if file is None or context.about("quality_checks", "file") == file:
        return None
    run = latest_run(context.release.pk)
    if run is None or run.file_sha256 != file or run.status != CheckRun.Status.DEAD:
        return None
    return Halt(
        "The checks of the new file stopped",
        run.error,
        "Start the checks again; the comparison then goes on by itself. If they stop again, tell your portal admin. "
        "What is public stays public.",
        "start the checks of the refresh again: they stopped",
        "Open the checks",
        "release_checks",
        run.finished_at or run.created_at,
    )


_FINDERS: tuple[Callable[[ReleaseContext], Halt | None], ...] = (_comparing, _reading, _scan, _checks)
