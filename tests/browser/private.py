"""A release whose file was scanned and measured, with a recipe in two versions and a copy."""

from __future__ import annotations

import tempfile
from pathlib import Path

from privacy.models import ClassTabulation, Scan, Treatment
from privacy.services import findings_dispose, quasi_confirm, recipe_save, scan_request
from privacy.tasks import classes_run, scan_run, treatment_run
from tests.cast import Cast
from tests.factories.files import file_put
from tests.factories.workflow import release_at
from tests.privacy.samples import permits
from workflow.models import Release

WHY = "Readers do not need more than this."
DROP = {"remedy": "drop_column", "params": {"column": "contractor_phone"}}
ZIP = {"remedy": "generalise_zip", "params": {"column": "zip"}}


def private_make(cast: Cast) -> Release:
    """Scan, columns to measure, recipe, decisions and copy, as the officer and the worker make them."""
    release = release_at("PRIVACY", cast, title="Inspections")
    with tempfile.TemporaryDirectory() as folder:
        file_put(release, permits(), Path(folder))
    scan_request(release_id=release.pk)
    _work()
    officer = cast.privacy_officer
    quasi_confirm(
        release_id=release.pk, columns=["zip", "sex"], sensitive=["status"], k_min=20, actor=officer
    )
    for number, steps in enumerate(([DROP], [DROP, ZIP])):
        recipe_save(release_id=release.pk, steps=steps, note=WHY, actor=officer, expected_number=number)
    findings_dispose(
        release_id=release.pk, columns=["sex", "remarks"], decision="accept", reason=WHY, actor=officer
    )
    _work()
    return release


def _work() -> None:
    """Let the worker do all that waits at this station."""
    for kind, run in ((Scan, scan_run), (ClassTabulation, classes_run), (Treatment, treatment_run)):
        for item in kind.objects.filter(status="queued"):
            run(item.pk)
