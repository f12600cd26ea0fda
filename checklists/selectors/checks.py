"""Reads of the machine's results. Author and reviewer read the same rows through these functions."""

from __future__ import annotations

from checklists.models import CheckRow, CheckRun, Waiver

Key = tuple[str, str]


def latest_run(release_id: int) -> CheckRun | None:
    """The newest run, whatever came of it."""
    return CheckRun.objects.filter(release_id=release_id).order_by("-pk").first()


def shown_run(release_id: int) -> CheckRun | None:
    """The newest run that has results."""
    runs = CheckRun.objects.filter(release_id=release_id).exclude(result_digest="")
    return runs.prefetch_related("rows").order_by("-pk").first()


def waivers_standing(release_id: int, file_sha256: str) -> dict[Key, Waiver]:
    """Waivers that hold for this file, by check and column."""
    rows = Waiver.objects.filter(release_id=release_id, file_sha256=file_sha256, withdrawn_at=None)
    return {(row.check_name, row.column): row for row in rows.select_related("granted_by")}


def errors_of(run: CheckRun) -> list[CheckRow]:
    """Every error of a run, column by column."""
    return [row for row in run.rows.all() if not row.is_whole and row.level == CheckRow.Level.ERROR]
